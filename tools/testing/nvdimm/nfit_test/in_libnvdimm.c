// SPDX-License-Identifier: GPL-2.0
/*
 * What the test build of libnvdimm has more: no cache is in the way of pretended
 * memory, whose pages do not follow each other.
 */
#include <linux/vmalloc.h>
#include "boundary.h"
#include "in_libnvdimm.h"
#include "mark.h"

int __wrap_nd_caches_invalidate(u64 start, u64 size)
{
	return mock_range_at(start) ? 0 : __real_nd_caches_invalidate(start, size);
}

unsigned long __wrap_nd_pages_frame(const struct nd_pages *pages, pgoff_t pgoff)
{
	const void *page = pages->addr + PFN_PHYS(pgoff);

	return mock_range_of(page) ? vmalloc_to_pfn(page) : __real_nd_pages_frame(pages, pgoff);
}

NFIT_TEST_MARK(libnvdimm);
