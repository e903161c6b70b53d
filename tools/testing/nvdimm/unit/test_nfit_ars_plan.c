// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/ars/plan.c */
#include "nd_test.h"
#include <linux/ndctl.h>
#include "nfit/ars/plan.h"

#define G	(1ull << 30)

static struct ars_range two[2];
static struct ars_plan plan;

int before_each(void **state)
{
	two[0] = (struct ars_range) { 4 * G, 2 * G, ND_ARS_PERSISTENT, .usable = true };
	two[1] = (struct ars_range) { 8 * G, 1 * G, ND_ARS_VOLATILE, .usable = true };
	plan = (struct ars_plan) { .range = two, .nr = 2, .looked = 2 };
	return 0;
}

/* Results of what runs, complete and without a record; else those of the last time. */
static struct ars_answer answer_of(void)
{
	return (struct ars_answer) {
		.address = plan.run ? plan.at : plan.seen,
		.length = plan.run ? plan.len : plan.seen_len,
	};
}

static bool asked(int rc)
{
	struct ars_answer answer = answer_of();
	struct ars_outcome out;

	assert_int_equal(ars_next(&plan).action, ARS_QUERY);
	out = ars_asked(&plan, rc, &answer);
	assert_reason(out.reason, ND_REASON_OK);
	return out.take;
}

/* Firmware says this, and what comes of it is that. */
static struct ars_outcome said(int rc, const struct ars_answer *answer)
{
	assert_int_equal(ars_next(&plan).action, ARS_QUERY);
	return ars_asked(&plan, rc, answer);
}

#define assert_lost(out, because, from, bytes) do {			\
	struct ars_outcome o_ = (out);					\
									\
	assert_reason(o_.reason, because);				\
	assert_int_equal(o_.start, from);				\
	assert_int_equal(o_.len, bytes);				\
} while (0)

static void starts(u64 address, u64 length, u8 flags, int rc)
{
	struct ars_step step = ars_next(&plan);

	assert_int_equal(step.action, ARS_START);
	assert_int_equal(step.address, address);
	assert_int_equal(step.length, length);
	assert_int_equal(step.flags, flags);
	assert_reason(ars_begun(&plan, rc).reason, ND_REASON_OK);
}

static void waits(u32 seconds)
{
	struct ars_step step = ars_next(&plan);

	assert_int_equal(step.action, ARS_WAIT);
	assert_int_equal(step.delay, seconds);
	ars_wake(&plan);
}

/* A scrub of that begins; after it firmware has results. */
static void scrubs(u64 address, u64 length)
{
	starts(address, length, 0, 0);
	waits(1);
}

/* Somebody wants that scrubbed, and firmware, asked, is idle: it begins. */
static void begins(u64 address, u64 length, int rc)
{
	ars_scrub(&plan, address, length);
	asked(rc);
	scrubs(address, length);
}

static void keeps_failing(u64 start, u64 len)
{
	for (u32 i = 1; i < ARS_TRIES; i++) {
		asked(-EIO);
		waits(len ? 1u << i : 1u << (i - 1));
	}
	assert_lost(said(-EIO, &(struct ars_answer){ }), ND_REASON_FIRMWARE, start, len);
}

/* A word of a script with an address and a length, in GiB, and perhaps an errno behind it. */
struct word {
	char verb[16];
	unsigned long long at, len;
	int rc;
};

static struct word word_of(const char *text)
{
	static const struct {
		const char *name;
		int rc;
	} errnos[] = {
		{ "EAGAIN", -EAGAIN }, { "EBUSY", -EBUSY }, { "EIO", -EIO }, { "ENOMEM", -ENOMEM },
	};
	struct word w = { };
	int n = 0;

	assert_true(sscanf(text, " %15s%n", w.verb, &n) == 1);
	sscanf(text + n, "%llu+%llu", &w.at, &w.len);
	if (strstr(text, " all"))
		w.len = U64_MAX / G;
	for (u32 i = 0; i < ARRAY_SIZE(errnos); i++)
		if (strstr(text, errnos[i].name))
			w.rc = errnos[i].rc;
	return w;
}

/* What somebody wants, firmware says and the plan does. */
static bool happens(const struct word *w)
{
	u64 at = w->at * G, len = w->len * G;

	if (!strcmp(w->verb, "wants"))
		assert_int_equal(ars_scrub(&plan, at, len), w->rc);
	else if (!strcmp(w->verb, "wants_recall"))
		assert_int_equal(ars_recall(&plan, ARS_SCRUB_REFUSED), w->rc);
	else if (!strcmp(w->verb, "likes_recall"))
		assert_int_equal(ars_recall(&plan, ARS_SCRUB_NONE), w->rc);
	else if (!strcmp(w->verb, "announces"))
		assert_int_equal(ars_recall(&plan, ARS_SCRUB_UNKNOWN), w->rc);
	else if (!strcmp(w->verb, "cancels"))
		ars_cancel(&plan);
	else if (!strcmp(w->verb, "looks"))
		ars_look(&plan);
	else if (!strcmp(w->verb, "asks"))
		asked(w->rc);
	else if (!strcmp(w->verb, "takes"))
		assert_true(asked(w->rc));
	else if (!strcmp(w->verb, "ignores"))
		assert_false(asked(w->rc));
	else if (!strcmp(w->verb, "starts"))
		starts(at, len, 0, w->rc);
	else if (!strcmp(w->verb, "recalls"))
		starts(at, len, ND_ARS_RETURN_PREV_DATA, w->rc);
	else if (!strcmp(w->verb, "scrubs"))
		scrubs(at, len);
	else if (!strcmp(w->verb, "waits"))
		waits(w->at);
	else if (!strcmp(w->verb, "cannot"))
		assert_lost(ars_begun(&plan, -EIO), ND_REASON_FIRMWARE, at, len);
	else if (!strcmp(w->verb, "begun"))
		assert_reason(ars_begun(&plan, w->rc).reason, ND_REASON_OK);
	else if (!strcmp(w->verb, "gives_up"))
		keeps_failing(at, len);
	else if (!strcmp(w->verb, "loses"))
		assert_lost(said(-EAGAIN, &(struct ars_answer){ }), ND_REASON_SEQUENCE, at, len);
	else
		return false;
	return true;
}

/* How it stands. */
static void stands(const struct word *w)
{
	if (!strcmp(w->verb, "done"))
		assert_int_equal(plan.done, w->at * G);
	else if (!strcmp(w->verb, "left"))
		assert_int_equal(ars_left(&plan), w->at * G);
	else if (!strcmp(w->verb, "count"))
		assert_int_equal(plan.count, w->at);
	else if (!strcmp(w->verb, "busy"))
		assert_true(ars_busy(&plan));
	else if (!strcmp(w->verb, "idle"))
		assert_false(ars_busy(&plan));
	else if (!strcmp(w->verb, "rests"))
		assert_int_equal(ars_next(&plan).action, ARS_REST);
	else if (!strcmp(w->verb, "next_starts"))
		assert_int_equal(ars_next(&plan).action, ARS_START);
	else if (!strcmp(w->verb, "next_recalls"))
		assert_int_equal(ars_next(&plan).flags, ND_ARS_RETURN_PREV_DATA);
	else
		fail_msg("what is %s?", w->verb);
}

static const struct {
	const char *title, *script;
} scripts[] = {
	{ "a scrub is worked off range by range",
	  "idle, wants all, busy, left 3, ignores EAGAIN, "
	  "scrubs 4+2, asks EBUSY, waits 2, left 3, takes, done 2, "
	  "scrubs 8+1, count 0, takes, rests, count 1, done 3, left 0" },
	/* what is under way may have passed the new error: once more */
	{ "requests join the one job",
	  "wants all, wants all EBUSY, wants 8+1 EBUSY, asks, starts 4+2, "
	  "wants 4+2, wants 4+2 EBUSY, left 5, waits 1, asks, starts 4+2" },
	{ "a recall comes before scrubs, and at once",
	  "wants 8+1, wants_recall, wants_recall EBUSY, asks EAGAIN, recalls 4+2, takes, "
	  "recalls 8+1, takes, done 0, starts 8+1" },
	{ "a recall of nothing is no fault",
	  "wants_recall, asks EAGAIN, recalls 4+2, asks EAGAIN, recalls 8+1, asks EAGAIN, idle" },
	{ "a recall that is refused becomes a scrub",
	  "wants_recall, asks, recalls 4+2 EIO, recalls 8+1, asks, starts 4+2" },
	/* and somebody who insists joins */
	{ "a recall that is refused is told where no scrub is wanted",
	  "likes_recall, asks, next_recalls, cannot 0+0, recalls 8+1, "
	  "wants_recall, asks, recalls 4+2 EIO, recalls 8+1, asks, starts 4+2" },
	/* until somebody wants it again: it may have been a passing fault */
	{ "a range that cannot be scrubbed is left out",
	  "wants all, asks, next_starts, cannot 4+2, scrubs 8+1, asks, idle, "
	  "wants 4+1, asks, starts 4+1" },
	{ "somebody else's scrub is waited for",
	  "wants 8+1, asks EBUSY, waits 1, takes, starts 8+1 EBUSY, left 1, "
	  "waits 1, asks EBUSY, waits 2, takes, starts 8+1" },
	{ "a cancel lets the slice end and no more",
	  "wants all, wants_recall, asks, recalls 4+2, cancels, busy, takes, idle, count 0" },
	{ "a cancel between the decision to start and the start",
	  "wants 8+1, asks, next_starts, cancels, begun EBUSY, waits 1, asks, idle" },
	{ "a cancel before the decision to start",
	  "wants 8+1, asks, cancels, rests, count 0" },
	{ "a cancel before a recall is refused: no scrub comes of it",
	  "wants_recall, asks, next_recalls, cancels, begun EIO, left 0, idle" },
	{ "a plan at rest has nothing to cancel: the next scrub counts",
	  "cancels, wants 8+1, asks, scrubs 8+1, asks, count 1" },
	{ "what is wanted behind a cancel counts",
	  "wants 8+1, asks, starts 8+1, cancels, wants 8+1, waits 1, asks, scrubs 8+1, asks, "
	  "count 1" },
	/* its status tells again and again that the last scrub ended in an error */
	{ "a query that keeps failing is followed by a start",
	  "wants all, gives_up 0+0, scrubs 4+2, takes, starts 8+1" },
	{ "a slice whose results cannot be had is given up alone",
	  "wants all, asks, scrubs 4+2, gives_up 4+2, scrubs 8+1, asks, idle" },
	{ "nothing but known errors was wanted: there is nothing to start",
	  "looks, gives_up 0+0, idle" },
	{ "a scrub that is lost is told", "wants 8+1, asks, scrubs 8+1, loses 8+1, idle" },
	{ "a second request that reaches further is served whole",
	  "wants 4+1, wants 5+1, left 2, asks, starts 4+2" },
	{ "a request is new when any range of it is",
	  "wants_recall, asks, recalls 4+2, wants_recall, takes, recalls 4+2, takes, "
	  "recalls 8+1, takes, idle, wants 8+1, wants all, left 3" },
	{ "a job counts what is done from its own start",
	  "wants 8+1, asks, scrubs 8+1, asks, done 1, idle, wants 8+1, done 0" },
	{ "a cancel also ends what a refused recall would have led to",
	  "wants_recall, cancels, likes_recall, asks, next_recalls, cannot 0+0, left 0" },
	{ "a recall that waited for busy firmware still leads to a scrub",
	  "wants_recall, asks, recalls 4+2 EBUSY, waits 1, asks, recalls 4+2 EIO, recalls 8+1, "
	  "asks, starts 4+2" },
	{ "failures count in a row: an answer between them ends the row",
	  "wants 8+1, asks, scrubs 8+1, asks EIO, waits 2, asks EIO, waits 4, asks EIO, waits 8, "
	  "asks EIO, waits 16, asks EBUSY, waits 32, asks EIO, waits 60, asks, done 1" },
	/* firmware announced an error, and has no scrub that could have met it */
	{ "an announced error that firmware does not recall is scrubbed for",
	  "announces, asks EAGAIN, recalls 4+2, asks EAGAIN, recalls 8+1, asks EAGAIN, "
	  "scrubs 4+2, takes, scrubs 8+1, asks, idle" },
	{ "an announced error that firmware recalls needs no scrub",
	  "announces, asks EAGAIN, recalls 4+2, takes, recalls 8+1, takes, idle" },
	{ "an announcement during a recall counts",
	  "likes_recall, announces EBUSY, asks EAGAIN, recalls 4+2, asks EAGAIN, recalls 8+1, "
	  "asks EAGAIN, starts 4+2" },
	{ "an announcement counts whatever else asks for the recall",
	  "announces, likes_recall EBUSY, asks EAGAIN, recalls 4+2, asks EAGAIN, recalls 8+1, "
	  "asks EAGAIN, starts 4+2" },
	{ "a cancel before an announced error is not recalled: no scrub comes of it",
	  "announces, asks EAGAIN, recalls 4+2, cancels, asks EAGAIN, left 0, idle" },
	{ "a recall without memory of our own is repeated, and no scrub",
	  "wants_recall, asks, recalls 4+2 ENOMEM, left 0, waits 1, asks, recalls 4+2, asks, "
	  "recalls 8+1, asks, idle" },
	{ "a scrub without memory of our own is repeated",
	  "wants 8+1, asks, starts 8+1 ENOMEM, left 1, waits 1, asks, scrubs 8+1, takes, done 1" },
	{ "a query without memory of our own is no failure of firmware",
	  "wants 8+1, asks, scrubs 8+1, asks ENOMEM, waits 2, asks ENOMEM, waits 4, "
	  "asks ENOMEM, waits 8, asks ENOMEM, waits 16, asks ENOMEM, waits 32, asks ENOMEM, "
	  "waits 60, asks, done 1" },
};

TEST_EACH(plan__follows_what_happens, scripts)
{
	char *script = strdup(row->script), *rest = script, *text;

	while ((text = strsep(&rest, ","))) {
		struct word w = word_of(text);

		if (!happens(&w))
			stands(&w);
	}
	free(script);
}

/* An error cleared since then must not come back with old results. */
TEST(results__are_taken_once)
{
	/* firmware's own record of the last boot */
	plan.fresh = true;
	ars_scrub(&plan, 4 * G, G);
	assert_true(asked(0));
	scrubs(4 * G, G);
	assert_true(asked(0));
	ars_scrub(&plan, 4 * G, G);
	assert_false(asked(0));
}

/* What firmware had on record of a range that was not there yet. */
TEST(results__are_news_to_a_range_that_was_added)
{
	struct ars_range three[3], range = { 16 * G, G, ND_ARS_PERSISTENT, .usable = true };
	struct ars_answer answer = { .address = 4 * G, .length = 16 * G, .nr = 1 };
	struct ars_outcome out;

	ars_look(&plan);
	assert_true(said(0, &answer).take);
	ars_look(&plan);
	assert_false(said(0, &answer).take);
	assert_ptr_equal(ars_add(&plan, three, &range), two);
	assert_int_equal(plan.nr, 3);
	assert_memory_equal(three, two, sizeof(two));
	assert_memory_equal(&three[2], &range, sizeof(range));
	ars_look(&plan);
	out = said(0, &answer);
	assert_true(out.take);
	assert_int_equal(out.from, 2);
	ars_look(&plan);
	assert_false(said(0, &answer).take);
	ars_look(&plan);
	answer.length = G;
	out = said(0, &answer);
	assert_true(out.take);
	assert_int_equal(out.from, 0);
}

TEST(scrub__goes_by_slices)
{
	struct ars_range big = { ARS_SLICE / 2, 2 * ARS_SLICE, .usable = true };

	plan = (struct ars_plan){ .range = &big, .nr = 1 };
	ars_scrub(&plan, 0, U64_MAX);
	asked(0);
	scrubs(ARS_SLICE / 2, ARS_SLICE / 2);
	asked(0);
	starts(ARS_SLICE, ARS_SLICE, 0, 0);
	assert_int_equal(plan.done, ARS_SLICE / 2);
	assert_int_equal(ars_left(&plan), 3 * (ARS_SLICE / 2));
	waits(1);
	asked(0);
	scrubs(2 * ARS_SLICE, ARS_SLICE / 2);
	asked(0);
	assert_false(ars_busy(&plan));
}

TEST(scrub__of_a_part_only)
{
	assert_int_equal(ars_scrub(&plan, 0, 4 * G), -ENOTTY);
	assert_int_equal(ars_scrub(&plan, 6 * G, 2 * G), -ENOTTY);
	assert_false(ars_busy(&plan));
	assert_int_equal(ars_scrub(&plan, 5 * G, 64), 0);
	asked(0);
	starts(5 * G, 64, 0, 0);
}

TEST(busy_firmware__is_waited_for_without_end)
{
	u32 delay = 1;

	ars_scrub(&plan, 8 * G, G);
	asked(0);
	starts(8 * G, G, 0, 0);
	for (int i = 0; i < 100000; i++) {
		waits(delay);
		delay = delay * 2 < ARS_WAIT_MAX ? delay * 2 : ARS_WAIT_MAX;
		asked(-EBUSY);
	}
	waits(ARS_WAIT_MAX);
	asked(0);
	assert_int_equal(plan.count, 1);
}

TEST(overflow__goes_on_behind_the_results)
{
	struct ars_answer more = {
		.nr = 1, .stopped = true, .restart = 5 * G, .address = 4 * G, .length = G,
	};

	begins(4 * G, 2 * G, 0);
	assert_true(said(-ENOSPC, &more).take);
	assert_int_equal(plan.done, G);
	scrubs(5 * G, G);
	asked(0);
	assert_int_equal(plan.done, 2 * G);
	assert_int_equal(plan.count, 1);
}

TEST(overflow__of_a_recall_goes_on_behind_the_results)
{
	struct ars_answer more = {
		.nr = 1, .stopped = true, .restart = 5 * G, .address = 4 * G, .length = 2 * G,
	};

	ars_recall(&plan, ARS_SCRUB_REFUSED);
	asked(0);
	starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
	assert_true(said(-ENOSPC, &more).take);
	starts(5 * G, G, ND_ARS_RETURN_PREV_DATA, 0);
	more.address = 5 * G;
	assert_lost(said(-ENOSPC, &more), ND_REASON_SEQUENCE, 5 * G, G);
	starts(8 * G, G, ND_ARS_RETURN_PREV_DATA, 0);
}

TEST(overflow__of_a_recall_that_was_cancelled_ends_it)
{
	const struct ars_answer more = {
		.nr = 1, .stopped = true, .restart = 5 * G, .address = 4 * G, .length = 2 * G,
	};

	ars_recall(&plan, ARS_SCRUB_REFUSED);
	asked(0);
	starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
	ars_cancel(&plan);
	assert_true(said(-ENOSPC, &more).take);
	assert_false(ars_busy(&plan));
}

static const struct {
	const char *title;
	struct ars_answer answer;
} nothing[] = {
	{ "no range" },
	{ "from behind its start", { .address = 4 * G + 1, .length = 2 * G } },
	{ "up to its start", { .address = 2 * G, .length = 2 * G } },
	{ "another range", { .address = 8 * G, .length = G } },
	{ "what wraps", { .address = U64_MAX, .length = U64_MAX } },
	{ "stopped at 0", { .address = 4 * G, .length = 2 * G, .stopped = true, .restart = 0 } },
	{ "stopped at its start",
	  { .address = 4 * G, .length = 2 * G, .stopped = true, .restart = 4 * G } },
	{ "stopped behind its end",
	  { .address = 4 * G, .length = 2 * G, .stopped = true, .restart = 6 * G + 1 } },
	{ "stopped at the end of the world",
	  { .address = 4 * G, .length = 2 * G, .stopped = true, .restart = U64_MAX } },
};

/* Again, a few times; then it is given up, and told. */
TEST_EACH(slice__that_results_say_nothing_of_is_tried_again_and_given_up, nothing)
{
	ars_scrub(&plan, 4 * G, 2 * G);
	asked(-EAGAIN);
	for (u32 n = 1; n < ARS_TRIES; n++) {
		scrubs(4 * G, 2 * G);
		assert_lost(said(row->answer.stopped ? -ENOSPC : 0, &row->answer), ND_REASON_OK, 0,
			    0);
		assert_int_equal(plan.done, 0);
		assert_int_equal(ars_left(&plan), 2 * G);
	}
	scrubs(4 * G, 2 * G);
	assert_lost(said(0, &row->answer), ND_REASON_SEQUENCE, 4 * G, 2 * G);
	assert_false(ars_busy(&plan));
}

TEST(anothers_results__are_taken_and_the_slice_scrubbed_again)
{
	const struct ars_answer other = { .nr = 1, .address = 8 * G, .length = G };

	begins(4 * G, 2 * G, -EAGAIN);
	/* ours was over, and somebody faster */
	asked(-EBUSY);
	waits(2);
	assert_true(said(0, &other).take);
	assert_int_equal(plan.done, 0);
	scrubs(4 * G, 2 * G);
	assert_true(asked(0));
	assert_int_equal(plan.done, 2 * G);
	assert_int_equal(plan.count, 1);
	/* begun and over while the plan rested */
	ars_scrub(&plan, 4 * G, G);
	assert_true(said(0, &other).take);
}

TEST(anothers_scrub__of_more_than_the_slice_will_do)
{
	const struct ars_answer all = { .address = 0, .length = U64_MAX };
	const struct ars_answer half = { .address = 4 * G - 1, .length = G + 1 };

	begins(4 * G, 2 * G, -EAGAIN);
	assert_lost(said(0, &half), ND_REASON_OK, 4 * G, G);
	scrubs(5 * G, G);
	assert_lost(said(0, &all), ND_REASON_OK, 5 * G, G);
	assert_false(ars_busy(&plan));
}

/* A recall's results may be of any scrub, unless one came between. */
TEST(recall__that_was_overtaken_is_asked_for_again)
{
	const struct ars_answer other = { .address = 8 * G, .length = G };

	ars_recall(&plan, ARS_SCRUB_REFUSED);
	asked(-EAGAIN);
	starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
	asked(-EBUSY);
	waits(1);
	assert_true(said(0, &other).take);
	starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
	assert_true(said(0, &other).take);
	starts(8 * G, G, ND_ARS_RETURN_PREV_DATA, 0);
}

TEST(tries__of_an_earlier_job_do_not_count)
{
	const struct ars_answer other = { .address = 8 * G, .length = G };

	two[1].usable = false;
	ars_recall(&plan, ARS_SCRUB_NONE);
	asked(-EAGAIN);
	for (u32 n = 1; n < ARS_TRIES; n++) {
		starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
		asked(-EBUSY);
		waits(1);
		assert_lost(said(0, &other), ND_REASON_OK, 0, 0);
	}
	starts(4 * G, 2 * G, ND_ARS_RETURN_PREV_DATA, 0);
	asked(-EAGAIN);
	assert_false(ars_busy(&plan));
	begins(4 * G, G, -EAGAIN);
	assert_lost(said(0, &other), ND_REASON_OK, 0, 0);
	scrubs(4 * G, G);
}

TEST(stopped_scrub__is_taken_up_where_it_ended)
{
	struct ars_answer part = {
		.stopped = true, .restart = 5 * G, .address = 4 * G, .length = 2 * G,
	};

	begins(4 * G, 2 * G, 0);
	assert_lost(said(0, &part), ND_REASON_OK, 4 * G, G);
	assert_int_equal(plan.done, G);
	starts(5 * G, G, 0, 0);
}

TEST(records__are_bounded_by_what_came)
{
	u64 memory[16] = { };
	struct nd_cmd_ars_status *st = (void *)memory;
	struct ars_answer out;

	st->status = 3 << 16;
	st->num_records = 0xffffffff;
	st->restart_address = 7;
	st->address = 8;
	st->length = 9;
	ars_read_status(st, 48 + 24 * 2 + 23, &out);
	assert_int_equal(out.nr, 2);
	assert_true(out.stopped);
	assert_int_equal(out.restart, 7);
	assert_int_equal(out.address, 8);
	assert_int_equal(out.length, 9);
	st->num_records = 1;
	st->status = 0;
	ars_read_status(st, sizeof(memory), &out);
	assert_int_equal(out.nr, 1);
	assert_false(out.stopped);
	ars_read_status(st, 47, &out);
	assert_int_equal(out.nr, 0);
	assert_int_equal(out.length, 0);
}

static const struct {
	const char *title;
	u64 start, len;
	bool in;
	u64 want_start, want_len;
} clips[] = {
	{ "the first byte", 4 * G, 1, true, 4 * G, 1 },
	{ "the byte before", 4 * G - 1, 1, false },
	{ "both", 4 * G - 1, 2, true, 4 * G, 1 },
	{ "the last byte", 6 * G - 1, 1, true, 6 * G - 1, 1 },
	{ "the last byte and what wraps", 6 * G - 1, U64_MAX, true, 6 * G - 1, 1 },
	{ "the byte behind", 6 * G, 1, false },
	{ "everything", 0, U64_MAX, true, 4 * G, 2 * G },
	{ "all before", 0, 4 * G, false },
	{ "nothing", 5 * G, 0, false },
	{ "the end of the world", U64_MAX, U64_MAX, false },
};

TEST_EACH(records__count_only_within_their_range, clips)
{
	struct ars_range range = { .start = 4 * G, .length = 2 * G };
	u64 start = row->start, len = row->len;

	assert_int_equal(ars_clip(&range, &start, &len), row->in);
	if (!row->in)
		return;
	assert_int_equal(start, row->want_start);
	assert_int_equal(len, row->want_len);
}
