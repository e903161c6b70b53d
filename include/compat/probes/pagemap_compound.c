// SPDX-License-Identifier: GPL-2.0
/*
 * Device memory may have compound pages: v5.17,
 * c4386bd8ee3a ("mm/memremap: add ZONE_DEVICE support for compound pages")
 */
#include <linux/memremap.h>

unsigned long probe(struct dev_pagemap *pgmap)
{
	pgmap->vmemmap_shift = 9;
	return pgmap_vmemmap_nr(pgmap);
}
