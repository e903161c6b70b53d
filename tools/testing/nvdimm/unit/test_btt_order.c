// SPDX-License-Identifier: GPL-2.0
/* Orders of loads, stores and fences of a BTT that only another task, or a power cut, can see. */
/* objects: unit/btt_arenas.c */
#include "nd_test.h"
#include "btt_arenas.h"
#include "btt/cure.h"
#include "btt/map.h"

#define LANES	16u	/* two sectors of the log: one for the marks of the other */

/* An arena that has as many lanes, in place of the one there was. */
static void remake(void)
{
	struct btt_recipe r = recipe();

	machine_arena_free(&a);
	blank(ARENA);
	r.nfree = LANES;
	assert_int_equal(btt_format(&m, &r, m.size, &info), 0);
	open_arena(&a, 0, ND_REASON_OK);
	m.cures = true;
}

/* Power fails: the medium has what is certain of it, and nothing else. */
static void cut_power(void)
{
	u8 *certain = memcpy(malloc(m.size), m.dur, m.size);

	machine_arena_free(&a);
	blank(m.size);
	memcpy(m.cur, certain, m.size);
	free(certain);
}

/* ---- the map ---- */

/* Once, after the map was loaded: the arena turns writable, and no exchange is pending then. */
static void turn_writable(struct btt_media *machine, enum btt_step step)
{
	if (step != STEP_LOADED)
		return;
	machine->step = NULL;
	assert_int_equal(btt_arena_make_writable(&a), 0);
}

static const struct {
	const char *law;
	u32 flag;
} entries[] = {
	{ "zeros", BTT_MAP_ZERO },
	{ "an error", BTT_MAP_ERROR },
	{ "another block", BTT_MAP_NORMAL },
};

/* What the map had of the sector before its exchange is never what a reader gets. */
LAW_OF_EACH(pending_exchange__is_looked_for_before_the_map, entries)
{
	__le32 before;

	before = cpu_to_le32(row->flag | 3);
	*map_of(&a, 3) = before;
	assert_int_equal(machine_write(&a, 0, 3, 1), 0);
	*map_of(&a, 3) = before;
	machine_arena_free(&a);
	assert_int_equal(probe(0, m.size), 0);
	machine_arena(&a, &m, &layout, 0);
	a.read_only = true;
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
	assert_int_equal(a.npending, 1);
	m.step = turn_writable;
	assert_int_equal(machine_read(&a, 3), 1);
	assert_null(m.step);
	assert_int_equal(a.npending, 0);
}

/* ---- the log ---- */

/*
 * One task cures the log, another one writes in a lane of it, power fails, and the same sector of
 * the log turns bad. A mark of before that write would give away the block that was written.
 */
LAW(mark__is_off_the_medium_before_its_lane_is_used)
{
	remake();
	assert_int_equal(machine_write(&a, 3, 7, 70), 0);
	assert_int_equal(btt_arena_settle(&a), 0);
	machine_record(&m);
	m.bad = btt_log_at(&a, 3, 0);
	m.bad_len = 1;
	assert_int_equal(btt_log_cure(&a), 0);
	m.actor = 1;
	assert_int_equal(machine_write(&a, 3, 7, 71), 0);
	cut_power();
	m.bad = layout.logoff;
	m.bad_len = 8 * BTT_LOG_GROUP;
	open_arena(&a, 0, ND_REASON_MEDIA);
}

/* ---- the info-block ---- */

/* It is said to be restored when it is. */
LAW(restored_info_block__is_on_the_medium)
{
	memcpy(&info, m.cur, sizeof(info));
	memset(m.cur, 0, sizeof(info));
	machine_record(&m);
	assert_int_equal(btt_arena_restore(&m, 0, &info), 0);
	assert_memory_equal(m.dur, &info, sizeof(info));
	memset(m.cur, 0, sizeof(info));
	machine_record(&m);
	m.fail_fence = m.fences + 1;
	assert_int_equal(btt_arena_restore(&m, 0, &info), -EIO);
}

/* ---- fences ---- */

/* Of a provider that does not count its failures: map entries of other lanes may have been lost. */
LAW(error_flag__whose_fence_failed_stops_writes)
{
	u8 *before;

	assert_int_equal(machine_write(&a, 0, 5, 50), 0);
	m.fail_fence = m.fences + 1;
	assert_int_equal(fail_read(&a, 5), -EIO);
	m.losses = a.losses;
	before = image();
	assert_int_equal(machine_write(&a, 1, 6, 60), -EIO);
	assert_int_equal(fail_read(&a, 6), -EIO);
	assert_untouched(before);
}
