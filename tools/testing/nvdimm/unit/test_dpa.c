// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/layout/dpa.c */
#include "nd_test.h"
#include "layout/dpa.h"

#define SPACE(sz, al, ph, ...) \
	struct dpa_extent busy[] = { __VA_ARGS__ }; \
	struct dpa_space s = { .size = sz, .align = al, .phase = ph, .busy = busy, \
			       .nr = ARRAY_SIZE(busy) }

TEST(dpa_free__counts_aligned_extents_only)
{
	SPACE(100, 10, 0, { 15, 3 }, { 40, 10 });

	/* [0,10) [20,40) [50,100) */
	assert_int_equal(dpa_free(&s), 10 + 20 + 50);
	s.align = 1;
	assert_int_equal(dpa_free(&s), 15 + 22 + 50);
	s.align = 0;
	assert_int_equal(dpa_free(&s), 15 + 22 + 50);
}

TEST(dpa_free__overlapping_and_empty_extents)
{
	SPACE(100, 1, 0, { 10, 50 }, { 20, 5 }, { 30, 0 }, { 55, 10 }, { 65, 5 });

	assert_int_equal(dpa_free(&s), 10 + 30);
}

TEST(dpa_free__phase_moves_the_grid)
{
	/* Offset 3 is aligned: extents [3, 13) … [93, 100) without its last part. */
	SPACE(100, 10, 7, { 50, 1 });
	u64 start;

	assert_int_equal(dpa_free(&s), 40 + 40);
	assert_true(dpa_find(&s, 40, &start));
	assert_int_equal(start, 3);
	assert_true(dpa_find(&s, 10, &start));
	assert_int_equal(start, 3);
	assert_false(dpa_find(&s, 41, &start));
	s.phase = 17;
	assert_int_equal(dpa_free(&s), 80);
}

TEST(dpa_free__no_power_of_two_asked)
{
	SPACE(100, 30, 0, { 1, 1 });
	struct dpa_extent e = dpa_largest(&s);

	assert_int_equal(dpa_free(&s), 60);
	assert_int_equal(e.start, 30);
	assert_int_equal(e.size, 60);
}

TEST(dpa_largest__first_of_equals)
{
	SPACE(100, 1, 0, { 20, 10 }, { 50, 30 });
	struct dpa_extent e = dpa_largest(&s);

	assert_int_equal(e.start, 0);
	assert_int_equal(e.size, 20);
}

TEST(dpa_largest__none)
{
	SPACE(100, 64, 60, { 0, 100 });

	assert_int_equal(dpa_largest(&s).size, 0);
	s.nr = 0;
	/* aligned addresses at 4, 68, 132 */
	assert_int_equal(dpa_largest(&s).start, 4);
	assert_int_equal(dpa_largest(&s).size, 64);
	s.align = 128;
	assert_int_equal(dpa_largest(&s).size, 0);
}

TEST(dpa_find__lowest_that_fits)
{
	SPACE(100, 1, 0, { 5, 10 }, { 30, 10 });
	u64 start;

	assert_true(dpa_find(&s, 5, &start));
	assert_int_equal(start, 0);
	assert_true(dpa_find(&s, 6, &start));
	assert_int_equal(start, 15);
	assert_true(dpa_find(&s, 60, &start));
	assert_int_equal(start, 40);
	assert_false(dpa_find(&s, 61, &start));
	assert_false(dpa_find(&s, 0, &start));
}

TEST(dpa_room__up_to_the_neighbour_or_the_end)
{
	SPACE(100, 10, 0, { 0, 20 }, { 45, 5 });

	assert_int_equal(dpa_room(&s, 20), 20);
	assert_int_equal(dpa_room(&s, 50), 50);
	assert_int_equal(dpa_room(&s, 45), 0);
	assert_int_equal(dpa_room(&s, 10), 0);
	assert_int_equal(dpa_room(&s, 100), 0);
	assert_int_equal(dpa_room(&s, 200), 0);
	assert_int_equal(dpa_room(&s, U64_MAX), 0);
}

TEST(dpa__extents_that_wrap_or_lie_outside)
{
	SPACE(100, 10, 0, { 20, U64_MAX }, { 200, 10 }, { U64_MAX, U64_MAX });
	u64 start;

	assert_int_equal(dpa_free(&s), 20);
	assert_int_equal(dpa_largest(&s).size, 20);
	assert_false(dpa_find(&s, 30, &start));
	assert_int_equal(dpa_room(&s, 10), 10);
	assert_int_equal(dpa_room(&s, 50), 0);
}

TEST(dpa__largest_numbers_do_not_wrap)
{
	struct dpa_space s = { .size = U64_MAX, .align = U64_MAX, .phase = U64_MAX - 1 };

	assert_true(dpa_free(&s) == 0);
	s.phase = 0;
	assert_true(dpa_free(&s) == U64_MAX);
	s.align = 1ull << 63;
	assert_true(dpa_free(&s) == 1ull << 63);
	s.phase = 1;
	assert_true(dpa_free(&s) == 1ull << 63);
	assert_true(dpa_largest(&s).start == (1ull << 63) - 1);
	s.size = 0;
	assert_true(dpa_free(&s) == 0);
}

/* ---- interleave sets ---- */

static const struct {
	const char *title;
	u64 size;
	u32 ways;
	u64 align;
} default_aligns[] = {
	{ "1 way", 126ull * SZ_1G, 1, SZ_16M },
	{ "4 ways", 504ull * SZ_1G, 4, SZ_16M },
	{ "6 ways", 1512ull * SZ_1G, 6, 96 * SZ_1M },
	{ "16 ways", 2016ull * SZ_1G, 16, SZ_16M },
	{ "6 ways, one unit", 96 * SZ_1M, 6, 96 * SZ_1M },
	{ "3 ways of 8 MiB", 24 * SZ_1M, 3, 12 * SZ_1K },
	{ "4 ways of 2 MiB", SZ_8M, 4, SZ_4K },
};

TEST_EACH(dpa_default_align__fits_the_region, default_aligns)
{
	assert_int_equal(dpa_default_align(row->size, row->ways, SZ_4K), row->align);
	assert_true(row->align <= row->size);
}

TEST(dpa_align__is_valid_for_ways_times_a_power_of_two)
{
	assert_true(dpa_align_valid(12 * SZ_1M, 6, SZ_1G, SZ_4K));
	assert_true(dpa_align_valid(24 * SZ_1K, 6, SZ_1G, SZ_4K));
	assert_true(dpa_align_valid(SZ_1G, 4, SZ_1G, SZ_4K));
	assert_false(dpa_align_valid(SZ_2G, 4, SZ_1G, SZ_4K));
	assert_false(dpa_align_valid(SZ_16M, 6, SZ_1G, SZ_4K));
	assert_false(dpa_align_valid(18 * SZ_1M, 6, SZ_1G, SZ_4K));
	assert_false(dpa_align_valid(12 * SZ_1K, 6, SZ_1G, SZ_4K));
	assert_false(dpa_align_valid(0, 6, SZ_1G, SZ_4K));
}

/* The lowest offset of a namespace in an empty set. */
static u64 first_offset(u64 start, u32 ways, u64 align, u32 page)
{
	struct dpa_space s = {
		.size = 4 * (align / ways),
		.align = align / ways,
		.phase = dpa_phase(start, ways, align, page),
	};
	u64 offset;

	assert_true(s.phase < s.align);
	assert_true(dpa_find(&s, s.align, &offset));
	assert_true(offset < s.align);
	return offset;
}

/* Bases of machines in the field, and phases that no firmware was seen to use. */
static const u64 bases[] = {
	SZ_4G, 0x144000000, 0x187c000000, 0x577c000000, 0x1860000000, 0x3040000000,
	0x30040000000, 0x2080000000, 0x11d80000000, 0x4080000000, 0x40340000000, 0xa90000000,
	0x202800000000, SZ_4G + SZ_2M, SZ_4G + 14 * SZ_1M, SZ_4G + SZ_1M, SZ_4G + SZ_64K,
	SZ_4G + SZ_4K, SZ_4G + 20 * SZ_1K, 0x15982c000,
};

static void check_set(u64 start, u32 ways, u64 align, u32 page)
{
	u64 offset = first_offset(start, ways, align, page);
	u64 address = start + ways * offset;
	u64 unit = align / ways;
	u64 grain = is_power_of_2(ways) ? align : unit;

	assert_true(offset % page == 0);
	assert_true(address % page == 0);
	/* a page of every DIMM is the smallest step, which may not lead to a multiple of @grain */
	if (start % (ways * page) == 0)
		assert_true(address % grain == 0);
	/* in-tree begins at offset 0: so does this, if that suits */
	if (start % grain == 0)
		assert_int_equal(offset, 0);
}

TEST(dpa_phase__namespaces_of_every_set_are_aligned)
{
	for (u32 ways = 1; ways <= 32; ways++)
		for (u64 unit = SZ_4K; unit <= SZ_1G; unit *= 2)
			for (u32 i = 0; i < ARRAY_SIZE(bases); i++)
				check_set(bases[i], ways, unit * ways, SZ_4K);
}

TEST(dpa_phase__namespaces_are_aligned_to_large_pages)
{
	for (u32 ways = 1; ways <= 16; ways++)
		for (u64 unit = SZ_64K; unit <= SZ_1G; unit *= 2)
			for (u32 i = 0; i < ARRAY_SIZE(bases); i++)
				if (bases[i] % SZ_64K == 0)
					check_set(bases[i], ways, unit * ways, SZ_64K);
}

TEST(dpa_phase__six_ways_begin_where_the_region_does)
{
	assert_int_equal(dpa_phase(SZ_4G, 6, 96 * SZ_1M, SZ_4K), 0);
	assert_int_equal(dpa_phase(0x3040000000, 6, 96 * SZ_1M, SZ_4K), 0);
	assert_int_equal(dpa_phase(SZ_4G, 3, 48 * SZ_1M, SZ_4K), 0);
	/* one DIMM, 14 MiB off: 2 MiB on */
	assert_int_equal(first_offset(SZ_4G + 14 * SZ_1M, 1, SZ_16M, SZ_4K), SZ_2M);
	/* six ways, 8 MiB off: 6 * 4 MiB and 8 MiB are 32 MiB */
	assert_int_equal(first_offset(SZ_4G + SZ_8M, 6, 96 * SZ_1M, SZ_4K), SZ_4M);
}
