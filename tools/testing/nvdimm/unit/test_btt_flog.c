// SPDX-License-Identifier: GPL-2.0
/* Log groups and map entries, each value they can have: UEFI 2.10 §6.3.5, §6.3.6. */
/* objects: drivers/nvdimm/btt/ondisk.c */
#include "nd_test.h"
#include "btt/ondisk.h"

static struct btt_log_group group(u32 seq0, u32 seq1, u32 seq2, u32 seq3)
{
	struct btt_log_group g = { 0 };
	const u32 seq[] = { seq0, seq1, seq2, seq3 };

	for (int i = 0; i < 4; i++)
		g.slot[i].seq = cpu_to_le32(seq[i]);
	return g;
}

TEST(newest__follows_the_circle)
{
	/* rows: first entry's number 0 … 4; columns: second's */
	static const int want[5][5] = {
		{ -1, -1, -1, -1, -1 },
		{ 0, -1, 1, 0, -1 },
		{ -1, 0, -1, 1, -1 },
		{ -1, 1, 0, -1, -1 },
		{ -1, -1, -1, -1, -1 },
	};

	for (u32 i = 0; i < 5; i++)
		for (u32 k = 0; k < 5; k++)
			assert_int_equal(btt_flog_newest(i, k), want[i][k]);
	assert_int_equal(btt_flog_newest(~0u, 1), -1);
	assert_int_equal(btt_flog_newest(1, ~0u), -1);
	assert_int_equal(btt_flog_next(1), 2);
	assert_int_equal(btt_flog_next(2), 3);
	assert_int_equal(btt_flog_next(3), 1);
}

static bool detect(struct btt_log_group *g, enum btt_padding *pad)
{
	return btt_flog_padding(g, pad);
}

TEST(padding__is_told_by_the_second_entry)
{
	struct btt_log_group fresh = group(1, 0, 0, 0), new = group(1, 2, 0, 0);
	struct btt_log_group old = group(1, 0, 2, 0);
	enum btt_padding pad = BTT_PAD_UNKNOWN;

	assert_true(detect(&fresh, &pad));
	assert_int_equal(pad, BTT_PAD_UNKNOWN);
	assert_true(detect(&new, &pad));
	assert_int_equal(pad, BTT_PAD_NEW);
	assert_true(detect(&fresh, &pad));
	assert_int_equal(pad, BTT_PAD_NEW);
	assert_false(detect(&old, &pad));

	pad = BTT_PAD_UNKNOWN;
	assert_true(detect(&old, &pad));
	assert_int_equal(pad, BTT_PAD_OLD);
	assert_false(detect(&new, &pad));
}

TEST(padding__torn_first_use_counts)
{
	struct btt_log_group g = group(1, 0, 0, 0);
	enum btt_padding pad = BTT_PAD_UNKNOWN;

	/* only the half without the sequence number has arrived */
	g.slot[2].old_map = cpu_to_le32(5);
	assert_true(detect(&g, &pad));
	assert_int_equal(pad, BTT_PAD_OLD);
}

TEST(padding__refuses_other_shapes)
{
	for (u32 used = 0; used < 16; used++) {
		struct btt_log_group g = group(used & 1, used & 2, used & 4, used & 8);
		enum btt_padding pad = BTT_PAD_UNKNOWN;
		bool known = used == 1 || used == 3 || used == 5;

		assert_int_equal(detect(&g, &pad), known);
	}
}

TEST(map__says_one_of_four_things)
{
	struct btt_mapping m = btt_map_decode(0, 77);

	assert_true(m.block == 77 && !m.zero && !m.error);
	m = btt_map_decode(5, 77);	/* block without flags: as formatted */
	assert_true(m.block == 77 && !m.zero && !m.error);
	m = btt_map_decode(0xc0000000 | 5, 77);
	assert_true(m.block == 5 && !m.zero && !m.error);
	assert_int_equal(btt_map_encode(&m), 0xc0000005);
	m = btt_map_decode(0x40000000 | 5, 77);
	assert_true(m.block == 5 && !m.zero && m.error);
	assert_int_equal(btt_map_encode(&m), 0x40000005);
	m = btt_map_decode(0x80000000 | 5, 77);
	assert_true(m.block == 5 && m.zero && !m.error);
	assert_int_equal(btt_map_encode(&m), 0x80000005);
	m = btt_map_decode(~0u, 77);
	assert_int_equal(m.block, 0x3fffffff);
}
