// SPDX-License-Identifier: GPL-2.0
/*
 * See extent.h. Pure.
 */
#include <linux/align.h>
#include "device/extent.h"

u64 dax_extent_find(const struct dax_extent *extent, unsigned int nr_extents, u64 pgoff, u64 nr)
{
	const struct dax_extent *e;
	u64 into, pfn;

	for (e = extent; e < extent + nr_extents; e++) {
		if (pgoff < e->pgoff || pgoff - e->pgoff >= e->nr)
			continue;
		into = pgoff - e->pgoff;
		pfn = e->pfn + into;
		return e->nr - into >= nr && IS_ALIGNED(pfn, nr) ? pfn : 0;
	}
	return 0;
}
