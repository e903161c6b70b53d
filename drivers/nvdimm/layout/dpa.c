// SPDX-License-Identifier: GPL-2.0
/* DPA space: arithmetic on busy and free extents. Pure. */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "layout/dpa.h"

/* ---- placement in an interleave set ---- */

u64 dpa_default_align(u64 size, u32 ways, u32 page)
{
	u64 align = SZ_16M;

	if (SZ_16M % ways)
		align *= ways;
	if (align <= size)
		return align;
	return page % ways ? page * ways : page;
}

bool dpa_align_valid(u64 align, u32 ways, u64 size, u32 page)
{
	u32 rest;
	u64 unit = div_u64_rem(align, ways, &rest);

	return !rest && unit >= page && is_power_of_2(unit) && align <= size;
}

/* The x with odd * x == 1, modulo 2^64: each round doubles the number of bits that are right. */
static u64 dpa_inverse(u64 odd)
{
	u64 x = odd;
	u32 bits;

	for (bits = 3; bits < 64; bits *= 2)
		x *= 2 - odd * x;
	return x;
}

u64 dpa_phase(u64 start, u32 ways, u64 align, u32 page)
{
	u64 unit = div_u64(align, ways);
	u32 even = ilog2(ways & -ways);
	u32 odd = ways >> even;
	u64 grain = odd == 1 ? align : unit;
	u64 modulus = grain >> even;
	u64 first;

	/* every multiple of a page leads to a multiple of @grain, or every one misses it alike */
	if (modulus <= page || start & ((1ull << even) - 1))
		return 0;
	/* start + ways * first == 0 modulo @grain, divided by 2^@even: @odd has an inverse */
	first = -(start >> even) * dpa_inverse(odd) & (modulus - 1);
	return first & (page - 1) ? 0 : (unit - first) & (unit - 1);
}

/* ---- extents ---- */

/* How far @offset lies past an aligned address; nothing here can wrap. */
static u64 dpa_misfit(const struct dpa_space *space, u64 offset)
{
	u64 align = space->align, past, phase;

	if (align <= 1)
		return 0;
	div64_u64_rem(offset, align, &past);
	div64_u64_rem(space->phase, align, &phase);
	return past >= align - phase ? past - (align - phase) : past + phase;
}

/* Shrink [start, end) to aligned ends; false when nothing is left. */
static bool dpa_trim(const struct dpa_space *space, u64 *start, u64 *end)
{
	u64 past = dpa_misfit(space, *start);
	u64 excess = dpa_misfit(space, *end);

	if (excess >= *end)
		return false;
	*end -= excess;
	if (past) {
		u64 up = space->align - past;

		if (up >= *end || *start >= *end - up)
			return false;
		*start += up;
	}
	return *start < *end;
}

/* A busy extent's end, whatever its size claims. */
static u64 dpa_end(const struct dpa_extent *e)
{
	return e->start + e->size < e->start ? U64_MAX : e->start + e->size;
}

/* A walk over the gaps between busy extents. */
struct dpa_walk {
	u32 next;	/* busy extent to look at */
	u64 pos;	/* everything below is dealt with */
};

/* Next aligned free extent, lowest first. */
static bool dpa_next(const struct dpa_space *space, struct dpa_walk *walk, u64 *start, u64 *end)
{
	while (walk->pos < space->size) {
		*start = walk->pos;
		*end = space->size;
		if (walk->next < space->nr) {
			const struct dpa_extent *busy = &space->busy[walk->next++];

			if (busy->size) {
				*end = min(busy->start, space->size);
				walk->pos = max(walk->pos, dpa_end(busy));
			} else {
				*end = *start;
			}
		} else {
			walk->pos = space->size;
		}
		if (*start < *end && dpa_trim(space, start, end))
			return true;
	}
	return false;
}

u64 dpa_free(const struct dpa_space *space)
{
	struct dpa_walk walk = { 0 };
	u64 start, end, sum = 0;

	while (dpa_next(space, &walk, &start, &end))
		sum += end - start;
	return sum;
}

struct dpa_extent dpa_largest(const struct dpa_space *space)
{
	struct dpa_extent best = { 0 };
	struct dpa_walk walk = { 0 };
	u64 start, end;

	while (dpa_next(space, &walk, &start, &end)) {
		if (end - start > best.size) {
			best.start = start;
			best.size = end - start;
		}
	}
	return best;
}

bool dpa_find(const struct dpa_space *space, u64 size, u64 *start)
{
	struct dpa_walk walk = { 0 };
	u64 from, end;

	while (size && dpa_next(space, &walk, &from, &end)) {
		if (end - from >= size) {
			*start = from;
			return true;
		}
	}
	return false;
}

u64 dpa_room(const struct dpa_space *space, u64 end)
{
	u64 limit = space->size;
	u64 excess;
	u32 i;

	for (i = 0; i < space->nr && space->busy[i].start < limit; i++) {
		const struct dpa_extent *busy = &space->busy[i];

		/* What ends at or before @end is behind us, the extent in question among it. */
		if (busy->size && dpa_end(busy) > end)
			limit = max(busy->start, end);
	}
	excess = dpa_misfit(space, limit);
	return limit > end && limit - end > excess ? limit - end - excess : 0;
}
