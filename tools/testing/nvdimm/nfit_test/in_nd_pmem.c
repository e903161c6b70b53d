// SPDX-License-Identifier: GPL-2.0
/* What the test build of nd_pmem has more: pages of vmalloc memory do not follow each other. */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "boundary.h"
#include "in_nd_pmem.h"
#include "mark.h"

long __wrap_pmem_frames(const struct pmem *pmem, pgoff_t pgoff, long nr, unsigned long *first)
{
	const void *page = pmem->data + PFN_PHYS(pgoff);

	if (!mock_range_of(page))
		return __real_pmem_frames(pmem, pgoff, nr, first);
	*first = vmalloc_to_pfn(page);
	return 1;
}

NFIT_TEST_MARK(nd_pmem);
