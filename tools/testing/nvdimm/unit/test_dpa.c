// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/layout/dpa.c */
#include "nd_test.h"
#include "layout/dpa.h"

#define SPACE(sz, al, ph, ...) \
	struct dpa_extent busy[] = { __VA_ARGS__ }; \
	struct dpa_space s = { .size = sz, .align = al, .phase = ph, .busy = busy, \
			       .nr = ARRAY_SIZE(busy) }

LAW(dpa_free__counts_aligned_extents_only)
{
	SPACE(100, 10, 0, { 15, 3 }, { 40, 10 });

	/* [0,10) [20,40) [50,100) */
	assert_int_equal(dpa_free(&s), 10 + 20 + 50);
	s.align = 1;
	assert_int_equal(dpa_free(&s), 15 + 22 + 50);
	s.align = 0;
	assert_int_equal(dpa_free(&s), 15 + 22 + 50);
}

LAW(dpa_free__overlapping_and_empty_extents)
{
	SPACE(100, 1, 0, { 10, 50 }, { 20, 5 }, { 30, 0 }, { 55, 10 }, { 65, 5 });

	assert_int_equal(dpa_free(&s), 10 + 30);
}

LAW(dpa_free__phase_moves_the_grid)
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

LAW(dpa_free__no_power_of_two_asked)
{
	SPACE(100, 30, 0, { 1, 1 });
	struct dpa_extent e = dpa_largest(&s);

	assert_int_equal(dpa_free(&s), 60);
	assert_int_equal(e.start, 30);
	assert_int_equal(e.size, 60);
}

LAW(dpa_largest__first_of_equals)
{
	SPACE(100, 1, 0, { 20, 10 }, { 50, 30 });
	struct dpa_extent e = dpa_largest(&s);

	assert_int_equal(e.start, 0);
	assert_int_equal(e.size, 20);
}

LAW(dpa_largest__none)
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

LAW(dpa_find__lowest_that_fits)
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

LAW(dpa_room__up_to_the_neighbour_or_the_end)
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

LAW(dpa__extents_that_wrap_or_lie_outside)
{
	SPACE(100, 10, 0, { 20, U64_MAX }, { 200, 10 }, { U64_MAX, U64_MAX });
	u64 start;

	assert_int_equal(dpa_free(&s), 20);
	assert_int_equal(dpa_largest(&s).size, 20);
	assert_false(dpa_find(&s, 30, &start));
	assert_int_equal(dpa_room(&s, 10), 10);
	assert_int_equal(dpa_room(&s, 50), 0);
}

LAW(dpa__largest_numbers_do_not_wrap)
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
