// SPDX-License-Identifier: GPL-2.0
/* Arenas in trouble: fences that fail, lanes that are bad, media that must not be stored to. */
/* objects: unit/btt_arenas.c */
#include "nd_test.h"
#include "btt_arenas.h"

/* ---- fences ---- */

/* Whichever of its two fences: what was acknowledged before is what there is. */
TEST(write__whose_fence_failed_stops_the_arena)
{
	for (u32 fence = 1; fence <= 2; fence++) {
		make(ARENA);
		reopen(ND_REASON_OK);
		assert_int_equal(machine_write(&a, 0, 5, 50), 0);
		m.fail_fence = m.fences + fence;
		assert_int_equal(machine_write(&a, 0, 5, 51), -EIO);
		assert_true(a.failed);
		assert_int_equal(machine_read(&a, 5), 50);
		assert_int_equal(machine_write(&a, 1, 5, 52), -EIO);
		assert_int_equal(machine_read(&a, 5), 50);
		assert_true(machine_healthy(&a));
		reopen(ND_REASON_OK);
		assert_int_equal(machine_read(&a, 5), fence == 1 ? 50 : 51);
		assert_int_equal(machine_write(&a, 1, 5, 53), 0);
		assert_true(machine_healthy(&a));
	}
}

/* It has perhaps given up what others were waiting for: nobody is told that all is well. */
TEST(fence__of_somebody_else_that_failed_is_a_failure)
{
	struct btt_arena b;

	make(2 * ARENA);
	reopen(ND_REASON_OK);
	open_arena(&b, ARENA, ND_REASON_OK);
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	assert_int_equal(machine_write(&b, 0, 5, 60), 0);
	m.fail_fence = m.fences + 1;
	assert_int_equal(fail_read(&a, 4), -EIO);
	assert_int_equal(machine_write(&a, 0, 5, 51), -EIO);
	assert_int_equal(machine_write(&b, 0, 5, 61), -EIO);
	assert_true(a.failed && b.failed);
	/* what they have behind is stored again, and then it is certain */
	assert_int_equal(btt_arena_settle(&a), 0);
	assert_int_equal(btt_arena_settle(&b), 0);
	machine_arena_free(&b);
	open_arena(&b, ARENA, ND_REASON_OK);
	assert_int_equal(machine_read(&b, 5), 60);
	assert_int_equal(machine_write(&b, 0, 5, 61), 0);
	machine_arena_free(&b);
}

/* Somebody flushes the region, and it fails, just before ours does not. */
static void lose_once(struct btt_media *m, enum btt_step step)
{
	if (step != STEP_BEFORE_FENCE)
		return;
	m->step = NULL;
	m->losses++;
}

TEST(settle__while_others_lose_is_told)
{
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	m.step = lose_once;
	assert_int_equal(btt_arena_settle(&a), -EIO);
	assert_int_equal(btt_arena_settle(&a), 0);
	m.step = lose_once;
	reopen(ND_REASON_MEDIA);
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), 50);
}

TEST(write__unconfirmed_stops_the_arena)
{
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	m.fail_fence = m.fences + 2;
	assert_int_equal(machine_write(&a, 0, 5, 51), -EIO);
	assert_true(a.failed);
	assert_int_equal(machine_read(&a, 5), 50);
	assert_int_equal(machine_write(&a, 1, 5, 52), -EIO);
	assert_int_equal(btt_write_commit(&a, 1, 5), -EIO);
	assert_int_equal(fail_read(&a, 5), -EIO);
	/* the log has it after all */
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), 51);
	assert_int_equal(machine_write(&a, 1, 5, 53), 0);
	assert_true(machine_healthy(&a));
}

/* ---- lanes ---- */

TEST(lane__whose_block_is_incurable_is_parked)
{
	u32 lane = 2;

	m.bad = btt_block_at(&a, a.lane[2].block) + 100;
	m.bad_len = 1;
	for (u32 i = 0; i < 100; i++) {
		int rc = machine_write(&a, lane, i % 8, i);

		assert_int_equal(rc, i ? 0 : -EAGAIN);
		lane = btt_lane_next(&a, lane);
		assert_int_not_equal(lane, 2);
	}
	for (u32 i = 92; i < 100; i++)
		assert_int_equal(machine_read(&a, i % 8), i);
	/* asking the firmware once is enough while there are others */
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(machine_write(&a, 2, 0, 1), -EAGAIN);
	assert_int_equal(m.clear_calls, 1);
	assert_true(machine_healthy(&a));
	/* a power cut parks nothing for good */
	reopen(ND_REASON_OK);
	assert_int_equal(btt_lanes_parked(&a), 0);
	m.cures = true;
	assert_int_equal(machine_write(&a, 2, 3, 7), 0);
	assert_int_equal(m.bad_len, 0);
	assert_true(machine_healthy(&a));
}

TEST(lanes__that_are_all_parked_are_cured_as_soon_as_they_can)
{
	m.bad = btt_block_at(&a, a.layout.external_nlba);
	m.bad_len = 4 * a.layout.internal_lbasize;
	for (u32 lane = 0; lane < 4; lane++)
		assert_int_equal(machine_write(&a, lane, 5, 1), -EAGAIN);
	assert_int_equal(btt_lanes_parked(&a), 4);
	for (u32 lane = 0; lane < 4; lane++)
		assert_int_equal(btt_lane_next(&a, lane), lane);
	assert_int_equal(m.clear_calls, 4);
	assert_int_equal(machine_write(&a, 0, 5, 1), -EAGAIN);
	assert_int_equal(m.clear_calls, 5);
	m.cures = true;
	assert_int_equal(machine_write(&a, 0, 5, 1), 0);
	assert_int_equal(machine_write(&a, 1, 5, 2), 0);
	assert_int_equal(machine_read(&a, 5), 2);
}

/* Of fewer lanes than the arena has, those that are used. */
TEST(lane__next_is_one_that_is_used)
{
	a.lanes = 2;
	assert_int_equal(btt_lane_next(&a, 1), 0);
	a.lane[0].parked = true;
	assert_int_equal(btt_lane_next(&a, 1), 1);
	a.lanes = 1;
	assert_int_equal(btt_lane_next(&a, 0), 0);
}

/* ---- read-only ---- */

/* Power fails after an acknowledged write of @lba: the log tells of it, the map does not yet. */
static void interrupt(u32 lane, u32 lba, u32 tag)
{
	__le32 before = *map_of(&a, lba);

	assert_int_equal(machine_write(&a, lane, lba, tag), 0);
	*map_of(&a, lba) = before;
}

/* Of a region that is read-only, or of an arena that says of itself that it is bad. */
static void reopen_as(bool read_only, u32 flags)
{
	machine_arena_free(&a);
	assert_int_equal(probe(0, m.size), 0);
	layout.flags = flags;
	machine_arena(&a, &m, &layout, 0);
	a.read_only = read_only;
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
}

/* It comes up read-only after a power cut: what was acknowledged is read, and nothing stored. */
TEST(read_only__has_what_was_acknowledged)
{
	u8 *before;

	assert_int_equal(machine_write(&a, 1, 3, 7), 0);
	interrupt(0, 3, 1);
	before = image();

	reopen_as(true, 0);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_int_equal(machine_write(&a, 0, 5, 1), -EIO);
	assert_int_equal(fail_read(&a, 3), -EIO);
	assert_true(machine_healthy(&a));
	assert_int_equal(btt_arena_settle(&a), 0);
	assert_memory_equal(before, m.cur, m.size);

	/* once it may be written the rest is done first, and then sectors are */
	m.fail_fence = m.fences + 1;
	assert_int_equal(btt_arena_make_writable(&a), -EIO);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_memory_equal(before, m.cur, m.size);
	m.fail_fence = m.fences + 2;
	assert_int_equal(btt_arena_make_writable(&a), -EIO);
	assert_int_equal(machine_write(&a, 0, 5, 1), -EIO);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_int_equal(btt_arena_make_writable(&a), 0);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_int_equal(machine_write(&a, 0, 5, 9), 0);
	assert_int_equal(machine_read(&a, 5), 9);
	assert_int_equal(machine_write(&a, 0, 3, 10), 0);
	assert_int_equal(machine_read(&a, 3), 10);
	assert_true(machine_healthy(&a));
	free(before);
}

/* Every lane has an exchange pending, whatever the order of the sectors and their flags. */
TEST(read_only__has_all_that_is_pending)
{
	static const u32 lbas[] = { 40, 2, 90, 17 };
	u8 *before;

	for (u32 i = 0; i < a.layout.external_nlba; i++)
		assert_int_equal(machine_write(&a, 0, i, i + 1000), 0);
	assert_int_equal(fail_read(&a, 2), 0);
	*map_of(&a, 90) &= cpu_to_le32(BTT_MAP_BLOCK);
	*map_of(&a, 90) |= cpu_to_le32(BTT_MAP_ZERO);
	for (u32 lane = 0; lane < 4; lane++)
		interrupt(lane, lbas[lane], lane + 1);
	before = image();
	reopen_as(true, 0);
	assert_int_equal(a.npending, 4);
	for (u32 i = 0; i < a.layout.external_nlba; i++) {
		u32 want = i == 40 ? 1 : i == 2 ? 2 : i == 90 ? 3 : i == 17 ? 4 : i + 1000;

		assert_int_equal(machine_read(&a, i), want);
	}
	assert_true(machine_healthy(&a));
	assert_untouched(before);
}

/* As other kernels leave it: one lane's exchange builds on another's, and none is in the map. */
TEST(read_only__follows_lanes_in_their_order)
{
	__le32 before;

	before = *map_of(&a, 3);
	assert_int_equal(machine_write(&a, 0, 3, 1), 0);
	assert_int_equal(machine_write(&a, 2, 3, 2), 0);
	*map_of(&a, 3) = before;
	reopen_as(true, 0);
	assert_int_equal(a.npending, 1);
	assert_int_equal(machine_read(&a, 3), 2);
	assert_true(machine_healthy(&a));
}

/* Nobody knows which of the two it would be. */
TEST(read_only__fails_a_sector_whose_map_is_bad)
{
	interrupt(0, 3, 1);
	interrupt(1, 50, 2);
	m.bad = btt_map_at(&a, 3);
	m.bad_len = 4;
	reopen_as(true, 0);
	assert_int_equal(machine_read(&a, 3), TAG_ERROR);
	assert_int_equal(machine_read(&a, 50), 2);
}

/* A reader that is there when the arena turns writable goes on reading what it found. */
TEST(read_only__ends_below_a_reader_unnoticed)
{
	struct btt_read rd;
	u64 at;

	interrupt(0, 3, 1);
	reopen_as(true, 0);
	assert_int_equal(btt_read_begin(&a, 3, &rd), 0);
	assert_int_equal(btt_arena_make_writable(&a), 0);
	/* the sector gets another block; the one being read waits for its reader */
	assert_int_equal(machine_write(&a, 1, 3, 2), 0);
	assert_int_equal(btt_block_at(&a, a.lane[1].block), rd.at);
	assert_true(btt_readers_busy(a.readers, 3, a.lane[1].block));
	assert_int_equal(machine_tag(m.cur, rd.at, 512), 1);
	btt_read_end(&rd);
	assert_int_equal(btt_write_begin(&a, 1, &at), 0);
	assert_int_equal(machine_read(&a, 3), 2);
}

/* Not even what was interrupted is finished on it; it is read as if it had been. */
TEST(arena__marked_bad_is_read_and_not_stored_to)
{
	u8 *before;

	for (u32 read_only = 0; read_only < 2; read_only++) {
		make(ARENA);
		reopen(ND_REASON_OK);
		interrupt(0, 3, 1);
		before = image();
		reopen_as(read_only, BTT_FLAG_ERROR);
		assert_int_equal(machine_read(&a, 3), 1);
		assert_int_equal(machine_write(&a, 0, 1, 1), -EIO);
		assert_int_equal(btt_arena_make_writable(&a), 0);
		assert_int_equal(machine_write(&a, 0, 1, 1), -EIO);
		assert_int_equal(fail_read(&a, 4), -EIO);
		assert_int_equal(machine_read(&a, 3), 1);
		assert_int_equal(btt_arena_settle(&a), 0);
		assert_untouched(before);
	}
}

/* ---- a bad map ---- */

/* The map entry of @lba, the last that @lane wrote to, is bad: all others are written and read. */
static void assert_costs_only(u32 lba, u32 lane)
{
	u32 n = a.layout.external_nlba;
	struct btt_log_group before;

	before = *group_of(&a, lane);
	assert_int_equal(machine_read(&a, lba), TAG_ERROR);
	assert_int_equal(machine_write(&a, btt_lane_next(&a, lane), lba, 1), -EIO);
	for (u32 i = 0; i < 3 * n; i++) {
		if (i % n == lba)
			continue;
		assert_int_equal(machine_write(&a, lane, i % n, i), -EAGAIN);
		assert_int_equal(machine_write(&a, btt_lane_next(&a, lane), i % n, i), 0);
	}
	for (u32 i = 2 * n; i < 3 * n; i++)
		assert_int_equal(machine_read(&a, i % n), i % n == lba ? TAG_ERROR : i);
	assert_memory_equal(&before, group_of(&a, lane), sizeof(before));
}

/* A lane's newest entry stays for good: what it tells of is looked at by every recovery. */
TEST(recovery__over_a_bad_map_costs_its_sectors_only)
{
	interrupt(0, 3, 1);
	interrupt(2, 50, 2);
	m.bad = btt_map_at(&a, 3);
	m.bad_len = 4;
	reopen(ND_REASON_OK);
	assert_int_equal(btt_lanes_parked(&a), 1);
	assert_int_equal(machine_read(&a, 50), 2);
	assert_costs_only(3, 0);
	/* what the lane knows is replayed as soon as it can be */
	m.bad_len = 0;
	assert_int_equal(machine_write(&a, 0, 5, 1), -EAGAIN);
	reopen(ND_REASON_OK);
	assert_int_equal(btt_lanes_parked(&a), 0);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_true(machine_healthy(&a));
}

/* The map entry was stored, and was not durable yet: then the log has it. */
TEST(lane__whose_map_entry_is_bad_keeps_its_log)
{
	__le32 before;

	before = *map_of(&a, 3);
	assert_int_equal(machine_write(&a, 0, 3, 1), 0);
	m.bad = btt_map_at(&a, 3);
	m.bad_len = 4;
	assert_costs_only(3, 0);
	*map_of(&a, 3) = before;
	m.bad_len = 0;
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 3), 1);
	assert_true(machine_healthy(&a));
}

/* It came up read-only, and the map turns bad before it turns writable. */
TEST(turning_writable__over_a_bad_map_costs_its_sectors_only)
{
	interrupt(0, 3, 1);
	reopen_as(true, 0);
	m.bad = btt_map_at(&a, 3);
	m.bad_len = 4;
	assert_int_equal(btt_arena_make_writable(&a), 0);
	assert_costs_only(3, 0);
}
