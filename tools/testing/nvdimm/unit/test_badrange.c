// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/core/range_set.c drivers/nvdimm/core/badrange.c */
#include "nd_test.h"
#include <linux/libnvdimm.h>
#include "core/badrange.h"

#define ROOM 8

static struct bad_range room[ROOM + 1];
static struct bad_set set;

/* A canary stands behind the room the set was given. */
int before_each(void **state)
{
	set = (struct bad_set) { .range = room, .max = ROOM };
	room[ROOM] = (struct bad_range) { .start = ~0ull, .len = ~0ull };
	return 0;
}

int after_each(void **state)
{
	return room[ROOM].start == ~0ull && room[ROOM].len == ~0ull ? 0 : -1;
}

#define assert_set(...) do {						\
	const struct bad_range want[] = { __VA_ARGS__ };			\
										\
	assert_int_equal(set.nr, ARRAY_SIZE(want));				\
	assert_memory_equal(set.range, want, sizeof(want));			\
} while (0)

TEST(add__keeps_ranges_sorted)
{
	assert_int_equal(bad_set_add(&set, 500, 10), 0);
	assert_int_equal(bad_set_add(&set, 100, 10), 0);
	assert_int_equal(bad_set_add(&set, 300, 10), 0);
	assert_set({ 100, 10 }, { 300, 10 }, { 500, 10 });
}

TEST(add__joins_what_touches)
{
	bad_set_add(&set, 100, 10);
	bad_set_add(&set, 120, 10);
	assert_int_equal(bad_set_add(&set, 90, 10), 0);
	assert_set({ 90, 20 }, { 120, 10 });
	assert_int_equal(bad_set_add(&set, 110, 10), 0);
	assert_set({ 90, 40 });
	assert_int_equal(bad_set_add(&set, 130, 1), 0);
	assert_set({ 90, 41 });
}

TEST(add__one_byte_apart_stays_apart)
{
	bad_set_add(&set, 100, 10);
	bad_set_add(&set, 111, 1);
	bad_set_add(&set, 98, 1);
	assert_set({ 98, 1 }, { 100, 10 }, { 111, 1 });
}

TEST(add__swallows_many)
{
	for (int i = 0; i < ROOM; i++)
		bad_set_add(&set, i * 100, 10);
	assert_int_equal(bad_set_add(&set, 105, 400), 0);
	assert_set({ 0, 10 }, { 100, 410 }, { 600, 10 }, { 700, 10 });
}

TEST(add__inside_changes_nothing)
{
	bad_set_add(&set, 100, 50);
	assert_int_equal(bad_set_add(&set, 120, 5), 0);
	assert_int_equal(bad_set_add(&set, 100, 50), 0);
	assert_set({ 100, 50 });
}

TEST(add__refuses_nonsense)
{
	assert_int_equal(bad_set_add(&set, 100, 0), -EINVAL);
	assert_int_equal(bad_set_add(&set, 2, ~0ull), -EINVAL);
	assert_int_equal(bad_set_del(&set, 100, 0), -EINVAL);
	assert_int_equal(bad_set_del(&set, 2, ~0ull), -EINVAL);
	assert_int_equal(set.nr, 0);
}

TEST(add__reaches_the_last_address)
{
	assert_int_equal(bad_set_add(&set, ~0ull - 10, 10), 0);
	assert_int_equal(bad_set_add(&set, 0, ~0ull), 0);
	assert_set({ 0, ~0ull });
	assert_int_equal(bad_set_first(&set, ~0ull - 1), 0);
	assert_int_equal(bad_set_first(&set, ~0ull), 1);
}

TEST(full__is_told_and_left_alone)
{
	struct bad_range before[ROOM];

	for (int i = 0; i < ROOM; i++)
		bad_set_add(&set, i * 100, 10);
	memcpy(before, set.range, sizeof(before));
	assert_int_equal(bad_set_add(&set, 50, 1), -ENOSPC);
	assert_int_equal(bad_set_del(&set, 205, 1), -ENOSPC);
	assert_int_equal(set.nr, ROOM);
	assert_memory_equal(set.range, before, sizeof(before));
	/* joining and trimming need no room */
	assert_int_equal(bad_set_add(&set, 10, 1), 0);
	assert_int_equal(bad_set_del(&set, 200, 1), 0);
	assert_int_equal(set.nr, ROOM);
}

TEST(del__trims_both_ends)
{
	bad_set_add(&set, 100, 10);
	bad_set_add(&set, 200, 10);
	bad_set_add(&set, 300, 10);
	assert_int_equal(bad_set_del(&set, 105, 200), 0);
	assert_set({ 100, 5 }, { 305, 5 });
}

TEST(del__splits)
{
	bad_set_add(&set, 100, 100);
	bad_set_add(&set, 300, 1);
	assert_int_equal(bad_set_del(&set, 120, 10), 0);
	assert_set({ 100, 20 }, { 130, 70 }, { 300, 1 });
}

TEST(del__of_good_addresses_is_fine)
{
	assert_int_equal(bad_set_del(&set, 0, 1000), 0);
	bad_set_add(&set, 100, 10);
	assert_int_equal(bad_set_del(&set, 110, 10), 0);
	assert_int_equal(bad_set_del(&set, 90, 10), 0);
	assert_set({ 100, 10 });
	assert_int_equal(bad_set_del(&set, 100, 10), 0);
	assert_int_equal(set.nr, 0);
}

TEST(first__finds_what_ends_above)
{
	assert_int_equal(bad_set_first(&set, 0), 0);
	bad_set_add(&set, 100, 10);
	bad_set_add(&set, 200, 10);
	assert_int_equal(bad_set_first(&set, 0), 0);
	assert_int_equal(bad_set_first(&set, 109), 0);
	assert_int_equal(bad_set_first(&set, 110), 1);
	assert_int_equal(bad_set_first(&set, 209), 1);
	assert_int_equal(bad_set_first(&set, 210), 2);
}

TEST(next__is_the_first_cut_to_what_was_asked)
{
	struct bad_range bad;

	assert_false(bad_set_next(&set, 0, ~0ull, &bad));
	bad_set_add(&set, 100, 10);
	bad_set_add(&set, 200, 10);
	bad_set_add(&set, ~0ull - 10, 10);
#define assert_next(from, last, s, l) do {					\
	assert_true(bad_set_next(&set, from, last, &bad));			\
	assert_true(bad.start == (s) && bad.len == (l));			\
} while (0)
	assert_next(0, ~0ull, 100, 10);
	assert_next(105, ~0ull, 105, 5);
	assert_next(105, 106, 105, 2);
	assert_next(110, 200, 200, 1);
	assert_next(210, ~0ull, ~0ull - 10, 10);
	assert_next(~0ull - 1, ~0ull, ~0ull - 1, 1);
	assert_false(bad_set_next(&set, 110, 199, &bad));
	assert_false(bad_set_next(&set, ~0ull, ~0ull, &bad));
	assert_false(bad_set_next(&set, 105, 104, &bad));
}

#define MANY	1000000u

TEST(next__walks_a_million_ranges)
{
	struct bad_range *many = malloc(MANY * sizeof(*many)), bad;
	struct bad_set set = { .range = many, .nr = MANY, .max = MANY };
	u64 at = 0;
	u32 n;

	for (u32 i = 0; i < MANY; i++)
		many[i] = (struct bad_range) { .start = 4096ull * i, .len = 512 };
	/* a walk that looks at all of them each time would take days */
	for (n = 0; bad_set_next(&set, at, ~0ull, &bad); n++)
		at = bad.start + bad.len;
	assert_int_equal(n, MANY);
	free(many);
}

#define MEDIA_RANGES	300000u

static void count_range(void *data, u64 start, u64 len)
{
	u32 *nr = data;

	assert_int_equal(start, 4096ull * *nr);
	assert_int_equal(len, 512);
	++*nr;
}

TEST(memory__need_not_be_contiguous)
{
	struct badrange media;
	struct bad_range bad;
	u32 nr = 0;

	badrange_init(&media);
	for (u32 i = 0; i < MEDIA_RANGES; i++)
		assert_int_equal(badrange_add(&media, 4096ull * i, 512), 0);
	badrange_for_each(&media, 0, ~0ull, count_range, &nr);
	assert_int_equal(nr, MEDIA_RANGES);
	/* the last is cleared in its middle */
	badrange_forget(&media, 4096ull * (nr - 1) + 128, 256);
	assert_true(badrange_next(&media, 4096ull * (nr - 1), ~0ull, &bad));
	assert_int_equal(bad.len, 128);
	assert_true(badrange_next(&media, bad.start + bad.len, ~0ull, &bad));
	assert_int_equal(bad.start, 4096ull * (nr - 1) + 384);
	badrange_forget_all(&media);
	assert_false(badrange_next(&media, 0, ~0ull, &bad));
}

TEST(memory__is_given_back_with_the_last_range)
{
	struct badrange media;

	badrange_init(&media);
	assert_int_equal(badrange_add(&media, 4096, 512), 0);
	badrange_forget(&media, 0, 8192);
	assert_ptr_equal(media.list.next, &media.list);
}
