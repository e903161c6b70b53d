// SPDX-License-Identifier: GPL-2.0
/*
 * Scrubs of firmware that tells the truth, and whom everybody asks.
 *
 * Two ranges of cells, some bad. Others have scrubs done, too: between two steps of ours, whenever
 * firmware is idle. It has room for a few records, fails now and then, or tells that its last scrub
 * has failed, until there is a new one.
 */
/* objects: drivers/nvdimm/nfit/ars/plan.c */
#include "nd_test.h"
#include <linux/ndctl.h>
#include "nfit/ars/plan.h"
#include "poison/scrub.h"

#define CELL	(ARS_SLICE / 4)
#define CELLS	32u

struct world {
	bool bad[CELLS];
	bool listed[CELLS];
	u32 room;		/* records it returns */
	u32 errors;		/* in 1024 commands */
	u32 others;		/* scrubs of others, in 16 steps */
	u32 busy;		/* queries until it is idle */
	bool any, broken;	/* there was a scrub; its status is an error */
	u32 from, to;		/* of the last scrub, cells */
	bool found[CELLS];	/* what scrubs have found; a recall returns it */
};

static u32 dice(u32 sides)
{
	static u64 seed = 1;

	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % sides;
}

static void world_scrubs(struct world *w, u32 from, u32 to, bool recall)
{
	w->any = true;
	w->broken = dice(1024) < w->errors;
	w->busy = recall ? dice(2) : 1 + dice(3);
	w->from = from;
	w->to = to;
	for (u32 i = from; i < to && !recall; i++)
		w->found[i] = w->bad[i];
}

static void world_goes_on(struct world *w)
{
	u32 from = dice(CELLS);

	if (!w->busy && dice(16) < w->others)
		world_scrubs(w, from, from + 1 + dice(CELLS - from), dice(8) == 0);
}

static int world_begins(struct world *w, const struct ars_step *step)
{
	assert_int_equal((step->address | step->length) % CELL, 0);
	if (w->busy)
		return -EBUSY;
	if (dice(1024) < w->errors)
		return -EIO;
	world_scrubs(w, step->address / CELL, (step->address + step->length) / CELL,
		     step->flags & ND_ARS_RETURN_PREV_DATA);
	return 0;
}

static int world_tells(struct world *w, struct ars_answer *a)
{
	*a = (struct ars_answer) { };
	if (w->busy) {
		w->busy--;
		return -EBUSY;
	}
	if (!w->any)
		return -EAGAIN;
	if (w->broken || dice(1024) < w->errors)
		return -EIO;
	a->address = w->from * CELL;
	a->length = (w->to - w->from) * CELL;
	for (u32 i = w->from; i < w->to; i++) {
		if (!w->found[i])
			continue;
		if (a->nr == w->room) {
			a->stopped = true;
			a->restart = i * CELL;
			/* firmware is of two minds whether the length is what was, or is to be */
			if (w->from % 2)
				a->length = a->restart - a->address;
			return -ENOSPC;
		}
		a->nr++;
	}
	return 0;
}

/* What take_results() does: the records of the answer. */
static void world_is_listed(struct world *w, const struct ars_answer *a)
{
	u32 n = a->nr;

	for (u32 i = w->from; i < w->to && n; i++) {
		if (!w->found[i])
			continue;
		w->listed[i] = true;
		n--;
	}
}

/* What is said to have been scrubbed has its errors listed. */
static void told_of(struct world *w, const struct ars_outcome *out, struct scrub *asked_for)
{
	if (!out->len || !asked_for->end)
		return;
	if (out->reason) {
		if (scrub_meets(asked_for, out->start, out->len))
			asked_for->end = 0;
		return;
	}
	for (u64 at = out->start; at < out->start + out->len; at += CELL)
		assert_true(!w->bad[at / CELL] || w->listed[at / CELL]);
	if (scrub_advance(asked_for, out->start, out->len))
		asked_for->end = 0;
}

/* A job from its beginning to its end. Return: was all of it scrubbed? */
static bool world_job(struct world *w, struct ars_plan *plan, struct scrub *asked_for)
{
	bool whole = true;
	int steps = 0;

	while (ars_busy(plan)) {
		struct ars_step step = ars_next(plan);
		struct ars_outcome out = { };
		struct ars_answer answer;

		assert_true(steps++ < 100000);
		if (step.action == ARS_QUERY) {
			int rc = world_tells(w, &answer);

			out = ars_asked(plan, rc, &answer);
			if (out.take)
				world_is_listed(w, &answer);
		} else if (step.action == ARS_START) {
			out = ars_begun(plan, world_begins(w, &step));
		} else {
			ars_wake(plan);
		}
		if (out.len && out.reason)
			whole = false;
		told_of(w, &out, asked_for);
		world_goes_on(w);
	}
	return whole;
}

static u32 ended_whole;

static void world_round(struct world *w)
{
	struct ars_range range[] = {
		{ CELL, 9 * CELL, ND_ARS_PERSISTENT, .usable = true },
		{ 12 * CELL, 17 * CELL, ND_ARS_PERSISTENT, .usable = true },
	};
	struct ars_plan plan = { .range = range, .nr = 2, .fresh = true };

	for (u32 i = 0; i < CELLS; i++)
		w->bad[i] = dice(4) == 0;
	for (u32 job = 0; job < 3; job++) {
		u32 r = dice(2);
		u64 from = dice(range[r].length / CELL), n = range[r].length / CELL - from;
		struct scrub part = { .at = range[r].start + from * CELL };

		part.end = part.at + (1 + dice(n)) * CELL;
		world_goes_on(w);
		if (dice(2))
			ars_recall(&plan, dice(ARS_SCRUB_UNKNOWN + 1));
		if (dice(2))
			ars_scrub(&plan, 0, U64_MAX);
		ars_scrub(&plan, part.at, part.end - part.at);
		{
			struct scrub want = part, left = part;
			bool whole = world_job(w, &plan, &left);

			/* who asked has been told, one way or the other */
			assert_int_equal(left.end, 0);
			for (u64 at = want.at; at < want.end && whole; at += CELL)
				assert_true(!w->bad[at / CELL] || w->listed[at / CELL]);
			ended_whole += whole;
		}
	}
}

TEST(scrubbed__is_what_was_scrubbed_whoever_else_scrubs)
{
	u32 jobs = 0;

	for (u32 round = 0; round < 60000; round++) {
		struct world w = {
			.room = 1 + dice(6), .errors = dice(4) ? 0 : dice(400), .others = dice(5),
			.any = dice(2), .broken = dice(3) == 0, .to = dice(CELLS),
		};

		world_round(&w);
		jobs += 3;
	}
	/* giving up everything would be honest, too */
	assert_true(ended_whole > jobs / 2);
}
