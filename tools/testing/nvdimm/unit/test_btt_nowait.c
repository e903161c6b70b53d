// SPDX-License-Identifier: GPL-2.0
/* Writes that must not wait: done as others are, or given up with the sector as it was. */
/* objects: unit/btt_arenas.c */
#include "nd_test.h"
#include "btt_arenas.h"

static int try_write(u32 lane, u32 lba, u32 tag)
{
	u64 at;
	int rc = btt_write_try_begin(&a, lane, &at);

	if (rc)
		return rc;
	machine_fill(&m, at, a.layout.internal_lbasize, tag);
	return btt_write_try_commit(&a, lane, lba);
}

static void begin(void)
{
	make(ARENA);
	reopen(ND_REASON_OK);
	assert_int_equal(machine_write(&a, 1, 5, 50), 0);
}

TEST(nowait_write__is_durable)
{
	begin();
	for (u32 i = 0; i < 10; i++)
		assert_int_equal(try_write(i % 3, 5, 51 + i), 0);
	assert_true(machine_healthy(&a));
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), 60);
}

TEST(nowait_write__gives_up_where_a_reader_is)
{
	struct btt_read rd;

	begin();
	assert_int_equal(btt_read_begin(&a, 5, &rd), 0);
	/* the block that is read becomes the lane's free one */
	assert_int_equal(try_write(1, 5, 51), 0);
	assert_int_equal(try_write(1, 6, 60), -EAGAIN);
	assert_int_equal(machine_tag(m.cur, rd.at, 512), 50);
	assert_int_equal(try_write(2, 6, 61), 0);
	btt_read_end(&rd);
	assert_int_equal(try_write(1, 6, 62), 0);
	assert_int_equal(machine_read(&a, 6), 62);
}

TEST(nowait_write__gives_up_where_the_map_is_locked)
{
	begin();
	a.locks->held[btt_map_stripe(5)] = true;
	assert_int_equal(try_write(1, 5, 51), -EAGAIN);
	assert_int_equal(machine_read(&a, 5), 50);
	a.locks->held[btt_map_stripe(5)] = false;
	assert_true(machine_healthy(&a));
	assert_int_equal(try_write(1, 5, 52), 0);
	assert_false(a.locks->held[btt_map_stripe(5)]);
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), 52);
}

TEST(nowait_write__leaves_a_bad_free_block_to_others)
{
	begin();
	m.bad = btt_block_at(&a, a.lane[2].block) + 100;
	m.bad_len = 1;
	assert_int_equal(try_write(2, 5, 51), -EAGAIN);
	assert_false(a.lane[2].parked);
	assert_int_equal(m.clear_calls, 0);
	assert_int_equal(try_write(1, 5, 52), 0);
	assert_int_equal(machine_read(&a, 5), 52);
}

TEST(nowait_write__leaves_a_block_with_an_error_to_others)
{
	begin();
	assert_int_equal(fail_read(&a, 5), 0);
	/* to write the sector gives that block up, and is not delayed */
	assert_int_equal(try_write(1, 5, 51), 0);
	assert_int_equal(try_write(1, 6, 60), -EAGAIN);
	assert_int_equal(machine_write(&a, 1, 6, 61), 0);
	assert_int_equal(try_write(1, 6, 62), 0);
}

TEST(nowait_write__leaves_a_bad_log_to_others)
{
	begin();
	m.bad = btt_log_at(&a, 2, 0);
	m.bad_len = 1;
	assert_int_equal(try_write(1, 5, 51), -EAGAIN);
	m.bad_len = 0;
	a.log_bad = true;
	assert_int_equal(try_write(1, 5, 51), -EAGAIN);
	a.log_bad = false;
	assert_int_equal(try_write(1, 5, 52), 0);
}

TEST(nowait_write__leaves_the_log_of_a_bad_map_entry)
{
	begin();
	m.bad = btt_map_at(&a, 5);
	m.bad_len = 1;
	assert_int_equal(try_write(1, 7, 70), -EAGAIN);
	assert_int_equal(try_write(2, 7, 71), 0);
}

TEST(nowait_write__of_a_failed_arena_is_an_error)
{
	begin();
	m.fail_fence = m.fences + 2;
	assert_int_equal(try_write(1, 5, 51), -EIO);
	assert_int_equal(try_write(2, 6, 60), -EIO);
	reopen(ND_REASON_OK);
	assert_int_equal(machine_read(&a, 5), 51);
}
