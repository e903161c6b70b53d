// SPDX-License-Identifier: GPL-2.0
#include "nd_test.h"
#include "device/extent.h"

#define PMD	(SZ_2M / SZ_4K)
#define PUD	(SZ_1G / SZ_4K)

/* 4 MiB, 3 MiB that end within a large page, and 4 MiB that lie before both. */
static const struct dax_extent three[] = {
	{ .pgoff = 0, .pfn = 4 * PUD, .nr = 2 * PMD },
	{ .pgoff = 2 * PMD, .pfn = 8 * PUD, .nr = PMD + PMD / 2 },
	{ .pgoff = 3 * PMD + PMD / 2, .pfn = PUD, .nr = 2 * PMD },
};

static u64 find(u64 pgoff, u64 nr)
{
	return dax_extent_find(three, ARRAY_SIZE(three), pgoff, nr);
}

TEST(find__knows_each_page)
{
	unsigned int pages = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(three); i++)
		for (u64 at = 0; at < three[i].nr; at++, pages++)
			assert_int_equal(find(three[i].pgoff + at, 1), three[i].pfn + at);
	assert_int_equal(pages, 5 * PMD + PMD / 2);
}

TEST(find__knows_nothing_behind_the_end)
{
	assert_int_equal(find(5 * PMD + PMD / 2 - 1, 1), PUD + 2 * PMD - 1);
	assert_int_equal(find(5 * PMD + PMD / 2, 1), 0);
	assert_int_equal(find(~0ull, 1), 0);
	assert_int_equal(dax_extent_find(NULL, 0, 0, 1), 0);
}

TEST(find__gives_large_pages_whole)
{
	assert_int_equal(find(0, PMD), 4 * PUD);
	assert_int_equal(find(PMD, PMD), 4 * PUD + PMD);
	assert_int_equal(find(2 * PMD, PMD), 8 * PUD);
}

/* Half of it would be somebody else's memory. */
TEST(find__gives_no_page_across_an_end)
{
	assert_int_equal(find(3 * PMD, PMD), 0);
	assert_int_equal(find(3 * PMD, 1), 8 * PUD + PMD);
	assert_int_equal(find(0, PUD), 0);
}

/* The hardware would round it down. */
TEST(find__gives_no_page_at_an_odd_frame)
{
	assert_int_equal(find(1, PMD), 0);
	assert_int_equal(find(PMD / 2, PMD), 0);
	/* an odd offset is no matter, when the frame is even */
	assert_int_equal(find(3 * PMD + PMD / 2, PMD), PUD);
}

TEST(find__survives_the_largest_numbers)
{
	const struct dax_extent last = { .pgoff = ~0ull - 7, .pfn = 1ull << 40, .nr = 8 };

	assert_int_equal(dax_extent_find(&last, 1, ~0ull, 1), (1ull << 40) + 7);
	assert_int_equal(dax_extent_find(&last, 1, ~0ull, 2), 0);
	assert_int_equal(dax_extent_find(&last, 1, ~0ull - 7, 1ull << 63), 0);
}
