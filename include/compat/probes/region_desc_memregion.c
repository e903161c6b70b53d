// SPDX-License-Identifier: GPL-2.0
/*
 * A provider may number a region's range itself, as CXL does: v6.0,
 * 04ad63f086d1 ("cxl/region: Introduce cxl_pmem_region objects")
 */
#include <linux/libnvdimm.h>

int probe(struct nd_region_desc *desc)
{
	return test_bit(ND_REGION_CXL, &desc->flags) ? desc->memregion : -1;
}
