// SPDX-License-Identifier: GPL-2.0
/*
 * A set of address ranges. Pure: see badrange.h.
 *
 * Both changes are the same move: the ranges concerned are neighbours in the
 * array, and none, one or two ranges take their place.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include "core/badrange.h"

static u64 bad_range_end(const struct bad_range *r)
{
	return r->start + r->len;
}

/* Index of the first range with end >= @bound. */
static u32 first_end(const struct bad_set *set, u64 bound)
{
	u32 lo = 0, hi = set->nr;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (bad_range_end(&set->range[mid]) < bound)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Index, from @lo on, of the first range with start >= @bound. */
static u32 first_start(const struct bad_set *set, u32 lo, u64 bound)
{
	u32 hi = set->nr;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (set->range[mid].start < bound)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

u32 bad_set_first(const struct bad_set *set, u64 start)
{
	/* no range ends above the last address */
	return start == ~0ull ? set->nr : first_end(set, start + 1);
}

bool bad_set_next(const struct bad_set *set, u64 start, u64 last, struct bad_range *bad)
{
	u32 i = bad_set_first(set, start);
	const struct bad_range *r = &set->range[i];

	if (i == set->nr || start > last || r->start > last)
		return false;
	bad->start = max(r->start, start);
	/* by its last byte: there may be no address behind it */
	bad->len = min(bad_range_end(r) - 1, last) - bad->start + 1;
	return true;
}

/* Put @nr ranges where [lo, hi) are. */
static int set_replace(struct bad_set *set, u32 lo, u32 hi, const struct bad_range *with, u32 nr)
{
	u32 rest = set->nr - hi;

	if (nr > hi - lo && nr - (hi - lo) > set->max - set->nr)
		return -ENOSPC;
	if (rest && lo + nr != hi)
		memmove(&set->range[lo + nr], &set->range[hi], rest * sizeof(*with));
	if (nr)
		memcpy(&set->range[lo], with, nr * sizeof(*with));
	set->nr = lo + nr + rest;
	return 0;
}

int bad_set_add(struct bad_set *set, u64 start, u64 len)
{
	struct bad_range joined;
	u64 end;
	u32 lo, hi;

	if (!len || check_add_overflow(start, len, &end))
		return -EINVAL;

	/* those that overlap it, and those that touch it */
	lo = first_end(set, start);
	hi = lo;
	if (lo < set->nr && set->range[lo].start <= end) {
		hi = end == ~0ull ? set->nr : first_start(set, lo, end + 1);
		start = min(start, set->range[lo].start);
		end = max(end, bad_range_end(&set->range[hi - 1]));
	}
	joined = (struct bad_range) { .start = start, .len = end - start };
	return set_replace(set, lo, hi, &joined, 1);
}

int bad_set_del(struct bad_set *set, u64 start, u64 len)
{
	struct bad_range left[2];
	u64 end, tail;
	u32 lo, hi, nr = 0;

	if (!len || check_add_overflow(start, len, &end))
		return -EINVAL;

	lo = bad_set_first(set, start);
	hi = first_start(set, lo, end);
	if (lo == hi)
		return 0;
	if (set->range[lo].start < start)
		left[nr++] = (struct bad_range) {
			.start = set->range[lo].start,
			.len = start - set->range[lo].start,
		};
	tail = bad_range_end(&set->range[hi - 1]);
	if (tail > end)
		left[nr++] = (struct bad_range) { .start = end, .len = tail - end };
	return set_replace(set, lo, hi, left, nr);
}
