// SPDX-License-Identifier: GPL-2.0
/* What a bus knows to be bad, as a list of bad blocks. Pure: see bad_list.h. */
#include <linux/badblocks.h>
#include <linux/compiler.h>
#include <linux/math.h>
#include "core/badrange.h"
#include "poison/bad_list.h"

#define SHIFT	9

struct filling {
	struct badblocks *bb;
	u64 origin;
	s64 lacks;
};

static u64 end_sector(u64 bytes)
{
	return DIV_ROUND_UP(bytes, 1u << SHIFT);
}

/* A sector with one bad byte is a bad sector. */
s64 bad_list_add(struct badblocks *bb, u64 origin, u64 start, u64 len)
{
	u64 first = (start - origin) >> SHIFT;

	return badblocks_set(bb, first, end_sector(start - origin + len) - first, 1) ? -1 : first;
}

static void list_range(void *data, u64 start, u64 len)
{
	struct filling *f = data;
	s64 lacks = bad_list_add(f->bb, f->origin, start, len);

	if (f->lacks < 0)
		f->lacks = lacks;
}

/* One that is nearly full may have been without room for one more: some kernels want two free. */
static bool may_lack_some(const struct badblocks *bb)
{
	/* a number of entries; what comes and goes meanwhile is before or behind us */
	return data_race(bb->count) >= MAX_BADBLOCKS - 2;
}

static s64 fill_once(struct badblocks *bb, struct badrange *known, u64 origin, u64 end)
{
	struct filling f = { .bb = bb, .origin = origin, .lacks = -1 };

	badrange_for_each(known, origin, end, list_range, &f);
	return f.lacks;
}

/*
 * What found no room has some when others behind it have joined: then all of it is tried again, as
 * a list with that much room is believed. Each time brings in one entry at least.
 */
s64 bad_list_fill(struct badblocks *bb, struct badrange *known, u64 origin, u64 end)
{
	int times = MAX_BADBLOCKS;
	s64 lacks;

	do {
		lacks = fill_once(bb, known, origin, end);
	} while (lacks >= 0 && !may_lack_some(bb) && --times);
	return lacks;
}

s64 bad_list_found(struct badblocks *bb, struct badrange *known, u64 origin, u64 end, u64 start,
		   u64 len)
{
	bool refill = may_lack_some(bb);

	/* @known may have had no memory for it */
	refill |= bad_list_add(bb, origin, start, len) >= 0;
	return refill ? bad_list_fill(bb, known, origin, end) : -1;
}

bool bad_list_check(struct badblocks *bb, struct badrange *known, u64 origin, sector_t first,
		    sector_t nr, sector_t *bad, sector_t *bad_nr)
{
	/* joined with what has no room, it may lack none a moment later */
	bool ask = may_lack_some(bb);
	bool listed = badblocks_check(bb, first, nr, bad, bad_nr);
	u64 start = origin + ((u64)first << SHIFT);
	struct bad_range more;
	sector_t at;

	ask |= may_lack_some(bb);
	if (likely(!ask) || !nr ||
	    !badrange_next(known, start, start + ((u64)nr << SHIFT) - 1, &more))
		return listed;
	at = (more.start - origin) >> SHIFT;
	if (listed && *bad <= at)
		return true;
	*bad = at;
	*bad_nr = end_sector(more.start + more.len - origin) - at;
	return true;
}

/*
 * In the middle of an entry there may be no room for what is on both sides: then all of it goes,
 * and they come back as far as there is. The bus has what is not listed, and is asked for it.
 */
static void list_clear(struct badblocks *bb, sector_t first, sector_t nr)
{
	sector_t end = first + nr, bad, bad_nr, last = end;

	badblocks_clear(bb, first, nr);
	while (badblocks_check(bb, first, nr, &bad, &bad_nr) && bad != last) {
		badblocks_clear(bb, bad, bad_nr);
		last = bad;
		if (bad < first)
			badblocks_set(bb, bad, first - bad, 1);
		if (bad + bad_nr > end)
			badblocks_set(bb, end, bad + bad_nr - end, 1);
	}
}

s64 bad_list_cleared(struct badblocks *bb, struct badrange *known, u64 origin, u64 end,
		     sector_t first, sector_t nr)
{
	u64 start = origin + ((u64)first << SHIFT);
	bool refill = may_lack_some(bb);
	struct bad_range more;

	list_clear(bb, first, nr);
	/* what has become known since it was cleared comes back */
	if (badrange_next(known, start, start + ((u64)nr << SHIFT) - 1, &more))
		refill = true;
	return refill ? bad_list_fill(bb, known, origin, end) : -1;
}
