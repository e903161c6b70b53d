/* SPDX-License-Identifier: GPL-2.0 */
/*
 * extent: which memory is behind an offset of a dax device. Pure.
 */
#ifndef _DAX_EXTENT_H
#define _DAX_EXTENT_H

#include <linux/align.h>
#include <linux/types.h>

/* A run of physical memory behind offsets of the device, all in pages. */
struct dax_extent {
	u64 pgoff;
	u64 pfn;
	u64 nr;
};

/**
 * dax_extent_find() - the frame behind an offset
 * @extent: sorted by offset, not overlapping
 * @nr_extents: of @extent
 * @pgoff: offset in the device, in pages
 * @nr: pages that one page table entry is to map: a power of two
 *
 * Return: the first frame, when all @nr lie together in one extent and are as aligned as they are
 * large; otherwise 0, which is no frame of device memory.
 */
static inline u64 dax_extent_find(const struct dax_extent *extent, unsigned int nr_extents,
				  u64 pgoff, u64 nr)
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

#endif /* _DAX_EXTENT_H */
