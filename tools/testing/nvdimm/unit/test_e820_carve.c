// SPDX-License-Identifier: GPL-2.0
/* Parts of a legacy range: arithmetic of the carve-out and its cookie. */
/* objects: drivers/nvdimm/e820/carve.c */
#include "nd_test.h"
#include "e820/carve.h"

#define PAGE	SZ_4K
#define GRANULE	SZ_2M
#define G4	(1ull << 32)

TEST(whole__keeps_every_tail)
{
	static const u64 tail[] = { SZ_1M, SZ_2M, SZ_4M, 62ull * SZ_1M, SZ_64M, SZ_4K };
	struct e820_carve c;

	for (size_t i = 0; i < ARRAY_SIZE(tail); i++) {
		assert_reason(e820_carve_whole(G4, SZ_128M + tail[i], PAGE, &c), ND_REASON_OK);
		assert_true(c.start == G4 && c.size == SZ_128M + tail[i]);
		assert_int_equal(c.label_size, 0);
		assert_true(c.cookie == 0);
	}
}

TEST(whole__is_cut_to_pages)
{
	struct e820_carve c;

	assert_reason(e820_carve_whole(G4 + 1, 3 * PAGE, PAGE, &c), ND_REASON_OK);
	assert_true(c.start == G4 + PAGE && c.size == 2 * PAGE);
	assert_reason(e820_carve_whole(G4 + 1, 2 * PAGE - 2, PAGE, &c), ND_REASON_SIZE);
	assert_reason(e820_carve_whole(G4, 0, PAGE, &c), ND_REASON_SIZE);
	assert_reason(e820_carve_whole(0, PAGE, PAGE, &c), ND_REASON_OK);
}

TEST(whole__refuses_what_wraps)
{
	struct e820_carve c;

	assert_reason(e820_carve_whole(-(u64)PAGE, PAGE, PAGE, &c), ND_REASON_BOUNDS);
	assert_reason(e820_carve_whole(-2ull * PAGE, 2 * PAGE, PAGE, &c), ND_REASON_BOUNDS);
	assert_reason(e820_carve_whole(G4, ~0ull, PAGE, &c), ND_REASON_BOUNDS);
	assert_reason(e820_carve_whole(~0ull, ~0ull, PAGE, &c), ND_REASON_BOUNDS);
	assert_reason(e820_carve_whole(-4ull * PAGE, 2 * PAGE, PAGE, &c), ND_REASON_OK);
}

TEST(labels__lie_at_the_end)
{
	struct e820_carve c;

	assert_reason(e820_carve_labels(G4, SZ_256M, SZ_128K, PAGE, GRANULE, &c), ND_REASON_OK);
	assert_true(c.labels == G4 + SZ_256M - SZ_128K);
	assert_int_equal(c.label_size, SZ_128K);
	assert_true(c.start == G4 && c.size == SZ_256M - SZ_2M);
	/* a tail that no struct page can be had for is good enough for them */
	assert_reason(e820_carve_labels(G4, SZ_256M + SZ_1M, SZ_128K, PAGE, GRANULE, &c),
		      ND_REASON_OK);
	assert_true(c.labels == G4 + SZ_256M + SZ_1M - SZ_128K);
	assert_true(c.size == SZ_256M);
	/* of an end that is no page's end the stray bytes are left alone */
	assert_reason(e820_carve_labels(G4, SZ_256M + 5, SZ_128K, PAGE, GRANULE, &c), ND_REASON_OK);
	assert_true(c.labels == G4 + SZ_256M - SZ_128K);
}

TEST(labels__refuse_odd_sizes)
{
	static const u64 odd[] = {
		0, 1, SZ_1K, SZ_4K + 1, SZ_128K - 512, SZ_1M + SZ_4K, SZ_1G, ~0ull,
	};
	struct e820_carve c;

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		assert_reason(e820_carve_labels(G4, SZ_256M, odd[i], PAGE, GRANULE, &c),
			      ND_REASON_ARGUMENT);
	assert_reason(e820_carve_labels(G4, SZ_256M, SZ_4K, PAGE, GRANULE, &c), ND_REASON_OK);
	assert_reason(e820_carve_labels(G4, SZ_256M, SZ_1M, PAGE, GRANULE, &c), ND_REASON_OK);
	/* of a machine with larger pages */
	assert_reason(e820_carve_labels(G4, SZ_256M, SZ_4K, SZ_64K, GRANULE, &c),
		      ND_REASON_ARGUMENT);
}

TEST(labels__need_a_granule_beside_them)
{
	struct e820_carve c;

	assert_reason(e820_carve_labels(G4, SZ_2M, SZ_128K, PAGE, GRANULE, &c), ND_REASON_SIZE);
	assert_reason(e820_carve_labels(G4, SZ_2M + SZ_128K - PAGE, SZ_128K, PAGE, GRANULE, &c),
		      ND_REASON_SIZE);
	assert_reason(e820_carve_labels(G4, SZ_2M + SZ_128K, SZ_128K, PAGE, GRANULE, &c),
		      ND_REASON_OK);
	assert_true(c.size == SZ_2M);
	assert_reason(e820_carve_labels(G4, SZ_128K, SZ_128K, PAGE, GRANULE, &c), ND_REASON_SIZE);
	assert_reason(e820_carve_labels(G4, PAGE, SZ_128K, PAGE, GRANULE, &c), ND_REASON_SIZE);
}

/* Of every range and label size: inside, disjoint, and the region ends where pages can. */
TEST(labels__never_touch_the_region)
{
	for (u64 start = G4; start < G4 + SZ_4M; start += 255 * SZ_1K)
	for (u64 size = PAGE; size < SZ_8M + SZ_1M; size += 61 * PAGE + 7)
	for (u64 label = SZ_4K; label <= SZ_1M; label *= 2) {
		struct e820_carve c;
		enum nd_reason reason = e820_carve_labels(start, size, label, PAGE, GRANULE, &c);

		if (reason) {
			assert_reason(reason, ND_REASON_SIZE);
			/* one granule, two of whose ends may be lost, and the labels */
			assert_true(size < label + 2 * GRANULE + 2 * PAGE);
			continue;
		}
		assert_true(c.start >= start && c.start < start + PAGE);
		assert_true(c.size >= GRANULE && c.start + c.size <= c.labels);
		assert_true(c.labels + c.label_size <= start + size);
		assert_true((c.start + c.size) % GRANULE == 0);
		assert_true(c.labels - (c.start + c.size) < GRANULE);
		assert_true(c.labels % PAGE == 0);
	}
}

/* Documented, and written into labels: these values are for ever. */
TEST(cookie__is_what_it_was)
{
	struct e820_carve c, moved, other;

	e820_carve_labels(G4, SZ_256M, SZ_128K, PAGE, GRANULE, &c);
	assert_int_equal(c.cookie, 0xa8e41d9a7a3247c2ull);
	e820_carve_labels(G4 + SZ_64M, SZ_256M, SZ_128K, PAGE, GRANULE, &moved);
	assert_true(moved.cookie == c.cookie);
	e820_carve_labels(G4, SZ_256M + SZ_2M, SZ_128K, PAGE, GRANULE, &other);
	assert_true(other.cookie != c.cookie);
	e820_carve_labels(G4, SZ_256M, SZ_64K, PAGE, GRANULE, &other);
	assert_true(other.cookie != c.cookie);
}
