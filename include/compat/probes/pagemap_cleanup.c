// SPDX-License-Identifier: GPL-2.0
/*
 * Who owns a pagemap waits for the last reference when the kernel asks: v5.2,
 * 50f44ee7248a ("mm/devm_memremap_pages: fix final page put race")
 */
#include <linux/memremap.h>

void *probe(struct dev_pagemap *pgmap)
{
	return pgmap->cleanup;
}
