// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_cache_invalidate_memregion() takes a physical range: v6.19
 */
#include <linux/memregion.h>

int (*probe)(phys_addr_t, size_t) = cpu_cache_invalidate_memregion;
