// SPDX-License-Identifier: GPL-2.0
/* The pieces of a range that are set aside. Pure: see aside.h. */
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include "hmem/aside.h"

void hmem_walk_init(struct hmem_walk *walk, u64 start, u64 size, u64 unit, hmem_next_entry next)
{
	u64 at = ALIGN(start, unit), end = ALIGN_DOWN(start + size, unit);

	/* it begins in the last unit that there is: rounding up has wrapped to 0 */
	if (at < start)
		end = at;
	*walk = (struct hmem_walk) { .at = at, .end = end, .unit = unit, .next = next };
}

/* The first entry that lies there, and those that it goes on in. */
static bool walk_entries(const struct hmem_walk *walk, u64 *from, u64 *to)
{
	u64 more, more_to;

	if (walk->at >= walk->end || !walk->next(walk->at, walk->end, from, to))
		return false;
	while (*to < walk->end && walk->next(*to, walk->end, &more, &more_to) && more <= *to)
		*to = more_to;
	*from = max(*from, walk->at);
	*to = min(*to, walk->end);
	return true;
}

bool hmem_walk_next(struct hmem_walk *walk, u64 *start, u64 *size)
{
	u64 from, to;

	while (walk_entries(walk, &from, &to)) {
		walk->at = to;
		*start = ALIGN(from, walk->unit);
		to = ALIGN_DOWN(to, walk->unit);
		if (*start < to) {
			*size = to - *start;
			return true;
		}
	}
	*size = 0;
	return false;
}

bool hmem_all_aside(u64 start, u64 size, hmem_next_entry next)
{
	struct hmem_walk walk;
	u64 from, len;

	hmem_walk_init(&walk, start, size, 1, next);
	return hmem_walk_next(&walk, &from, &len) && from == start && len == size;
}

/* Where the cell of @at ends, or @end if that comes first. */
static u64 cell_end(u64 at, u64 end, u64 cell)
{
	u64 left = cell - (at & (cell - 1));

	return left < end - at ? at + left : end;
}

bool hmem_next_left(u64 start, u64 end, u64 cell, hmem_next_entry next, hmem_has has, u64 *from,
		    u64 *to)
{
	u64 at, stop;

	for (; start < end && next(start, end, from, to); start = *to)
		for (at = max(start, *from); at < min(end, *to); at = stop) {
			stop = cell_end(at, *to, cell);
			if (has(at, stop - at))
				continue;
			*from = at;
			*to = stop;
			return true;
		}
	return false;
}

bool hmem_has_part(u64 start, u64 end, u64 cell, hmem_has has)
{
	u64 stop;

	for (; start < end; start = stop) {
		stop = cell_end(start, end, cell);
		if (has(start, stop - start))
			return true;
	}
	return false;
}
