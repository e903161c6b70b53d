/* SPDX-License-Identifier: GPL-2.0 */
/* Bad block lists: lengths as sector_t, success as true. */
#ifndef COMPAT_BADBLOCKS_H
#define COMPAT_BADBLOCKS_H

#include <linux/badblocks.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#ifndef HAVE_BADBLOCKS_BOOL

/* What one call of the int interface may cover: whole pages below INT_MAX. */
#define COMPAT_BB_STEP ((sector_t)round_down(INT_MAX, 8))

/*
 * What is not listed yet, an entry at a time. v6.7 and older join the first entry that touches or
 * meets a range with the next one as if the range ended in that: of those it swallows, and of its
 * own end, sectors are lost. Of what takes several entries they put the second before the first,
 * and a list that is not sorted is searched in vain. What is listed stays as acknowledged as it is.
 *
 * No listed sector is absent for a moment. Who else sets sectors of @bb waits meanwhile.
 */
static inline bool compat_badblocks_set(struct badblocks *bb, sector_t s, sector_t sectors,
					int ack)
{
	sector_t end = s + sectors, n;

	for (; s < end; s += n) {
		sector_t bad = end;
		int nr = 0;

		n = min_t(sector_t, end - s, BB_MAX_LEN);
		badblocks_check(bb, s, (int)n, &bad, &nr);
		if (bad <= s) {
			n = min(bad + nr, end) - s;
			continue;
		}
		n = min(n, bad - s);
		if (badblocks_set(bb, s, (int)n, ack))
			return false;
	}
	return true;
}

static inline bool compat_badblocks_clear(struct badblocks *bb, sector_t s, sector_t sectors)
{
	while (sectors) {
		sector_t n = min(sectors, COMPAT_BB_STEP);

		if (badblocks_clear(bb, s, (int)n))
			return false;
		s += n;
		sectors -= n;
	}
	return true;
}

/* The first bad range, and -1 if any step holds an unacknowledged one, as one call would. */
static inline int compat_badblocks_check(struct badblocks *bb, sector_t s, sector_t sectors,
					 sector_t *first_bad, sector_t *bad_sectors)
{
	int worst = 0;

	do {
		sector_t n = min(sectors, COMPAT_BB_STEP);
		sector_t first;
		int count;
		int rc = badblocks_check(bb, s, (int)n, &first, &count);

		if (rc && !worst) {
			*first_bad = first;
			*bad_sectors = count;
		}
		if (rc < 0 || !worst)
			worst = rc;
		s += n;
		sectors -= n;
	} while (sectors);
	return worst;
}

#define badblocks_set compat_badblocks_set
#define badblocks_clear compat_badblocks_clear
#define badblocks_check compat_badblocks_check

#endif
#endif
