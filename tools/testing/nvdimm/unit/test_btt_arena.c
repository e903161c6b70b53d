// SPDX-License-Identifier: GPL-2.0
/* Arenas made, found, recovered, and their health: requirements E5, X27. */
/* objects: unit/btt_arenas.c */
#include "nd_test.h"
#include "btt_arenas.h"
#include "btt/ondisk.h"

TEST(format__makes_arenas_that_are_found)
{
	u64 start = 0;
	u32 arenas = 0;

	make(3 * ARENA + SZ_32K + 5);
	do {
		machine_arena_free(&a);
		open_arena(&a, start, ND_REASON_OK);
		assert_true(machine_healthy(&a));
		assert_memory_equal(m.cur + start, m.cur + start + a.layout.info2off, SZ_4K);
		assert_int_equal(a.pad, BTT_PAD_NEW);
		assert_int_equal(a.lane[3].block, a.layout.external_nlba + 3);
		start += a.layout.next;
		arenas++;
	} while (a.layout.next);
	assert_int_equal(arenas, 4);
}

TEST(format__needs_room)
{
	struct btt_recipe r = recipe();

	blank(SZ_32K);
	assert_int_equal(btt_format(&m, &r, SZ_32K - 1, &info), -ENOSPC);
	assert_int_equal(m.writes, 0);
}

TEST(format__tells_a_failed_write_and_leaves_nothing_to_find)
{
	struct btt_recipe r = recipe();

	for (u32 fail = 1; ; fail++) {
		int rc;

		blank(2 * ARENA);
		m.fail_write = fail;
		rc = btt_format(&m, &r, m.size, &info);
		if (!rc)
			break;
		assert_int_equal(rc, -EIO);
		assert_int_equal(probe(0, m.size), -ENODEV);
	}
	assert_true(m.writes > 8);
}

TEST(format__cures_poison)
{
	struct btt_recipe r = recipe();

	blank(ARENA);
	m.bad = 100;
	m.bad_len = 1;
	m.cures = true;
	assert_int_equal(btt_format(&m, &r, m.size, &info), 0);
	assert_int_equal(m.bad_len, 0);
}

static enum btt_found find(const struct btt_recipe *r, u64 start)
{
	return btt_arena_find(&m, r, NULL, start, m.size - start, &info, &layout, &reason);
}

TEST(restore__takes_the_copy_of_this_btt_only)
{
	struct btt_recipe r = recipe(), other = recipe();

	make(2 * ARENA);
	assert_int_equal(probe(0, m.size), 0);
	m.bad = 64;
	m.bad_len = 64;
	m.cures = true;
	assert_int_equal(probe(0, m.size), -EIO);
	assert_reason(reason, ND_REASON_MEDIA);
	other.uuid.b[3] ^= 1;
	assert_int_equal(find(&other, 0), BTT_DAMAGED_COPY);
	assert_int_equal(find(&r, 0), BTT_COPY);
	assert_int_equal(m.bad_len, 64);
	assert_int_equal(btt_arena_restore(&m, 0, &info), 0);
	assert_int_equal(m.bad_len, 0);
	assert_int_equal(probe(0, m.size), 0);
	memset(m.cur + layout.info2off, 0, 16);
	assert_int_equal(find(&r, 0), BTT_WHOLE);
	m.cur[100] ^= 1;
	assert_int_equal(find(&r, 0), BTT_DAMAGED);
	/* the second arena has a copy as well */
	memset(m.cur + ARENA, 0, 16);
	assert_int_equal(find(&r, ARENA), BTT_COPY);
	assert_int_equal(btt_arena_restore(&m, ARENA, &info), 0);
	assert_int_equal(probe(ARENA, m.size - ARENA), 0);
	/* what cannot be written is told, and the copy is still there */
	m.bad = ARENA + 64;
	m.bad_len = 64;
	m.cures = false;
	assert_int_equal(find(&r, ARENA), BTT_COPY);
	assert_int_equal(btt_arena_restore(&m, ARENA, &info), -EIO);
	assert_int_equal(find(&r, ARENA), BTT_COPY);
}

/* The last flush of a format fails: perhaps it is on the medium, and nobody takes it for made. */
TEST(format__whose_last_fence_failed_is_not_found)
{
	struct btt_recipe r = recipe();

	for (u32 fence = 1; ; fence++) {
		blank(ARENA);
		m.fail_fence = fence;
		if (!btt_format(&m, &r, m.size, &info))
			break;
		r.uuid.b[0]++;		/* the next one's: a copy that is there is none of its */
		assert_int_equal(find(&r, 0), BTT_NOTHING);
	}
	assert_int_equal(m.fences, 4);
}

TEST(probe__stays_within_the_namespace)
{
	assert_int_equal(probe(0, 4095), -ENODEV);
	assert_int_equal(probe(0, ARENA / 2), -ENXIO);
	assert_reason(reason, ND_REASON_BOUNDS);
}

/* ---- sectors ---- */

TEST(sectors__are_read_as_written)
{
	u32 nlba;

	nlba = a.layout.external_nlba;
	for (u32 i = 0; i < 5 * nlba; i++)
		assert_int_equal(machine_write(&a, i % 4, i % nlba, i + 1), 0);
	for (u32 i = 0; i < nlba; i++)
		assert_int_equal(machine_read(&a, i), 4 * nlba + i + 1);
	assert_true(machine_healthy(&a));
	reopen(ND_REASON_OK);
	for (u32 i = 0; i < nlba; i++)
		assert_int_equal(machine_read(&a, i), 4 * nlba + i + 1);
}

TEST(write__takes_two_fences)
{
	for (u32 i = 0; i < 10; i++) {
		m.fences = 0;
		assert_int_equal(machine_write(&a, 1, i, i), 0);
		assert_int_equal(m.fences, 2);
	}
	m.fences = 0;
	assert_int_not_equal(machine_read(&a, 0), TAG_ERROR);
	assert_int_equal(m.fences, 0);
}

TEST(write__keeps_old_padding)
{
	group_of(&a, 2)->slot[2].old_map = cpu_to_le32(1);	/* torn, by an old kernel */
	reopen(ND_REASON_OK);
	assert_int_equal(a.pad, BTT_PAD_OLD);
	for (u32 i = 0; i < 12; i++)
		assert_int_equal(machine_write(&a, i % 4, i, i), 0);
	for (u32 lane = 0; lane < 4; lane++) {
		assert_true(group_of(&a, lane)->slot[2].seq);
		assert_false(group_of(&a, lane)->slot[1].seq || group_of(&a, lane)->slot[3].seq);
	}
	reopen(ND_REASON_OK);
	assert_int_equal(a.pad, BTT_PAD_OLD);
	assert_int_equal(machine_read(&a, 7), 7);
}

TEST(error__is_remembered_until_written)
{
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	assert_int_equal(fail_read(&a, 5), 0);
	assert_int_equal(machine_read(&a, 5), TAG_ERROR);
	assert_int_equal(machine_read(&a, 4), TAG_TORN);	/* what lay there before */
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), TAG_ERROR);
	assert_int_equal(machine_write(&a, 1, 5, 51), 0);
	assert_int_equal(machine_read(&a, 5), 51);
	/* the block it was in is the lane's, which knows */
	assert_true(a.lane[1].had_error);
	assert_int_equal(le32_to_cpu(group_of(&a, 1)->slot[1].old_map),
			 a.lane[1].block | BTT_MAP_ERROR);
	reopen(ND_REASON_OK);
	assert_true(a.lane[1].had_error);
	assert_int_equal(machine_read(&a, 5), 51);
	/* and cures it before it is filled, listed or not, once */
	assert_int_equal(m.clear_calls, 0);
	m.cures = true;
	assert_int_equal(machine_write(&a, 1, 6, 52), 0);
	assert_int_equal(m.clear_calls, 1);
	assert_false(a.lane[1].had_error);
	assert_int_equal(machine_write(&a, 1, 6, 53), 0);
	assert_int_equal(m.clear_calls, 1);
}

/* Where the platform does not cure what no list has, a store has to do. */
TEST(error__that_is_not_cured_stops_nobody)
{
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	assert_int_equal(fail_read(&a, 5), 0);
	assert_int_equal(machine_write(&a, 1, 5, 51), 0);
	assert_int_equal(machine_write(&a, 1, 6, 52), 0);
	assert_int_equal(m.clear_calls, 1);
	assert_int_equal(btt_lanes_parked(&a), 0);
	assert_int_equal(machine_read(&a, 6), 52);
}

TEST(error__is_not_set_on_what_was_written_meanwhile)
{
	struct btt_read rd;

	assert_int_equal(btt_read_begin(&a, 5, &rd), 0);
	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	assert_int_equal(btt_read_failed(&a, 5, &rd), 0);
	btt_read_end(&rd);
	assert_int_equal(machine_read(&a, 5), 50);
}

TEST(error__that_cannot_be_set_is_told)
{
	struct btt_read rd;

	assert_int_equal(btt_read_begin(&a, 5, &rd), 0);
	m.bad = btt_map_at(&a, 5);
	m.bad_len = 1;
	assert_int_equal(btt_read_failed(&a, 5, &rd), -EIO);
	btt_read_end(&rd);
	assert_int_equal(machine_read(&a, 5), TAG_ERROR);
	assert_int_equal(machine_write(&a, 0, 5, 1), -EIO);
}

TEST(zero__reads_as_zeros_whatever_the_block)
{
	struct btt_read rd;

	*map_of(&a, 5) = cpu_to_le32(BTT_MAP_ZERO | 5);
	assert_int_equal(btt_read_begin(&a, 5, &rd), 0);
	assert_true(rd.zero);
	btt_read_end(&rd);
	assert_true(machine_healthy(&a));
	assert_int_equal(machine_write(&a, 0, 5, 9), 0);
	assert_int_equal(machine_read(&a, 5), 9);
	assert_true(machine_healthy(&a));
}

/* ---- hostile media ---- */

TEST(map__out_of_bounds_is_an_error_and_not_a_way_out)
{
	*map_of(&a, 5) = cpu_to_le32(BTT_MAP_NORMAL | a.layout.internal_nlba);
	assert_int_equal(machine_read(&a, 5), TAG_ERROR);
	assert_int_equal(machine_write(&a, 0, 5, 1), -EIO);
	assert_false(machine_healthy(&a));
	*map_of(&a, 5) = cpu_to_le32(BTT_MAP_NORMAL | 6);
	assert_false(machine_healthy(&a));
}

/* Spoil lane 1's log and see recovery refuse, with the map untouched. */
static void spoilt(u32 seq0, u32 seq1, u32 lba, u32 old, u32 new, enum nd_reason want)
{
	u8 *before;

	make(ARENA);
	reopen(ND_REASON_OK);
	assert_int_equal(machine_write(&a, 0, 0, 1), 0);
	*map_of(&a, 0) = 0;		/* lane 0 would be replayed */
	group_of(&a, 1)->slot[0].seq = cpu_to_le32(seq0);
	group_of(&a, 1)->slot[1] = (struct btt_log_entry){
		cpu_to_le32(lba), cpu_to_le32(old), cpu_to_le32(new), cpu_to_le32(seq1),
	};
	before = image();
	reopen(want);
	if (want == ND_REASON_OK)
		free(before);
	else
		assert_untouched(before);
}

TEST(recovery__refuses_logs_that_make_no_sense_and_writes_nothing)
{
	struct btt_layout l;

	assert_true(btt_layout_make(ARENA, 512, 4, &l));
	spoilt(1, 2, 3, 9, 10, ND_REASON_OK);
	spoilt(1, 1, 3, 9, 10, ND_REASON_SEQUENCE);
	spoilt(2, 4, 3, 9, 10, ND_REASON_SEQUENCE);
	spoilt(0, 2, 3, 9, 10, ND_REASON_SEQUENCE);
	spoilt(1, 2, l.external_nlba, 9, 10, ND_REASON_BOUNDS);
	spoilt(1, 2, 3, l.internal_nlba, 10, ND_REASON_BOUNDS);
	spoilt(1, 2, 3, 9, l.internal_nlba, ND_REASON_BOUNDS);
	spoilt(1, 2, 3, l.external_nlba + 2, 10, ND_REASON_DUPLICATE);
}

TEST(recovery__refuses_two_paddings_and_poison)
{
	group_of(&a, 0)->slot[1].seq = cpu_to_le32(2);
	group_of(&a, 1)->slot[2].seq = cpu_to_le32(2);
	reopen(ND_REASON_REFERENCE);
	group_of(&a, 1)->slot[2].seq = 0;
	group_of(&a, 0)->slot[1].seq = 0;
	m.bad = btt_log_at(&a, 3, 0);
	m.bad_len = 64;
	reopen(ND_REASON_MEDIA);
}

/* As nobody has known it before. */
static int recover_anew(u32 *where)
{
	memset(a.lane, 0, a.layout.nfree * sizeof(*a.lane));
	return btt_arena_recover(&a, &reason, where);
}

/* Whatever else is read along with it. */
TEST(recovery__names_the_lane_that_cannot_be_read)
{
	u32 where;

	for (u32 lane = 0; lane < 4; lane++) {
		m.bad = btt_log_at(&a, lane, 1);
		m.bad_len = 1;
		assert_int_equal(recover_anew(&where), -EIO);
		assert_int_equal(where, lane);
	}
}

/*
 * An arena of @nfree lanes, of which those at the seams of what is read at once have an exchange
 * that the map does not know: sector x was block x, and is to be the block behind it in the log.
 */
static u32 seams[4], nseams;

static void lanes_unfinished(u32 nfree, enum btt_padding pad)
{
	const u32 at[] = { 0, 7, 8, nfree - 1 };
	struct btt_layout l = machine_small(20, nfree, 64);

	machine_arena_free(&a);
	blank(l.size);
	machine_blank(&m, &l, 0);
	machine_arena(&a, &m, &l, 0);
	nseams = 0;
	for (u32 i = 0; i < ARRAY_SIZE(at); i++)
		if (at[i] < nfree && (!nseams || at[i] > seams[nseams - 1]))
			seams[nseams++] = at[i];
	for (u32 lane = 0; lane < nfree; lane++)
		group_of(&a, lane)->slot[pad] = (struct btt_log_entry){ };
	for (u32 x = 0; x < nseams; x++)
		group_of(&a, seams[x])->slot[pad] = (struct btt_log_entry){
			.lba = cpu_to_le32(x), .old_map = cpu_to_le32(x),
			.new_map = cpu_to_le32(l.external_nlba + seams[x]), .seq = cpu_to_le32(2),
		};
}

static void assert_finished(void)
{
	for (u32 x = 0; x < nseams; x++) {
		u32 block = a.layout.external_nlba + seams[x];

		assert_int_equal(btt_map_decode(le32_to_cpu(*map_of(&a, x)), x).block, block);
	}
	for (u32 lane = 0, x = 0; lane < a.layout.nfree; lane++) {
		bool seam = x < nseams && seams[x] == lane;

		assert_int_equal(a.lane[lane].block, seam ? x : a.layout.external_nlba + lane);
		x += seam;
	}
}

static void assert_log_is(const u8 *before)
{
	assert_memory_equal(before + a.layout.logoff, m.cur + a.layout.logoff,
			    a.layout.nfree * sizeof(struct btt_log_group));
}

static void recovered(u32 nfree, enum btt_padding pad)
{
	u8 *before;

	lanes_unfinished(nfree, pad);
	before = image();
	assert_int_equal(btt_arena_recover(&a, &reason, NULL), 0);
	assert_int_equal(a.pad, pad);
	assert_finished();
	assert_log_is(before);
	free(before);
}

/* Nothing is stored before somebody may. */
static void recovered_later(u32 nfree, enum btt_padding pad)
{
	u8 *before;
	u32 raw;

	lanes_unfinished(nfree, pad);
	before = image();
	a.read_only = true;
	assert_int_equal(btt_arena_recover(&a, &reason, NULL), 0);
	assert_memory_equal(before, m.cur, m.size);
	for (u32 x = 0; x < nseams; x++) {
		assert_int_equal(btt_map_look_up(&a, x, &raw), 0);
		assert_int_equal(btt_map_decode(raw, x).block, a.layout.external_nlba + seams[x]);
	}
	assert_int_equal(btt_arena_make_writable(&a), 0);
	assert_finished();
	assert_log_is(before);
	free(before);
}

static void unreadable(u32 nfree, enum btt_padding pad)
{
	u32 where;

	lanes_unfinished(nfree, pad);
	for (u32 x = 0; x < nseams; x++) {
		m.bad = btt_log_at(&a, seams[x], 1);
		m.bad_len = 1;
		assert_int_equal(recover_anew(&where), -EIO);
		assert_int_equal(where, seams[x]);
	}
}

TEST(recovery__is_the_same_for_any_number_of_lanes)
{
	static const u32 nfree[] = { 1, 7, 8, 9, 12, 16, 17, 256 };

	for (u32 i = 0; i < ARRAY_SIZE(nfree); i++)
		for (enum btt_padding pad = BTT_PAD_NEW; pad <= BTT_PAD_OLD; pad++) {
			recovered(nfree[i], pad);
			recovered_later(nfree[i], pad);
			unreadable(nfree[i], pad);
		}
}
