// SPDX-License-Identifier: GPL-2.0
/*
 * NDD_INCOHERENT: v6.2, dc370b28c8dc ("nvdimm/region: Move cache management
 * to the region driver")
 */
#include <linux/libnvdimm.h>

int probe = NDD_INCOHERENT;
