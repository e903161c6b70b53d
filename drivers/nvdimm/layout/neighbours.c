// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours of a namespace. Pure: see neighbours.h.
 */
#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include "layout/neighbours.h"

static bool near_owns(const struct pfn_near *near, bool now)
{
	return !now || near->kind == PFN_NEAR_RAM || near->kind == PFN_NEAR_PAGES;
}

/* Neither sum below may wrap: a neighbour at the end of the address space. */
static bool near_overlaps(const struct pfn_near *near, u64 start, u64 end)
{
	return near->size && near->start < end &&
	       (near->start >= start || near->size > start - near->start);
}

const struct pfn_near *pfn_near_find(const struct pfn_nears *nears, u64 start, u64 end, bool now)
{
	const struct pfn_near *first = NULL;
	u32 i;

	for (i = 0; i < nears->nr; i++) {
		const struct pfn_near *near = &nears->entry[i];

		if (near_owns(near, now) && near_overlaps(near, start, end) &&
		    (!first || near->start < first->start))
			first = near;
	}
	return first;
}

bool pfn_near_is_own(const struct pfn_near *ram, u64 start, u64 end, bool added)
{
	return added && ram->start >= start && ram->start < end && ram->size <= end - ram->start;
}

bool pfn_near_boot_section(const struct pfn_nears *nears, u64 start, u64 section)
{
	u32 i;

	for (i = 0; i < nears->nr; i++)
		if (nears->entry[i].kind == PFN_NEAR_RAM &&
		    near_overlaps(&nears->entry[i], start, start + section))
			return true;
	return false;
}

u64 pfn_near_lost(const struct pfn_near *near, u64 start, u64 size, u64 unit)
{
	u64 end = start + size, lost = 0;

	if (near_overlaps(near, start, end))
		return size;
	if (near_overlaps(near, ALIGN_DOWN(start, unit), start))
		lost += ALIGN(start, unit) - start;
	if (near_overlaps(near, end, ALIGN(end, unit)))
		lost += end - ALIGN_DOWN(end, unit);
	return min(lost, size);
}
