// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/hmem/aside.c */
#include "nd_test.h"
#include "hmem/aside.h"

#define MIB	(1ull << 20)
#define GIB	(1ull << 30)
#define UNIT	(2 * MIB)

struct piece { u64 start, size; };

/* What is set aside, in order; and how often somebody asked. */
static struct piece aside[8];
static u32 naside, asked;

static bool next_piece(u64 start, u64 end, u64 *from, u64 *to)
{
	asked++;
	for (u32 i = 0; i < naside; i++) {
		*from = max(start, aside[i].start);
		*to = min(end, aside[i].start + aside[i].size);
		if (*from < *to)
			return true;
	}
	return false;
}

static void set_aside(const struct piece *pieces)
{
	for (naside = 0; naside < ARRAY_SIZE(aside) && pieces[naside].size; naside++)
		aside[naside] = pieces[naside];
	asked = 0;
}

static const struct {
	const char *title;
	u64 start, size;
	struct piece aside[5], want[5];
} cases[] = {
	{ "all", GIB, GIB, { { GIB, GIB } }, { { GIB, GIB } } },
	{ "nothing", GIB, GIB, { { 3 * GIB, GIB } }, { } },
	{ "what lies beyond is another's", GIB, GIB, { { 0, 8 * GIB } }, { { GIB, GIB } } },
	{ "the first half", GIB, GIB, { { 0, GIB + 512 * MIB } }, { { GIB, 512 * MIB } } },
	{ "the second half", GIB, GIB, { { GIB + 512 * MIB, GIB } },
	  { { GIB + 512 * MIB, 512 * MIB } } },
	{ "the middle, of no round size", 4 * GIB, 14 * MIB, { { 4 * GIB + 4 * MIB, 6 * MIB } },
	  { { 4 * GIB + 4 * MIB, 6 * MIB } } },
	{ "three pieces", 0, 64 * GIB,
	  { { 2 * MIB, 2 * MIB }, { 6 * MIB, 20 * GIB }, { 63 * GIB, GIB } },
	  { { 2 * MIB, 2 * MIB }, { 6 * MIB, 20 * GIB }, { 63 * GIB, GIB } } },
	{ "whole units of it", GIB, GIB, { { GIB + MIB, 8 * MIB } },
	  { { GIB + 2 * MIB, 6 * MIB } } },
	{ "two, and less than a unit between", GIB, GIB,
	  { { GIB, 5 * MIB }, { GIB + 6 * MIB, 4 * MIB } },
	  { { GIB, 4 * MIB }, { GIB + 6 * MIB, 4 * MIB } } },
	{ "two that touch, in a unit", GIB, GIB, { { GIB, 5 * MIB }, { GIB + 5 * MIB, 5 * MIB } },
	  { { GIB, 10 * MIB } } },
	{ "two that overlap", GIB, GIB, { { GIB, 6 * MIB }, { GIB + 4 * MIB, 6 * MIB } },
	  { { GIB, 10 * MIB } } },
	{ "a hole of a byte", GIB, GIB, { { GIB, 4 * MIB }, { GIB + 4 * MIB + 1, 6 * MIB } },
	  { { GIB, 4 * MIB }, { GIB + 6 * MIB, 4 * MIB } } },
	{ "less than a unit", GIB, GIB, { { GIB + MIB, 2 * MIB } }, { } },
	{ "a range that begins and ends in a unit", GIB + MIB, 6 * MIB, { { 0, 2 * GIB } },
	  { { GIB + 2 * MIB, 4 * MIB } } },
	{ "a range below a unit", GIB + MIB, 2 * MIB, { { 0, 2 * GIB } }, { } },
	{ "the last that there are", -GIB, GIB - 1, { { -GIB, GIB - 1 } },
	  { { -GIB, GIB - UNIT } } },
	{ "one that wraps", -GIB, 2 * GIB, { { -GIB, GIB - 1 } }, { } },
	{ "one that begins in the last unit", -MIB, MIB - 1, { { 0, GIB } }, { } },
};

TEST_EACH(walk__finds_whole_pieces, cases)
{
	struct hmem_walk walk;
	u64 start = 0, size;
	u32 n = 0;

	set_aside(row->aside);
	hmem_walk_init(&walk, row->start, row->size, UNIT, next_piece);
	while (hmem_walk_next(&walk, &start, &size)) {
		assert_int_equal(start, row->want[n].start);
		assert_int_equal(size, row->want[n].size);
		n++;
	}
	assert_int_equal(row->want[n].size, 0);
	assert_false(hmem_walk_next(&walk, &start, &size));
}

/* Of a random lot, each unit is found if and only if it is set aside. */
TEST(walk__misses_no_unit)
{
	struct hmem_walk walk;
	u64 start, size, found;

	srand(1);
	for (u32 round = 0; round < 5000; round++) {
		u64 at = rand() % 8 * UNIT, whole = 0;

		for (naside = 0; naside < ARRAY_SIZE(aside); naside++) {
			aside[naside].start = at;
			aside[naside].size = (rand() % 8 + 1) * UNIT;
			whole += aside[naside].size;
			at += aside[naside].size + (rand() % 8 + 1) * UNIT;
		}
		found = 0;
		hmem_walk_init(&walk, 0, at + rand() % 8 * UNIT, UNIT, next_piece);
		for (u32 n = 0; hmem_walk_next(&walk, &start, &size); n++, found += size)
			assert_true(start == aside[n].start && size == aside[n].size);
		assert_int_equal(found, whole);
	}
}

TEST(walk__asks_seldom)
{
	static const struct piece middle[] = { { 1ull << 40, 256 * GIB }, { } };
	struct hmem_walk walk;
	u64 start, size;

	set_aside(middle);
	hmem_walk_init(&walk, 0, 1ull << 44, UNIT, next_piece);
	while (hmem_walk_next(&walk, &start, &size))
		;
	/* where it begins, that nothing follows, and that there is no other */
	assert_int_equal(asked, 3);
}

#define CELL	(256 * MIB)

/* Regions of another; a range is in one as a whole, or not. */
static struct piece taken[4];

static bool has_piece(u64 start, u64 size)
{
	for (u32 i = 0; i < ARRAY_SIZE(taken) && taken[i].size; i++)
		if (start >= taken[i].start &&
		    start + size <= taken[i].start + taken[i].size)
			return true;
	return false;
}

static bool next_left(u64 start, u64 end, u64 *from, u64 *to)
{
	return hmem_next_left(start, end, CELL, next_piece, has_piece, from, to);
}

static const struct {
	const char *title;
	struct piece aside[4], taken[4], want[4];
} lefts[] = {
	{ "no region", { { GIB, GIB } }, { }, { { GIB, GIB } } },
	{ "all in a region", { { GIB, GIB } }, { { GIB, GIB } }, { } },
	{ "in a region that is larger", { { GIB, GIB } }, { { 0, 4 * GIB } }, { } },
	{ "in two regions", { { GIB, GIB } }, { { GIB, CELL }, { GIB + CELL, 3 * CELL } }, { } },
	{ "the first cell in a region", { { GIB, GIB } }, { { GIB, CELL } },
	  { { GIB + CELL, 3 * CELL } } },
	{ "a cell in the middle", { { GIB, GIB } }, { { GIB + CELL, CELL } },
	  { { GIB, CELL }, { GIB + 2 * CELL, 2 * CELL } } },
	{ "the last cell", { { GIB, GIB } }, { { GIB + 3 * CELL, CELL } }, { { GIB, 3 * CELL } } },
	{ "ends within cells", { { GIB + 2 * MIB, GIB } }, { { GIB + CELL, CELL } },
	  { { GIB + 2 * MIB, CELL - 2 * MIB }, { GIB + 2 * CELL, 2 * CELL + 2 * MIB } } },
	{ "two pieces, one in a region", { { GIB, CELL }, { 2 * GIB, CELL } }, { { GIB, CELL } },
	  { { 2 * GIB, CELL } } },
};

TEST_EACH(left__is_what_no_region_has, lefts)
{
	struct hmem_walk walk;
	u64 start, size;
	u32 n = 0;

	set_aside(row->aside);
	memcpy(taken, row->taken, sizeof(taken));
	hmem_walk_init(&walk, 0, 8 * GIB, UNIT, next_left);
	for (; hmem_walk_next(&walk, &start, &size); n++) {
		assert_int_equal(start, row->want[n].start);
		assert_int_equal(size, row->want[n].size);
	}
	assert_int_equal(row->want[n].size, 0);
	/* and the other way: has a region part of the first piece? */
	assert_int_equal(hmem_has_part(row->aside[0].start, row->aside[0].start +
				       row->aside[0].size, CELL, has_piece),
			 row->taken[0].size != 0);
}

static const struct {
	const char *title;
	u64 start, size;
	struct piece aside[4];
	bool all;
} wholes[] = {
	{ "exactly", GIB, MIB, { { GIB, MIB } }, true },
	{ "more", GIB, MIB, { { 0, 2 * GIB } }, true },
	{ "nothing", GIB, MIB, { }, false },
	{ "but for the first byte", GIB, MIB, { { GIB + 1, MIB } }, false },
	{ "but for the last", GIB, MIB, { { GIB, MIB - 1 } }, false },
	{ "but for one", GIB, MIB, { { GIB, 4096 }, { GIB + 4097, MIB } }, false },
	{ "two that touch", GIB, MIB, { { GIB, 4096 }, { GIB + 4096, MIB } }, true },
	{ "two that overlap", GIB, MIB, { { GIB, 4096 }, { GIB + 1, MIB } }, true },
	{ "one that wraps", -MIB, 2 * MIB, { { -MIB, MIB - 1 } }, false },
};

TEST_EACH(all__is_every_byte, wholes)
{
	set_aside(row->aside);
	assert_int_equal(hmem_all_aside(row->start, row->size, next_piece), row->all);
}
