// SPDX-License-Identifier: GPL-2.0
/* How far work is that takes its time, and what of sysfs says that it is under way. */
/* objects: tools/ndstack/watch.c */
#include "nd_test.h"
#include "watch.h"

TEST(scrub__is_under_way_while_there_is_a_plus)
{
	struct watch_job job = { };

	assert_false(watch_scrub("3", "5 10", &job));
	assert_false(watch_scrub("", "", &job));
	assert_true(watch_scrub("3+", "5 10", &job));
	assert_int_equal(job.done, 5);
	assert_int_equal(job.total, 10);
}

TEST(scrub__of_drivers_without_progress_has_none)
{
	struct watch_job job = { };

	assert_true(watch_scrub("3+", "", &job));
	assert_int_equal(job.total, 0);
	assert_true(watch_scrub("3+", "11 10", &job));
	assert_int_equal(job.total, 0);
}

TEST(states__that_rest_are_no_work)
{
	struct watch_job job = { };

	assert_false(watch_security("unlocked", &job));
	assert_true(watch_security("overwrite", &job));
	assert_false(watch_activate("armed", &job));
	assert_true(watch_activate("busy", &job));
	assert_false(watch_dax("online", &job));
	assert_false(watch_dax("refused", &job));
	assert_true(watch_dax("waiting", &job));
	assert_false(job.rests);
	assert_true(watch_dax("partly-online", &job));
	assert_true(job.rests);
}

TEST(space__is_watched_while_something_outlives_its_driver)
{
	struct watch_job job = { };

	assert_false(watch_space("idle", &job));
	assert_false(watch_space("enabled", &job));
	assert_false(watch_space("", &job));
	assert_true(watch_space("draining", &job));
	assert_int_equal(job.kind, WATCH_DRAINING);
	assert_false(job.rests);
	assert_true(watch_space("kept", &job));
	assert_int_equal(job.kind, WATCH_RAM);
	assert_true(job.rests);
	assert_string_equal(job.state, "kept");
}

/* A job of 1000 bytes in slices of 100, 10 bytes a second. */
static struct watch_job work(u64 done)
{
	return (struct watch_job) { .done = done, .total = 1000, .slice = 100 };
}

TEST(guess__has_nothing_to_go_by_before_a_slice_is_done)
{
	struct watch_job job = work(200);
	struct watch_pace pace;
	struct watch_guess guess;

	watch_pace_start(&pace, &job, 50);
	watch_guess(&pace, &job, 58, &guess);
	assert_int_equal(guess.done, 200);
	assert_false(guess.guessed);
	assert_int_equal(guess.percent, 20);
	assert_true(guess.left < 0);
}

TEST(guess__goes_on_within_a_slice_at_the_pace_of_those_before)
{
	struct watch_job job = work(200);
	struct watch_pace pace;
	struct watch_guess guess;

	watch_pace_start(&pace, &job, 50);
	job = work(300);
	watch_pace_see(&pace, &job, 60);
	watch_guess(&pace, &job, 65, &guess);
	assert_int_equal(guess.done, 350);
	assert_true(guess.guessed);
	assert_int_equal(guess.percent, 35);
	assert_true(guess.left > 64.9 && guess.left < 65.1);
}

TEST(guess__never_leaves_its_slice_nor_says_that_it_is_over)
{
	struct watch_job job = work(200);
	struct watch_pace pace;
	struct watch_guess guess;

	watch_pace_start(&pace, &job, 0);
	job = work(300);
	watch_pace_see(&pace, &job, 10);
	watch_guess(&pace, &job, 1e6, &guess);
	assert_int_equal(guess.done, 400);
	job = work(999);
	watch_pace_see(&pace, &job, 70);
	watch_guess(&pace, &job, 1e6, &guess);
	assert_int_equal(guess.done, 1000);
	assert_int_equal(guess.percent, 99);
	job = work(1000);
	watch_guess(&pace, &job, 1e6, &guess);
	assert_int_equal(guess.percent, 100);
}

TEST(guess__of_work_that_began_anew_begins_anew)
{
	struct watch_job job = work(900);
	struct watch_pace pace;
	struct watch_guess guess;

	watch_pace_start(&pace, &job, 0);
	job = work(950);
	watch_pace_see(&pace, &job, 5);
	job = work(0);
	watch_pace_see(&pace, &job, 6);
	watch_guess(&pace, &job, 7, &guess);
	assert_int_equal(guess.percent, 0);
	assert_true(guess.left < 0);
	job = work(100);
	watch_pace_see(&pace, &job, 16);
	watch_guess(&pace, &job, 16, &guess);
	assert_true(guess.left > 89.9 && guess.left < 90.1);
}

TEST(guess__without_a_total_is_none)
{
	struct watch_job job = { .kind = WATCH_OVERWRITE };
	struct watch_pace pace;
	struct watch_guess guess;

	watch_pace_start(&pace, &job, 0);
	watch_guess(&pace, &job, 100, &guess);
	assert_int_equal(guess.percent, -1);
	assert_true(guess.left < 0);
}

static const struct spelled {
	const char *title;
	u64 bytes;
	const char *text;
} spelled[] = {
	{ "nothing", 0, "0 B" },
	{ "bytes", 1023, "1023 B" },
	{ "a_little", 1536, "1.5 KiB" },
	{ "a_slice", 1ull << 36, "64 GiB" },
	{ "all_there_is", ~0ull, "16 EiB" },
};

TEST_EACH(size__is_spelled, spelled)
{
	char text[16];

	watch_size(row->bytes, text);
	assert_string_equal(text, row->text);
}

TEST(time__is_spelled)
{
	char text[24];

	watch_time(12.9, text);
	assert_string_equal(text, "12 s");
	watch_time(3907, text);
	assert_string_equal(text, "1 h 05 min");
	watch_time(1e300, text);
	assert_string_equal(text, "8760 h 00 min");
}
