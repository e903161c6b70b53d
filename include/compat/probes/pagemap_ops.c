// SPDX-License-Identifier: GPL-2.0
/*
 * A pagemap has a table of operations, and needs no device: v5.3,
 * 1e240e8d4a7d ("memremap: move dev_pagemap callbacks into a separate structure");
 * memremap_pages(): v5.4, 6869b7b20659 ("memremap: provide a not device managed memremap_pages")
 */
#include <linux/memremap.h>

void *probe(struct dev_pagemap *pgmap)
{
	return pgmap->ops ? memremap_pages(pgmap, 0) : NULL;
}
