/* SPDX-License-Identifier: GPL-2.0 */
/* What of a range is set aside, in which there may be other memory, or none, as well. Pure. */
#ifndef _HMEM_ASIDE_H
#define _HMEM_ASIDE_H

#include <linux/types.h>

/*
 * The first entry of what is set aside that meets [@start, @end). False: there is none.
 * (region_intersects() is of no use here: a hole does not count for it.)
 */
typedef bool (*hmem_next_entry)(u64 start, u64 end, u64 *from, u64 *to);

/**
 * struct hmem_walk - goes through a range, piece by piece
 * @at: not looked at yet, to @end
 * @end: first byte behind the range
 * @unit: power of two; a piece begins and ends at multiples of it
 * @next: who knows
 */
struct hmem_walk {
	u64 at;
	u64 end;
	u64 unit;
	hmem_next_entry next;
};

void hmem_walk_init(struct hmem_walk *walk, u64 start, u64 size, u64 unit, hmem_next_entry next);

/*
 * hmem_walk_next() - the next piece that is set aside as a whole, as large as it gets
 * @start, @size: out
 *
 * Return: false: there are no more
 */
bool hmem_walk_next(struct hmem_walk *walk, u64 *start, u64 *size);

/* Is every byte of it set aside? */
bool hmem_all_aside(u64 start, u64 size, hmem_next_entry next);

/* Is the range in one of another's regions as a whole? */
typedef bool (*hmem_has)(u64 start, u64 size);

/*
 * hmem_next_left() - the first part of [@start, @end) that is set aside and unused
 * @cell: power of two; a region of another's begins and ends at multiples of it
 * @next: what is set aside
 * @has: what is another's
 * @from, @to: out; the part ends with its cell, and the next may go on there
 *
 * Return: false: there is none
 */
bool hmem_next_left(u64 start, u64 end, u64 cell, hmem_next_entry next, hmem_has has, u64 *from,
		    u64 *to);

/* Does another have part of [@start, @end)? */
bool hmem_has_part(u64 start, u64 end, u64 cell, hmem_has has);

#endif /* _HMEM_ASIDE_H */
