// SPDX-License-Identifier: GPL-2.0
/* Sectors of the log that turn bad: repaired while the arena is attached, refused otherwise. */
/* objects: unit/btt_arenas.c lib/btt_intree.c */
#include "nd_test.h"
#include "btt_arenas.h"
#include "btt_intree.h"
#include "btt/log_repair.h"
#include "btt/ondisk.h"

#define SECTORS	16u
#define LANES	44u

static u32 tag_of(u32 lba)
{
	return 100 + lba;
}

/* 44 lanes, all used, but for lane 5, in six sectors of the log; each sector has its tag. */
static void start(enum btt_padding pad)
{
	struct btt_layout l = machine_small(SECTORS, LANES, 64);

	machine_arena_free(&a);
	blank(l.size);
	machine_blank(&m, &l, 0);
	machine_arena(&a, &m, &l, 0);
	if (pad == BTT_PAD_OLD)
		group_of(&a, 2)->slot[2].old_map = cpu_to_le32(1);
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
	assert_int_equal(a.pad, pad);
	for (u32 i = 0; i < 3 * LANES; i++)
		if (i % LANES != 5)
			assert_int_equal(machine_write(&a, i % LANES, i % SECTORS, 1), 0);
	for (u32 i = 0; i < SECTORS; i++)
		assert_int_equal(machine_write(&a, i == 5 ? 6 : i, i, tag_of(i)), 0);
	m.cures = true;
}

/* It is bad, from @lane on; @a does not know it yet. */
static void spoil(u32 lane, u32 len)
{
	m.bad = btt_log_at(&a, lane, 0);
	m.bad_len = len;
}

static void attach(enum nd_reason want)
{
	struct btt_layout l = a.layout;
	int rc;

	machine_arena_free(&a);
	machine_arena(&a, &m, &l, 0);
	rc = btt_arena_recover(&a, &reason, NULL);
	assert_int_equal(rc, want == ND_REASON_OK ? 0 : want == ND_REASON_MEDIA ? -EIO : -ENXIO);
	if (want)
		assert_reason(reason, want);
}

static void assert_contents(void)
{
	for (u32 i = 0; i < SECTORS; i++)
		assert_int_equal(machine_read(&a, i), tag_of(i));
	assert_true(machine_healthy(&a));
}

/* The medium alone has the same, for the in-tree driver too. */
static void assert_attaches(void)
{
	struct intree other;

	assert_true(intree_recover(m.cur, &a.layout, &other));
	for (u32 lane = 0; lane < LANES; lane++)
		assert_int_equal(other.free[lane], a.lane[lane].block);
	attach(ND_REASON_OK);
	assert_contents();
	for (u32 lane = 0; lane < LANES; lane++)
		assert_int_equal(machine_write(&a, lane, 3, tag_of(3)), 0);
	assert_contents();
}

static void assert_made(u32 lane)
{
	struct btt_log_group want = { };

	want.slot[0] = (struct btt_log_entry){
		.lba = cpu_to_le32(lane), .old_map = cpu_to_le32(a.lane[lane].block),
		.new_map = cpu_to_le32(a.lane[lane].block), .seq = cpu_to_le32(1),
	};
	assert_memory_equal(&want, group_of(&a, lane), sizeof(want));
}

/* The next writer repairs it, in whichever lane. */
TEST(log__that_is_bad_is_repaired_by_the_next_write)
{
	for (enum btt_padding pad = BTT_PAD_NEW; pad <= BTT_PAD_OLD; pad++)
		for (u32 lane = 0; lane < LANES; lane++) {
			start(pad);
			spoil(lane, 1);
			assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
			assert_int_equal(m.bad_len, 0);
			assert_int_equal(m.clear_calls, 1);
			if (lane != 12)
				assert_made(lane);
			assert_int_equal(btt_lanes_parked(&a), 0);
			assert_contents();
			assert_attaches();
		}
}

/* Without firmware that clears poison, a store of the whole line does. */
TEST(log__that_a_store_clears_is_repaired)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.line = btt_log_at(&a, 3, 0);
	assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
	assert_int_equal(m.line, 0);
	assert_attaches();
}

TEST(log__that_is_all_bad_is_repaired)
{
	start(BTT_PAD_NEW);
	spoil(0, LANES * BTT_LOG_GROUP);
	assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
	assert_int_equal(m.bad_len, 0);
	assert_attaches();
}

/* In lane after lane, until there is none. */
static int write_anywhere(u32 lba, u32 tag)
{
	u32 lane = 0;
	int rc;

	while ((rc = machine_write(&a, lane, lba, tag)) == -EAGAIN) {
		if (btt_lane_next(&a, lane) == lane)
			return -EIO;
		lane = btt_lane_next(&a, lane);
	}
	return rc;
}

static struct {
	u8 *before;
	bool *held;
	u32 pauses, lane;
} waiting;

/* A writer keeps its lane for a while: the repair stores nothing before it is released. */
static void release_late(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_PAUSE || ++waiting.pauses < 5)
		return;
	assert_untouched(waiting.before);
	*waiting.held = false;
	machine->step = NULL;
}

/* Nor does another task repair a log at the same time. */
TEST(log__is_not_repaired_while_its_lanes_are_held)
{
	bool *const held[] = { &m.lane_held[0], &m.lane_held[3], &m.lane_held[7], &m.lanes_held };

	for (u32 i = 0; i < ARRAY_SIZE(held); i++) {
		start(BTT_PAD_NEW);
		spoil(3, 1);
		waiting.before = image();
		waiting.held = held[i];
		waiting.pauses = 0;
		*held[i] = true;
		m.step = release_late;
		assert_int_equal(machine_write(&a, 16, 3, tag_of(3)), 0);
		assert_int_equal(waiting.pauses, 5);
		for (u32 lane = 0; lane < LANES; lane++)
			assert_false(m.lane_held[lane]);
		assert_false(m.lanes_held);
		assert_attaches();
	}
}

/* A stream of writes to another arena: as a lane is released the next one is acquired. */
static void go_round(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_PAUSE)
		return;
	assert_int_equal(waiting.lane, waiting.pauses++);
	machine->lane_held[waiting.lane++] = false;
	if (waiting.lane < 8)
		machine->lane_held[waiting.lane] = true;
}

/* It gets through although its lanes are never all free at one time. */
TEST(log__is_repaired_while_others_write_on)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	waiting.lane = 0;
	waiting.pauses = 0;
	m.lane_held[0] = true;
	m.step = go_round;
	assert_int_equal(btt_log_repair(&a), 0);
	assert_int_equal(waiting.pauses, 8);
	m.step = NULL;
	assert_int_equal(m.bad_len, 0);
	assert_attaches();
}

/* More of the sector turns bad while it is rewritten: it is cleared and rewritten again. */
static void spoil_again(struct btt_media *machine, enum btt_step step)
{
	/* before the last fence of a round; the first one is of the map */
	if (step == STEP_BEFORE_FENCE && ++waiting.pauses % 3 == 1 && waiting.pauses > 1 &&
	    waiting.lane && waiting.lane--)
		spoil(3, 3 * BTT_LOG_GROUP);
}

TEST(log__that_turns_bad_during_its_repair_is_repaired)
{
	for (u32 times = 0; times < 5; times++) {
		start(BTT_PAD_NEW);
		spoil(3, 3 * BTT_LOG_GROUP);
		waiting.pauses = 0;
		waiting.lane = times;
		m.step = spoil_again;
		assert_int_equal(btt_log_repair(&a), times < 3 ? 0 : -ENXIO);
		m.step = NULL;
		assert_int_equal(btt_log_repair(&a), 0);
		assert_attaches();
	}
}

/* Nothing is stored once a fence has failed. */
TEST(log__of_an_arena_that_has_failed_is_left)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(3, 1);
	before = image();
	a.failed = true;
	assert_int_equal(btt_log_repair(&a), -EIO);
	assert_untouched(before);
}

/* Nothing is acknowledged: attach would refuse it. Reads go on. */
TEST(log__that_stays_bad_stops_writes_and_is_tried_again)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.cures = false;
	for (u32 tries = 1; tries <= 3; tries++) {
		assert_int_equal(write_anywhere(3, 1), -EIO);
		assert_int_equal(m.clear_calls, tries);
		assert_true(a.log_bad && !a.failed);
		assert_contents();
	}
	m.cures = true;
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_false(a.log_bad);
	for (u32 lane = 0; lane < LANES; lane++)
		assert_int_equal(machine_write(&a, lane, 3, tag_of(3)), 0);
	assert_attaches();
}

/* The sector of lane 3 cannot be cleared, and a write has found that. */
static void start_with_a_failed_repair(void)
{
	start(BTT_PAD_NEW);
	m.cures = false;
	spoil(3, 1);
	assert_int_equal(write_anywhere(3, 1), -EIO);
}

/* A sector that stays bad keeps no other one from being repaired. */
TEST(log__with_one_sector_that_stays_bad_is_repaired_elsewhere)
{
	start_with_a_failed_repair();
	/* it is lost without being bad, and the next one can be cleared */
	memset(group_of(&a, 3), 0, 64);
	m.cures = true;
	spoil(11, 1);
	a.lane[0].due = true;
	assert_int_equal(btt_log_repair(&a), -ENXIO);
	assert_int_equal(m.bad_len, 0);
	assert_made(11);
	assert_true(a.log_bad);
	a.lane[0].due = false;
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_attaches();
}

/* Another program clears it after a repair has failed: the medium lacks what memory has. */
TEST(log__that_was_cleared_after_a_failed_repair_is_repaired)
{
	start_with_a_failed_repair();
	m.bad_len = 0;
	memset(group_of(&a, 3), 0, 64);
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_attaches();
}

/* An exchange that only the log records is not given up for it. */
TEST(log__that_the_map_needs_is_not_cleared)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(3, 1);
	before = image();
	a.lane[4].due = true;
	assert_int_equal(write_anywhere(3, 1), -EIO);
	assert_int_equal(m.clear_calls, 0);
	assert_memory_equal(before + btt_log_at(&a, 0, 0), m.cur + btt_log_at(&a, 0, 0), 512);
	assert_contents();
	free(before);
}

/* After a boot only the log knows that the block has to be cleared. */
TEST(repair__keeps_that_a_block_has_an_error)
{
	start(BTT_PAD_NEW);
	assert_int_equal(fail_read(&a, 3), 0);
	assert_int_equal(machine_write(&a, 2, 3, tag_of(3)), 0);
	assert_true(a.lane[2].had_error);
	spoil(2, 1);
	assert_int_equal(machine_write(&a, 12, 5, tag_of(5)), 0);
	attach(ND_REASON_OK);
	assert_true(a.lane[2].had_error);
}

/* Whichever fence fails: nothing more is written, and nothing is guessed at. */
TEST(repair__whose_fence_failed_stops_the_arena)
{
	u32 fence;

	for (fence = 1; ; fence++) {
		start(BTT_PAD_NEW);
		spoil(3, 1);
		m.fail_fence = m.fences + fence;
		if (!machine_write(&a, 12, 3, tag_of(3)))
			break;
		assert_true(a.failed);
		assert_int_equal(write_anywhere(3, 1), -EIO);
		assert_contents();
	}
	assert_int_equal(fence, 7);
}

/* ---- not attached ---- */

/* Zeros in its place are as good as poison: attach refuses both. */
TEST(log__that_was_cleared_is_refused)
{
	start(BTT_PAD_NEW);
	memset(group_of(&a, 3), 0, 64);
	attach(ND_REASON_REFERENCE);
	start(BTT_PAD_NEW);
	spoil(3, 1);
	attach(ND_REASON_MEDIA);
}

/*
 * Why it is refused, although there are as many unnamed blocks as lost lanes. Two media,
 * equal but for the bad group: block F has the acknowledged sector 7 in one of them, and is free in
 * the other.
 */
TEST(log__that_is_bad_may_be_all_that_records_a_write)
{
	__le32 before;
	u32 f, was;
	u8 *one;

	/* lane 3 writes sector 7 to F; it is acknowledged, and its map entry is not durable */
	start(BTT_PAD_NEW);
	before = *map_of(&a, 7);
	was = btt_map_decode(le32_to_cpu(before), 7).block;
	f = a.lane[3].block;
	assert_int_equal(machine_write(&a, 3, 7, 777), 0);
	assert_int_equal(a.lane[3].block, was);
	*map_of(&a, 7) = before;
	attach(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 7), 777);
	*map_of(&a, 7) = before;
	one = image();
	/* the same block is filled, and power fails before the log has it: it is free */
	start(BTT_PAD_NEW);
	assert_int_equal(a.lane[3].block, f);
	machine_fill(&m, btt_block_at(&a, f), a.layout.internal_lbasize, 777);
	attach(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 7), tag_of(7));
	memset(group_of(&a, 3), 0, 64);
	memset(one + btt_log_at(&a, 3, 0), 0, 64);
	assert_untouched(one);
	spoil(3, 64);
	attach(ND_REASON_MEDIA);
}
