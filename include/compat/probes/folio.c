// SPDX-License-Identifier: GPL-2.0
/*
 * struct folio: v5.16, 7b230db3b8d3 ("mm: Introduce struct folio")
 */
#include <linux/mm.h>

struct address_space *probe(struct page *page)
{
	return page_folio(page)->mapping;
}
