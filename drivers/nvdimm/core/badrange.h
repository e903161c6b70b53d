/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bad ranges: physical addresses a bus knows to be poisoned.
 *
 *	range_set.c		a set of address ranges (pure)
 *	badrange.c		struct badrange of linux/libnvdimm.h: a set and its lock
 *	poison/bad_list.c	those as a list of bad blocks, which has less room (pure)
 *	poison/badblocks.c	a bus's ranges → badblocks of regions, namespaces, disks
 *
 * A set is an array sorted by start; its ranges neither touch nor overlap.
 */
#ifndef _ND_BADRANGE_H
#define _ND_BADRANGE_H

#include <linux/types.h>

struct nvdimm_bus;

struct bad_range {
	u64 start;
	u64 len;	/* >= 1; start + len <= 2^64 - 1 */
};

struct bad_set {
	struct bad_range *range;
	u32 nr;
	u32 max;	/* room in @range, the caller's */
};

/* Join [start, start + len) to the set. -ENOSPC when @max is too small (grow and retry;
 * the set is as before), -EINVAL when the range is empty or wraps.
 */
int bad_set_add(struct bad_set *set, u64 start, u64 len);

/* Take [start, start + len) out; may split a range in two, hence -ENOSPC as above. */
int bad_set_del(struct bad_set *set, u64 start, u64 len);

/* Index of the first range that ends above @start; set->nr when there is none. O(log n). */
u32 bad_set_first(const struct bad_set *set, u64 start);

/* The first of [start, last] that is bad, cut to it; false when nothing is. O(log n). */
bool bad_set_next(const struct bad_set *set, u64 start, u64 last, struct bad_range *bad);

/* ---- badrange.c ---- */

struct badrange;

/* badrange_forget() of any length. Context: process, may sleep. */
void badrange_del(struct badrange *badrange, u64 start, u64 len);

/* bad_set_next() of what a bus knows. Context: any; takes badrange's lock (rank 10). */
bool badrange_next(struct badrange *badrange, u64 start, u64 last, struct bad_range *bad);

/* Forget every range and free what remembered them. Context: process. */
void badrange_forget_all(struct badrange *badrange);

/**
 * badrange_for_each() - visit what is bad of [start, end)
 * @badrange: the bus's
 * @start: first byte
 * @end: byte behind the last
 * @fn: called for each bad part of it, in ascending order, cut to the range;
 *	may not sleep
 * @data: for @fn
 *
 * Takes time for the parts visited, not for all that is bad elsewhere.
 *
 * Context: any; takes badrange's lock (rank 10).
 */
void badrange_for_each(struct badrange *badrange, u64 start, u64 end,
		       void (*fn)(void *data, u64 start, u64 len), void *data);

#endif /* _ND_BADRANGE_H */
