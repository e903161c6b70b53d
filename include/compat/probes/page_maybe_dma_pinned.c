// SPDX-License-Identifier: GPL-2.0
/*
 * Pins of a page can be told from its other references: v5.7,
 * 3faa52c03f44 ("mm/gup: track FOLL_PIN pages")
 */
#include <linux/mm.h>

bool probe(struct page *page)
{
	return page_maybe_dma_pinned(page);
}
