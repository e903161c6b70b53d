/* SPDX-License-Identifier: GPL-2.0 */
/* What of a range is set aside, in which there may be other memory as well. Pure. */
#ifndef _HMEM_ASIDE_H
#define _HMEM_ASIDE_H

#include <linux/types.h>

/* How much of a piece is set aside. */
enum hmem_share {
	HMEM_NONE,
	HMEM_PART,
	HMEM_ALL,
};

/**
 * struct hmem_walk - goes through a range, piece by piece
 * @at: not looked at yet, to @end
 * @end: first byte behind the range
 * @step: so much is asked about next
 * @unit: power of two; a piece begins and ends at multiples of it
 * @share: who knows
 */
struct hmem_walk {
	u64 at;
	u64 end;
	u64 step;
	u64 unit;
	enum hmem_share (*share)(u64 start, u64 size);
};

void hmem_walk_init(struct hmem_walk *walk, u64 start, u64 size, u64 unit,
		    enum hmem_share (*share)(u64 start, u64 size));

/*
 * hmem_walk_next() - the next piece that is set aside as a whole, as large as it gets
 * @start, @size: out
 *
 * A border is found by halves: it costs twice the logarithm of the range in units.
 *
 * Return: false: there are no more
 */
bool hmem_walk_next(struct hmem_walk *walk, u64 *start, u64 *size);

#endif /* _HMEM_ASIDE_H */
