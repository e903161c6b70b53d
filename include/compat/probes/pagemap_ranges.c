// SPDX-License-Identifier: GPL-2.0
/*
 * A pagemap has ranges, and not a resource: v5.10,
 * b7b3c01b1915 ("mm/memremap_pages: support multiple ranges per invocation")
 */
#include <linux/memremap.h>

int probe(struct dev_pagemap *pgmap)
{
	return pgmap->nr_range;
}
