// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/tier.c */
#include "nd_test.h"
#include "kmem/tier.h"

/* As the kernel counts: tiers are 128 wide, and DRAM is in the middle of one. */
#define DRAM		576
#define TIER(distance)	((distance) / 128)

static const struct nd_speed dram = { 80, 80, 20000, 20000 };

TEST(tiers__sort_by_speed)
{
	static const struct {
		const char *what;
		struct nd_speed speed;
		int order;
	} kinds[] = {
		{ "HBM", { 90, 90, 200000, 200000 }, -1 },
		{ "DRAM that keeps its contents", { 80, 80, 20000, 20000 }, 0 },
		{ "DRAM of another socket's bus, a little slower", { 84, 84, 20000, 20000 }, 0 },
		{ "CXL", { 250, 250, 16000, 16000 }, 1 },
		{ "media that are written slowly", { 300, 900, 6000, 2000 }, 1 },
	};
	int last = 0, tier;

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		tier = TIER(kmem_distance(DRAM, &dram, &kinds[i].speed));
		assert_true(kinds[i].order < 0 ? tier < TIER(DRAM) :
			    kinds[i].order ? tier > TIER(DRAM) : tier == TIER(DRAM));
		assert_true(tier >= last);
		last = tier;
	}
}

TEST(distance__takes_what_is_told_of_both)
{
	static const struct {
		struct nd_speed ref, mem;
		int distance;
	} row[] = {
		{ { 80, 80 }, { 160, 160 }, 2 * DRAM },
		{ { 80, 80 }, { 160 }, 2 * DRAM },
		{ { 80 }, { 160, 9999 }, 2 * DRAM },
		{ { .write_ns = 10 }, { .write_ns = 30 }, 3 * DRAM },
		{ { .read_mbs = 900, .write_mbs = 900 }, { .read_mbs = 300, .write_mbs = 300 },
		  3 * DRAM },
		{ { .read_mbs = 900 }, { .read_mbs = 300, .write_mbs = 1 }, 3 * DRAM },
		{ { 80, 80, 900, 900 }, { 160, 160, 300, 300 }, 6 * DRAM },
		{ { 80, 80, 900, 900 }, { 80, 80 }, DRAM },
		{ { 1, 1, ~0u, ~0u }, { ~0u, ~0u, 1, 1 }, 100 * DRAM },
		{ { ~0u, ~0u, 1, 1 }, { 1, 1, ~0u, ~0u }, 1 },
		{ { 80, 80 }, { .read_mbs = 1 }, 0 },
		{ { }, { 80, 80, 1, 1 }, 0 },
		{ { 80, 80, 1, 1 }, { }, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(kmem_distance(DRAM, &row[i].ref, &row[i].mem), row[i].distance);
}

TEST(hints__are_read)
{
	static const struct { const char *text; int node; int found; u32 percent; } row[] = {
		{ "", 0, 0, 0 },
		{ "\n", 0, 0, 0 },
		{ "2:100", 2, 1, 100 },
		{ "2:100\n", 2, 1, 100 },
		{ "2:100", 1, 0, 0 },
		{ "2:100,3:300", 3, 1, 300 },
		{ "2:100,3:300,2:50", 2, 1, 50 },
		{ "0:1,65535:10000", 65535, 1, 10000 },
		{ "2:100", -1, 0, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u32 percent = 0;

		assert_int_equal(kmem_hint_find(row[i].text, row[i].node, &percent), row[i].found);
		assert_int_equal(percent, row[i].percent);
	}
}

TEST(hints__of_another_form_are_refused)
{
	static const char * const text[] = {
		"2", ":", "2:", ":100", "2:0", "2:100,", ",2:100", "2:100 ", " 2:100", "2:-1", "-1:2",
		"2:10001", "65536:1", "2:99999999999", "2:100;3:1", "2:100\n\n", "2:1%", "x:100", "2:0x10",
	};
	u32 percent;

	for (u32 i = 0; i < ARRAY_SIZE(text); i++)
		assert_int_equal(kmem_hint_find(text[i], 2, &percent), -EINVAL);
}
