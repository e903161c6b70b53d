// SPDX-License-Identifier: GPL-2.0
/*
 * NDD_INCOHERENT: v6.2, with cpu_cache_invalidate_memregion().
 */
#include <linux/libnvdimm.h>

int probe = NDD_INCOHERENT;
