// SPDX-License-Identifier: GPL-2.0
/* A log that is bad: written anew from memory, at any time; what power has cut short is done. */
/* objects: unit/btt_arenas.c lib/btt_intree.c */
#include "nd_test.h"
#include "btt_arenas.h"
#include "btt_intree.h"
#include "btt/cure.h"
#include "btt/map.h"

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

/* It is bad, from @lane on, and nobody has said so to @a. */
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

static void assert_no_marks(void)
{
	for (u32 lane = 0; lane < LANES; lane++)
		for (u32 i = 0; i < 4; i++)
			assert_true(btt_mark_of(&group_of(&a, lane)->slot[i], lane) >= LANES);
}

/* The medium alone tells the same, others too. */
static void assert_attaches(void)
{
	struct intree other;

	assert_no_marks();
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

/* Whoever writes next sees to it, in whichever lane; what is not bad stays as it was. */
LAW(log__that_is_bad_is_written_anew_by_who_writes)
{
	for (enum btt_padding pad = BTT_PAD_NEW; pad <= BTT_PAD_OLD; pad++)
		for (u32 lane = 0; lane < LANES; lane++) {
			struct btt_log_group beside;
			u32 other;

			start(pad);
			other = lane ? lane - 1 : 1;
			beside = *group_of(&a, other);
			spoil(lane, 1);
			assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
			assert_int_equal(m.bad_len, 0);
			assert_int_equal(m.cure_calls, 1);
			if (lane != 12)
				assert_made(lane);
			if (other != 12 && other / 8 == lane / 8)
				assert_memory_equal(&beside, group_of(&a, other), sizeof(beside));
			assert_int_equal(btt_lanes_parked(&a), 0);
			assert_contents();
			assert_attaches();
		}
}

/* Without firmware that clears it is the store that does: looking at it meets poison again. */
LAW(log__that_a_store_cures_is_written_anew)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.line = btt_log_at(&a, 3, 0);
	assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
	assert_int_equal(m.line, 0);
	assert_int_equal(m.bad_len, 0);
	assert_made(3);
	assert_attaches();
}

/* Nothing is stored to a region that has turned read-only. */
LAW(log__is_not_cured_read_only)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(9, 64);
	before = image();
	a.read_only = true;
	assert_int_equal(btt_arena_settle(&a), 0);
	assert_int_equal(m.cure_calls, 0);
	assert_untouched(before);
}

/* All of it, at once: then there is no other sector for marks. */
LAW(log__that_is_all_bad_is_written_anew)
{
	start(BTT_PAD_NEW);
	spoil(0, LANES * BTT_LOG_GROUP);
	assert_int_equal(machine_write(&a, 12, 3, tag_of(3)), 0);
	assert_int_equal(m.bad_len, 0);
	assert_attaches();
}

/* Who attaches it next has the medium only. */
LAW(log__that_is_bad_is_written_anew_at_the_end)
{
	start(BTT_PAD_NEW);
	spoil(9, 64);
	assert_int_equal(btt_arena_settle(&a), 0);
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

/* Who has a lane writes on, and lets it go in the end: meanwhile nothing is stored for the cure. */
static void let_go_late(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_PAUSE || ++waiting.pauses < 5)
		return;
	assert_untouched(waiting.before);
	*waiting.held = false;
	machine->step = NULL;
}

/*
 * Nobody's log is written in below them, whichever lanes are held, those of the marks, too; nor
 * does anybody else cure one meanwhile.
 */
LAW(log__is_not_cured_while_its_lanes_are_held)
{
	bool *const held[] = {
		&m.lane_held[0], &m.lane_held[3], &m.lane_held[7], &m.lane_held[8],
		&m.lane_held[15], &m.lanes_held,
	};

	for (u32 i = 0; i < ARRAY_SIZE(held); i++) {
		start(BTT_PAD_NEW);
		spoil(3, 1);
		waiting.before = image();
		waiting.held = held[i];
		waiting.pauses = 0;
		*held[i] = true;
		m.step = let_go_late;
		assert_int_equal(machine_write(&a, 16, 3, tag_of(3)), 0);
		assert_int_equal(waiting.pauses, 5);
		for (u32 lane = 0; lane < LANES; lane++)
			assert_false(m.lane_held[lane]);
		assert_false(m.lanes_held);
		assert_attaches();
	}
}

/* A stream of writes to somebody else's arena: as a lane is let go the next one is taken. */
static void go_round(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_PAUSE)
		return;
	assert_int_equal(waiting.lane, waiting.pauses++);
	machine->lane_held[waiting.lane++] = false;
	if (waiting.lane < 16)
		machine->lane_held[waiting.lane] = true;
}

/* It gets through although its lanes are never all free at one time. */
LAW(log__is_cured_while_others_write_on)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	waiting.lane = 0;
	waiting.pauses = 0;
	m.lane_held[0] = true;
	m.step = go_round;
	assert_int_equal(btt_log_cure(&a), 0);
	assert_int_equal(waiting.pauses, 16);
	m.step = NULL;
	assert_int_equal(m.bad_len, 0);
	assert_attaches();
}

/* While lanes are waited for the place for the marks turns bad: they go elsewhere. */
static void spoil_marks(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_PAUSE)
		return;
	machine->step = NULL;
	machine->lane_held[3] = false;
	spoil(3, 12 * BTT_LOG_GROUP);
}

LAW(log__has_its_marks_where_it_is_good)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.cures = false;
	m.lane_held[3] = true;
	m.step = spoil_marks;
	assert_int_equal(btt_log_cure(&a), -ENXIO);
	attach(ND_REASON_OK);
	assert_contents();
	m.cures = true;
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_attaches();
}

/* The sector turns bad again when two of its three groups are written: they go with it. */
static void spoil_again(struct btt_media *machine, enum btt_step step)
{
	if (step == STEP_BEFORE_FENCE && ++waiting.pauses % 6 == 0 && waiting.lane--)
		spoil(3, 3 * BTT_LOG_GROUP);
}

LAW(log__that_turns_bad_while_it_is_written_anew_is_cured)
{
	for (u32 times = 0; times < 5; times++) {
		start(BTT_PAD_NEW);
		spoil(3, 3 * BTT_LOG_GROUP);
		waiting.pauses = 0;
		waiting.lane = times;
		m.step = spoil_again;
		assert_int_equal(btt_log_cure(&a), times < 3 ? 0 : -ENXIO);
		m.step = NULL;
		attach(ND_REASON_OK);
		assert_attaches();
	}
}

/* Nor is anything stored once a fence has failed. */
LAW(log__of_an_arena_that_has_failed_is_left)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(3, 1);
	before = image();
	a.failed = true;
	assert_int_equal(btt_log_cure(&a), -EIO);
	assert_untouched(before);
}

/* Nothing is acknowledged any more: it would be out of reach once it is attached anew. */
LAW(log__that_stays_bad_stops_writes_and_is_tried_again)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.cures = false;
	for (u32 tries = 1; tries <= 3; tries++) {
		assert_int_equal(write_anywhere(3, 1), -EIO);
		assert_int_equal(m.cure_calls, tries);
		assert_true(a.log_uncured && !a.failed);
		assert_contents();
	}
	m.cures = true;
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_false(a.log_uncured);
	for (u32 lane = 0; lane < LANES; lane++)
		assert_int_equal(machine_write(&a, lane, 3, tag_of(3)), 0);
	assert_attaches();
}

/* Marks have what it had: it comes up, unreadable as it is, and is read. */
LAW(log__that_stays_bad_is_attached_by_its_marks)
{
	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.cures = false;
	assert_int_equal(write_anywhere(3, 1), -EIO);
	attach(ND_REASON_OK);
	assert_contents();
	assert_int_equal(write_anywhere(3, 1), -EIO);
	assert_contents();
	m.cures = true;
	attach(ND_REASON_OK);
	assert_int_equal(m.bad_len, 0);
	assert_attaches();
}

/* … or cleared meanwhile, as it lay there. */
LAW(log__that_was_cleared_is_attached_by_its_marks)
{
	for (u32 words = 0; words <= 2; words++) {
		start(BTT_PAD_OLD);
		spoil(8, 1);
		m.cures = false;
		assert_int_equal(write_anywhere(3, 1), -EIO);
		m.bad_len = 0;
		for (u32 lane = 8; lane < 16; lane++) {
			memset(group_of(&a, lane), words == 2 ? 0xff : 0, 64);
			if (words == 1)
				group_of(&a, lane)->slot[0].lba = cpu_to_le32(lane);
		}
		attach(ND_REASON_OK);
		assert_int_equal(btt_lanes_parked(&a), 0);
		assert_attaches();
	}
}

static void attach_read_only(void)
{
	struct btt_layout l = a.layout;

	machine_arena_free(&a);
	machine_arena(&a, &m, &l, 0);
	a.read_only = true;
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
}

/* Read-only nothing is stored, and then the rest is done. */
LAW(log__that_was_cleared_is_read_by_its_marks)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(3, 1);
	m.cures = false;
	assert_int_equal(write_anywhere(3, 1), -EIO);
	m.bad_len = 0;
	memset(group_of(&a, 3), 0, 64);
	before = image();
	attach_read_only();
	assert_contents();
	assert_untouched(before);
	assert_int_equal(btt_arena_make_writable(&a), 0);
	assert_contents();
	assert_attaches();
}

/* … and not before, whichever fence fails meanwhile. */
LAW(log__that_was_cleared_is_written_anew_before_anything_else)
{
	u32 fence, fails;
	int rc;

	for (fence = 1; ; fence++) {
		start(BTT_PAD_NEW);
		spoil(3, 1);
		m.cures = false;
		assert_int_equal(write_anywhere(3, 1), -EIO);
		m.cures = true;
		m.bad_len = 0;
		memset(group_of(&a, 3), 0, 64);
		attach_read_only();
		m.fail_fence = m.fences + fence;
		for (fails = 0; (rc = btt_arena_make_writable(&a)); fails++)
			assert_int_equal(rc, -EIO);
		m.fail_fence = 0;
		for (u32 lane = 0; lane < LANES; lane++)
			assert_int_equal(machine_write(&a, lane, 3, tag_of(3)), 0);
		assert_attaches();
		if (!fails)
			break;
	}
	assert_true(fence > 5);
}

/* A second one, marked as well, and not in the first one's place, whichever comes first. */
LAW(log__of_two_sectors_that_stay_bad_is_attached_by_its_marks)
{
	static const struct { u32 first, second, lanes; } bad[] = {
		{ 16, 8, 9 }, { 8, 8, 9 }, { 8, 16, 1 }, { 0, 0, 9 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		start(BTT_PAD_NEW);
		m.cures = false;
		spoil(bad[i].first, 1);
		assert_int_equal(write_anywhere(3, 1), -EIO);
		spoil(bad[i].second, (bad[i].lanes - 1) * 64 + 1);
		assert_int_equal(write_anywhere(3, 1), -EIO);
		assert_int_equal(btt_arena_settle(&a), 0);
		attach(ND_REASON_OK);
		assert_contents();
		m.cures = true;
		assert_int_equal(write_anywhere(3, tag_of(3)), 0);
		for (u32 lane = 0; lane < LANES; lane++)
			assert_int_equal(machine_write(&a, lane, 3, tag_of(3)), 0);
		assert_attaches();
	}
}

/* Who says that it is bad no more may be wrong about what is there: marks go when it is. */
LAW(log__that_was_refused_and_is_zeros_is_written_anew)
{
	start(BTT_PAD_NEW);
	m.cures = false;
	spoil(3, 1);
	assert_int_equal(write_anywhere(3, 1), -EIO);
	m.bad_len = 0;
	memset(group_of(&a, 3), 0, 64);
	memset(m.dur + btt_log_at(&a, 3, 0), 0, 64);
	m.cures = true;
	assert_int_equal(write_anywhere(3, tag_of(3)), 0);
	assert_attaches();
}

/* What only the log tells of is not given up for it. */
LAW(log__that_the_map_needs_is_not_cured)
{
	u8 *before;

	start(BTT_PAD_NEW);
	spoil(3, 1);
	before = image();
	a.lane[4].due = true;
	assert_int_equal(write_anywhere(3, 1), -EIO);
	assert_int_equal(m.cure_calls, 0);
	assert_memory_equal(before + btt_log_at(&a, 0, 0), m.cur + btt_log_at(&a, 0, 0), 512);
	assert_contents();
	free(before);
}

/* After a boot nobody else says that the block wants to be cured. */
LAW(cure__keeps_that_a_block_has_an_error)
{
	start(BTT_PAD_NEW);
	assert_int_equal(fail_read(&a, 3), 0);
	assert_int_equal(machine_write(&a, 2, 3, tag_of(3)), 0);
	assert_true(a.lane[2].had_error);
	attach(ND_REASON_OK);
	spoil(2, 1);
	assert_int_equal(machine_write(&a, 12, 5, tag_of(5)), 0);
	attach(ND_REASON_OK);
	assert_true(a.lane[2].had_error);
	/* by way of a mark, too */
	m.cures = false;
	spoil(2, 1);
	assert_int_equal(write_anywhere(3, 1), -EIO);
	attach(ND_REASON_OK);
	assert_true(a.lane[2].lost && a.lane[2].had_error);
}

/* Without a mark nobody knows whether its last exchange is in the map. */
LAW(log__that_was_cleared_without_a_mark_is_refused)
{
	start(BTT_PAD_NEW);
	memset(group_of(&a, 3), 0, 64);
	attach(ND_REASON_REFERENCE);
	start(BTT_PAD_NEW);
	spoil(3, 1);
	attach(ND_REASON_MEDIA);
}

/* … nor does a mark of a time long ago. */
LAW(mark__of_a_block_in_use_is_refused)
{
	struct btt_log_entry *mark;

	start(BTT_PAD_NEW);
	memset(group_of(&a, 3), 0, 64);
	mark = &group_of(&a, 16)->slot[a.lane[16].sub];
	mark->lba = cpu_to_le32(BTT_MARK | 3);
	mark->old_map = cpu_to_le32(btt_map_decode(le32_to_cpu(*map_of(&a, 9)), 9).block);
	attach(ND_REASON_DUPLICATE);
	mark->old_map = cpu_to_le32(a.layout.internal_nlba);
	attach(ND_REASON_REFERENCE);
}

/* … nor one of a block that the log gives to a sector, when the map will have it. */
LAW(mark__of_a_block_that_the_log_gives_away_is_refused)
{
	struct btt_log_entry *mark;
	__le32 old;
	u32 block;

	for (u32 read_only = 0; read_only < 2; read_only++) {
		start(BTT_PAD_NEW);
		block = a.lane[3].block;
		mark = &group_of(&a, 40)->slot[a.lane[40].sub];
		mark->lba = cpu_to_le32(BTT_MARK | 3);
		mark->old_map = cpu_to_le32(block);
		/* as a driver does that knows no marks, and has nothing to write in lane 40 */
		assert_int_equal(machine_write(&a, 3, 7, tag_of(7)), 0);
		assert_int_equal(machine_write(&a, 9, 7, tag_of(7)), 0);
		assert_int_equal(a.lane[9].block, block);
		old = *map_of(&a, 2);
		assert_int_equal(machine_write(&a, 9, 2, tag_of(2)), 0);
		/* power fails before the map has it; then lane 3's group is poisoned and cleared */
		*map_of(&a, 2) = old;
		memset(group_of(&a, 3), 0, 64);
		a.layout.flags = read_only ? BTT_FLAG_ERROR : 0;
		attach(ND_REASON_DUPLICATE);
	}
}

/* One in the same sector would have been cleared with the rest. */
LAW(mark__of_its_own_sector_is_none)
{
	struct btt_log_entry *mark;

	start(BTT_PAD_NEW);
	mark = &group_of(&a, 4)->slot[a.lane[4].sub];
	mark->lba = cpu_to_le32(BTT_MARK | 3);
	mark->old_map = cpu_to_le32(a.lane[3].block);
	memset(group_of(&a, 3), 0, 64);
	attach(ND_REASON_REFERENCE);
}

/* Marks whose work is done go, before anybody could take them for new ones. */
LAW(mark__of_a_lane_that_is_fine_is_erased)
{
	struct btt_log_entry *mark;

	start(BTT_PAD_NEW);
	mark = &group_of(&a, 16)->slot[a.lane[16].sub];
	mark->lba = cpu_to_le32(BTT_MARK | 3);
	attach(ND_REASON_OK);
	assert_attaches();
}

/* Whichever fence fails: nothing more is written, and what there is is attached. */
LAW(cure__whose_fence_failed_stops_the_arena)
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
		/* with its marks it comes up */
		attach(fence == 1 ? ND_REASON_MEDIA : ND_REASON_OK);
		m.bad_len = 0;
		attach(ND_REASON_OK);
		if (machine_read(&a, 3) != tag_of(3))
			assert_int_equal(machine_write(&a, 0, 3, tag_of(3)), 0);
		assert_attaches();
	}
	assert_true(fence > 5);
}
