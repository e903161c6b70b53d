// SPDX-License-Identifier: GPL-2.0
/* Address range scrub: what to ask of firmware next. Pure; see ars_plan.h. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include "ars_plan.h"

static u64 end_of(const struct ars_range *r)
{
	return r->start + r->length;
}

static bool wants(const struct ars_range *r)
{
	return r->usable && (r->recall || r->from != r->to);
}

/* The range to serve now: recalls first, they cost nothing; NULL for none. */
static struct ars_range *chosen(const struct ars_plan *plan)
{
	for (u32 i = 0; i < plan->nr; i++)
		if (plan->range[i].usable && plan->range[i].recall)
			return &plan->range[i];
	for (u32 i = 0; i < plan->nr; i++)
		if (wants(&plan->range[i]))
			return &plan->range[i];
	return NULL;
}

/* Join [from, to) to what is wanted; false when it was wanted already. */
static bool want(struct ars_range *r, u64 from, u64 to)
{
	if (r->from == r->to) {
		r->from = from;
		r->to = to;
		return from != to;
	}
	if (r->from <= from && to <= r->to)
		return false;
	r->from = min(r->from, from);
	r->to = max(r->to, to);
	return true;
}

/* ---- what firmware says ---- */

void ars_read_status(const struct nd_cmd_ars_status *status, u32 len, struct ars_answer *out)
{
	enum { STOPPED = 3 };

	*out = (struct ars_answer) { };
	if (len < sizeof(*status))
		return;
	out->nr = min_t(u64, status->num_records,
			(len - sizeof(*status)) / sizeof(status->records[0]));
	out->stopped = status->status >> ARS_EXT_STATUS_SHIFT == STOPPED;
	out->restart = status->restart_address;
}

bool ars_clip(const struct ars_range *range, u64 *start, u64 *len)
{
	u64 last;	/* inclusive, so that nothing wraps */

	if (!*len || *start >= end_of(range))
		return false;
	last = min(*len - 1, U64_MAX - *start) + *start;
	if (last < range->start)
		return false;
	*start = max(*start, range->start);
	*len = min(last, end_of(range) - 1) - *start + 1;
	return true;
}

/* ---- what is wanted ---- */

bool ars_busy(const struct ars_plan *plan)
{
	return plan->phase != ARS_RESTING;
}

u64 ars_left(const struct ars_plan *plan)
{
	u64 left = plan->run && !plan->short_run ? plan->len : 0;

	for (u32 i = 0; i < plan->nr; i++)
		if (plan->range[i].usable)
			left += plan->range[i].to - plan->range[i].from;
	return left;
}

/* A plan that rests starts with a look at firmware: others may be using it. */
static int outcome(struct ars_plan *plan, bool usable, bool added)
{
	if (!usable)
		return -ENOTTY;
	if (!added)
		return -EBUSY;
	plan->cancelled = false;
	ars_look(plan);
	return 0;
}

void ars_look(struct ars_plan *plan)
{
	if (plan->phase != ARS_RESTING)
		return;
	plan->phase = ARS_ASKING;
	plan->worked = false;
	plan->done = 0;
	plan->delay = 0;
	plan->failures = 0;
}

int ars_recall(struct ars_plan *plan)
{
	bool usable = false, added = false;

	for (u32 i = 0; i < plan->nr; i++) {
		struct ars_range *r = &plan->range[i];

		if (!r->usable)
			continue;
		usable = true;
		added |= !r->recall;
		r->recall = true;
	}
	return outcome(plan, usable, added);
}

int ars_scrub(struct ars_plan *plan, u64 start, u64 len)
{
	bool usable = false, added = false;

	for (u32 i = 0; i < plan->nr; i++) {
		struct ars_range *r = &plan->range[i];
		u64 s = start, l = len;

		if (!r->usable || !ars_clip(r, &s, &l))
			continue;
		usable = true;
		added |= want(r, s, s + l);
	}
	return outcome(plan, usable, added);
}

void ars_cancel(struct ars_plan *plan)
{
	plan->cancelled = ars_busy(plan);
	for (u32 i = 0; i < plan->nr; i++) {
		struct ars_range *r = &plan->range[i];

		r->recall = false;
		r->from = 0;
		r->to = 0;
	}
}

/* ---- steps ---- */

/* The end of the slice that starts at @from; slices lie where their numbers are round. */
static u64 slice_end(u64 from, u64 to)
{
	u64 room = ARS_SLICE - from % ARS_SLICE;

	return to - from > room ? from + room : to;
}

/* What is wanted first becomes the run: from here on it counts as under way. */
static void take_up(struct ars_plan *plan, struct ars_range *r)
{
	plan->run = true;
	plan->cur = r - plan->range;
	plan->short_run = r->recall;
	if (r->recall) {
		r->recall = false;
		plan->at = r->start;
		plan->len = r->length;
		return;
	}
	plan->at = r->from;
	plan->len = slice_end(r->from, r->to) - r->from;
	r->from += plan->len;
	if (r->from == r->to) {
		r->from = 0;
		r->to = 0;
	}
}

/* The run has not been, or not all of it: it is wanted again. */
static void put_back(struct ars_plan *plan)
{
	struct ars_range *r = &plan->range[plan->cur];

	plan->run = false;
	if (plan->cancelled)
		return;
	if (plan->short_run)
		r->recall = true;
	else
		want(r, plan->at, plan->at + plan->len);
}

/* Firmware is idle: on to the next thing wanted, if any. */
static void go_on(struct ars_plan *plan)
{
	plan->delay = 0;
	plan->failures = 0;
	if (plan->run || chosen(plan)) {
		plan->phase = ARS_READY;
		return;
	}
	plan->phase = ARS_RESTING;
	if (plan->worked && !plan->cancelled)
		plan->count++;
}

struct ars_step ars_next(struct ars_plan *plan)
{
	struct ars_step step = { .action = ARS_REST };

	/* cancelled meanwhile */
	if (plan->phase == ARS_READY && !plan->run && !chosen(plan))
		go_on(plan);
	switch (plan->phase) {
	case ARS_RESTING:
		break;
	case ARS_ASKING:
		step.action = ARS_QUERY;
		break;
	case ARS_WAITING:
		step.action = ARS_WAIT;
		step.delay = plan->delay;
		break;
	case ARS_READY:
		if (!plan->run)
			take_up(plan, chosen(plan));
		step = (struct ars_step) {
			.action = ARS_START,
			.address = plan->at,
			.length = plan->len,
			.type = plan->range[plan->cur].type,
			.flags = plan->short_run ? ND_ARS_RETURN_PREV_DATA : 0,
		};
		break;
	}
	return step;
}

void ars_wake(struct ars_plan *plan)
{
	if (plan->phase == ARS_WAITING)
		plan->phase = ARS_ASKING;
}

static void wait(struct ars_plan *plan)
{
	plan->delay = plan->delay ? min(plan->delay * 2, ARS_WAIT_MAX) : ARS_WAIT_MIN;
	plan->phase = ARS_WAITING;
}

/* Our run ended, perhaps early: what it left out is wanted again. */
static void finish_run(struct ars_plan *plan, const struct ars_answer *answer)
{
	u64 end = plan->at + plan->len;

	plan->run = false;
	if (plan->short_run)
		return;
	if (answer->stopped && answer->restart > plan->at && answer->restart < end) {
		if (!plan->cancelled)
			want(&plan->range[plan->cur], answer->restart, end);
		end = answer->restart;
	}
	plan->done += end - plan->at;
}

/* There was no room for all results: start again where they end, if that is further on. */
static enum nd_why continue_run(struct ars_plan *plan, const struct ars_answer *answer)
{
	u64 end = plan->at + plan->len;

	/* somebody else's: ours, if one is wanted, will meet the same */
	if (!plan->run) {
		go_on(plan);
		return ND_WHY_OK;
	}
	if (answer->restart <= plan->at || answer->restart >= end) {
		plan->run = false;
		go_on(plan);
		return ND_WHY_SEQUENCE;
	}
	if (!plan->short_run)
		plan->done += answer->restart - plan->at;
	plan->at = answer->restart;
	plan->len = end - answer->restart;
	go_on(plan);
	return ND_WHY_OK;
}

static enum nd_why query_failed(struct ars_plan *plan)
{
	if (++plan->failures < ARS_TRIES) {
		wait(plan);
		return ND_WHY_OK;
	}
	plan->run = false;
	ars_cancel(plan);
	go_on(plan);
	return ND_WHY_FIRMWARE;
}

enum nd_why ars_asked(struct ars_plan *plan, int rc, const struct ars_answer *answer, bool *take)
{
	enum nd_why why = ND_WHY_OK;

	*take = (!rc || rc == -ENOSPC) && plan->fresh;
	switch (rc) {
	case -EBUSY:
		/* whoever's it is, its results will be new */
		plan->fresh = true;
		plan->failures = 0;
		wait(plan);
		return ND_WHY_OK;
	case -EAGAIN:
		/* nothing to recall is no fault, but a scrub of ours should have left a trace */
		if (plan->run && !plan->short_run)
			why = ND_WHY_SEQUENCE;
		plan->run = false;
		go_on(plan);
		return why;
	case -ENOSPC:
		plan->fresh = false;
		return continue_run(plan, answer);
	case 0:
		plan->fresh = false;
		if (plan->run)
			finish_run(plan, answer);
		go_on(plan);
		return ND_WHY_OK;
	default:
		return query_failed(plan);
	}
}

enum nd_why ars_begun(struct ars_plan *plan, int rc)
{
	struct ars_range *r = &plan->range[plan->cur];

	if (rc == -EBUSY) {
		plan->fresh = true;
		put_back(plan);
		wait(plan);
		return ND_WHY_OK;
	}
	if (rc && plan->short_run) {
		/* no memory of earlier scrubs: then only a new one can tell */
		plan->run = false;
		want(r, r->start, end_of(r));
		go_on(plan);
		return ND_WHY_OK;
	}
	if (rc) {
		plan->run = false;
		r->usable = false;
		go_on(plan);
		return ND_WHY_FIRMWARE;
	}
	plan->fresh = true;
	plan->worked = true;
	plan->delay = 0;
	if (plan->short_run)
		plan->phase = ARS_ASKING;
	else
		wait(plan);
	return ND_WHY_OK;
}
