/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of bad blocks that has room for a page of ranges, of a bus that remembers all of them: as
 * long as the list may lack some, the bus is asked as well. Pure.
 */
#ifndef _ND_BAD_LIST_H
#define _ND_BAD_LIST_H

#include <linux/badblocks.h>
#include <linux/types.h>

struct badrange;

/* Add [@start, @start + @len); sector 0 of @bb is at @origin. Returns what bad_list_fill() does. */
s64 bad_list_add(struct badblocks *bb, u64 origin, u64 start, u64 len);

/*
 * Add what @known has of [@origin, @end); sector 0 of @bb is at @origin. Returns the first sector
 * that has found no room, or -1.
 */
s64 bad_list_fill(struct badblocks *bb, struct badrange *known, u64 origin, u64 end);

/*
 * [@start, @start + @len), which @known has by now, was found to be bad: entries of a full list may
 * join, and what had no room comes in. As bad_list_fill() otherwise.
 */
s64 bad_list_found(struct badblocks *bb, struct badrange *known, u64 origin, u64 end, u64 start,
		   u64 len);

/* Is one of @nr sectors from @first on bad? Which, and how many from there on: *@bad, *@bad_nr. */
bool bad_list_check(struct badblocks *bb, struct badrange *known, u64 origin, sector_t first,
		    sector_t nr, sector_t *bad, sector_t *bad_nr);

/* @known has forgotten @nr sectors from @first on: so does @bb. As bad_list_fill() otherwise. */
s64 bad_list_cleared(struct badblocks *bb, struct badrange *known, u64 origin, u64 end,
		     sector_t first, sector_t nr);

#endif /* _ND_BAD_LIST_H */
