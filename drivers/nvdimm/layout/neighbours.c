// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours of a namespace. Pure: see neighbours.h.
 */
#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include "layout/neighbours.h"

static bool neighbour_owns(const struct pfn_neighbour *near, bool now)
{
	return !now || near->kind == PFN_NEIGHBOUR_RAM || near->kind == PFN_NEIGHBOUR_PAGES;
}

/* Neither sum below may wrap: a neighbour at the end of the address space. */
static bool neighbour_overlaps(const struct pfn_neighbour *near, u64 start, u64 end)
{
	return near->size && near->start < end &&
	       (near->start >= start || near->size > start - near->start);
}

const struct pfn_neighbour *pfn_neighbour_find(const struct pfn_neighbours *neighbours,
					       u64 start, u64 end, bool now)
{
	const struct pfn_neighbour *first = NULL;
	u32 i;

	for (i = 0; i < neighbours->nr; i++) {
		const struct pfn_neighbour *near = &neighbours->entry[i];

		if (neighbour_owns(near, now) && neighbour_overlaps(near, start, end) &&
		    (!first || near->start < first->start))
			first = near;
	}
	return first;
}

bool pfn_neighbour_is_own(const struct pfn_neighbour *ram, u64 start, u64 end, bool added)
{
	return added && ram->start >= start && ram->start < end && ram->size <= end - ram->start;
}

bool pfn_neighbour_boot_section(const struct pfn_neighbours *neighbours, u64 start, u64 section)
{
	u32 i;

	for (i = 0; i < neighbours->nr; i++)
		if (neighbours->entry[i].kind == PFN_NEIGHBOUR_RAM &&
		    neighbour_overlaps(&neighbours->entry[i], start, start + section))
			return true;
	return false;
}

u64 pfn_neighbour_lost(const struct pfn_neighbour *near, u64 start, u64 size, u64 unit)
{
	u64 end = start + size, lost = 0;

	if (neighbour_overlaps(near, start, end))
		return size;
	if (neighbour_overlaps(near, ALIGN_DOWN(start, unit), start))
		lost += ALIGN(start, unit) - start;
	if (neighbour_overlaps(near, end, ALIGN(end, unit)))
		lost += end - ALIGN_DOWN(end, unit);
	return min(lost, size);
}
