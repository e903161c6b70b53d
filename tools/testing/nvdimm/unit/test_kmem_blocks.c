// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/blocks.c */
#include "nd_test.h"
#include "kmem/blocks.h"

#define MIB	(1ull << 20)
#define BLOCK	(128 * MIB)

TEST(trimming__leaves_whole_blocks_only)
{
	static const struct { u64 start, end, first; u32 nr; } row[] = {
		{ 4 * BLOCK, 6 * BLOCK, 4, 2 },
		{ 4 * BLOCK, 4 * BLOCK + 130 * MIB, 4, 1 },
		{ 4 * BLOCK - 2 * MIB, 5 * BLOCK, 4, 1 },
		{ 4 * BLOCK + 1, 6 * BLOCK - 1, 5, 0 },
		{ 4 * BLOCK + 1, 6 * BLOCK, 5, 1 },
		{ 4 * BLOCK, 5 * BLOCK - 1, 4, 0 },
		{ 4 * BLOCK + 1, 4 * BLOCK + 2, 5, 0 },
		{ 0, 0, 0, 0 },
		{ 0, BLOCK, 0, 1 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct kmem_span s = kmem_trim(row[i].start, row[i].end, BLOCK);

		assert_int_equal(s.first, row[i].first);
		assert_int_equal(s.nr, row[i].nr);
	}
}

TEST(trimming__never_wraps)
{
	struct kmem_span s = kmem_trim(-BLOCK + 1, -1ull, BLOCK);

	assert_int_equal(s.nr, 0);
	assert_int_equal(kmem_trim(BLOCK, 0, BLOCK).nr, 0);
	assert_int_equal(kmem_trim(0, -1ull, 1).nr, UINT32_MAX);
	assert_int_equal(kmem_trim(0, -1ull, 1ull << 63).nr, 1);
}

/* Of what begins behind its own memmap, and of what ends with the address space. */
TEST(cover__is_of_whole_blocks)
{
	static const struct { u64 start, last, from, to; } row[] = {
		{ 0x10200000, 0x17ffffff, 0x10000000, 0x17ffffff },
		{ 0x10000000, 0x17ffffff, 0x10000000, 0x17ffffff },
		{ 0x17ffffff, 0x18000000, 0x10000000, 0x1fffffff },
		{ U64_MAX - 5, U64_MAX, U64_MAX - 0x7ffffff, U64_MAX },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u64 start = row[i].start, last = row[i].last;

		kmem_cover(&start, &last, SZ_128M);
		assert_true(start == row[i].from && last == row[i].to);
	}
}

/* Every sub-range of a few blocks, byte by byte of a tiny block size. */
TEST(trimming__is_maximal)
{
	for (u64 start = 0; start < 40; start++)
		for (u64 end = start; end < 40; end++) {
			struct kmem_span s = kmem_trim(start, end, 8);
			u32 want = 0;

			for (u64 b = 0; b < 5; b++)
				want += b * 8 >= start && b * 8 + 8 <= end;
			assert_int_equal(s.nr, want);
			if (s.nr) {
				assert_true(s.first * 8 >= start);
				assert_true((s.first + s.nr) * 8 <= end);
			}
		}
}

TEST(runs__cover_the_set_and_nothing_else)
{
	u64 set[KMEM_SET_WORDS(70)] = { };
	u32 from = 0;

	assert_int_equal(kmem_set_run(set, 70, true, &from), 0);
	from = 0;
	assert_int_equal(kmem_set_run(set, 70, false, &from), 70);
	for (u32 i = 60; i < 67; i++)
		kmem_set_put(set, i, true);
	kmem_set_put(set, 0, true);
	kmem_set_put(set, 62, false);
	assert_int_equal(kmem_set_count(set, 70), 7);
	from = 0;
	assert_int_equal(kmem_set_run(set, 70, true, &from), 1);
	assert_int_equal(from, 0);
	from += 1;
	assert_int_equal(kmem_set_run(set, 70, true, &from), 2);
	assert_int_equal(from, 60);
	from += 2;
	assert_int_equal(kmem_set_run(set, 70, true, &from), 4);
	assert_int_equal(from, 63);
	from += 4;
	assert_int_equal(kmem_set_run(set, 70, true, &from), 0);
	from = 63;
	assert_int_equal(kmem_set_run(set, 70, false, &from), 3);
	assert_int_equal(from, 67);
}

TEST(names__are_those_of_sysfs)
{
	u64 set[1] = { 0x1d };
	char buf[64];

	assert_int_equal(kmem_set_name(buf, sizeof(buf), 0, set, 5, 32), 21);
	assert_string_equal(buf, "memory32, memory34-36");
	set[0] = 0;
	assert_int_equal(kmem_set_name(buf, sizeof(buf), 0, set, 5, 32), 0);
	assert_string_equal(buf, "");
	set[0] = 1;
	assert_int_equal(kmem_set_name(buf, sizeof(buf), 0, set, 1, U64_MAX), 26);
	assert_string_equal(buf, "memory18446744073709551615");
}

TEST(names__go_on_behind_others)
{
	u64 set[1] = { 1 };
	char buf[64];
	size_t len = kmem_set_name(buf, sizeof(buf), 0, set, 1, 7);

	len = kmem_set_name(buf, sizeof(buf), len, set, 1, 9);
	assert_int_equal(len, strlen("memory7, memory9"));
	assert_string_equal(buf, "memory7, memory9");
}

/* Whatever the room: terminated, within it, and cut is said once. */
TEST(names__keep_within_their_room)
{
	u64 set[1] = { 0x5555555555555555ull };

	for (size_t size = 1; size < 200; size++) {
		char *buf = malloc(size);
		size_t len = kmem_set_name(buf, size, 0, set, 64, 1000);

		len = kmem_set_name(buf, size, len, set, 64, 2000);
		assert_true(len < size || !len);
		assert_int_equal(strlen(buf), len);
		if (size > 4)
			assert_string_equal(buf + len - 3, "...");
		assert_true(len < 6 || memcmp(buf + len - 6, "......", 6));
		free(buf);
	}
}

TEST(patience__is_shared_and_bounded)
{
	assert_int_equal(kmem_patience(30000, 10), 3000);
	assert_int_equal(kmem_patience(30000, 1), 30000);
	assert_int_equal(kmem_patience(30000, 1000), 1000);
	assert_int_equal(kmem_patience(0, 4), 1000);
	assert_int_equal(kmem_patience(5000, 0), 5000);
}

TEST(state__of_what_is_no_ram_yet_is_told_whatever_is_counted)
{
	const struct kmem_census census = { .all = 3, .in = 3, .online = 3 };

	assert_string_equal(kmem_state_word(KMEM_WAITS, &census), "waiting");
	assert_string_equal(kmem_state_word(KMEM_REFUSED, &census), "refused");
}

/* What is online is in, and what is in is one of all. */
TEST(state__of_ram_is_told_by_how_much_of_it_is_there)
{
	struct kmem_census c = { .all = 3 };
	const char *said, *wanted;

	for (c.in = 0; c.in <= c.all; c.in++)
		for (c.online = 0; c.online <= c.in; c.online++) {
			said = kmem_state_word(KMEM_SETTLED, &c);
			wanted = !c.in ? "removed" : !c.online ? "offline" :
				 c.online < c.all ? "partly-online" : "online";
			assert_string_equal(said, wanted);
		}
}
