// SPDX-License-Identifier: GPL-2.0
/* Orders of loads, stores and fences of a BTT that only another task, or a power cut, can see. */
/* objects: unit/btt_arenas.c */
#include "nd_test.h"
#include "btt_arenas.h"

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
	const char *title;
	u32 flag;
} entries[] = {
	{ "zeros", BTT_MAP_ZERO },
	{ "an error", BTT_MAP_ERROR },
	{ "another block", BTT_MAP_NORMAL },
};

/* What the map had of the sector before its exchange is never what a reader gets. */
TEST_EACH(pending_exchange__is_looked_for_before_the_map, entries)
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

/* ---- the info-block ---- */

/* It is said to be restored when it is. */
TEST(restored_info_block__is_on_the_medium)
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
TEST(error_flag__whose_fence_failed_stops_writes)
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
