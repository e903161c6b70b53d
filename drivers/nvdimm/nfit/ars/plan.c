// SPDX-License-Identifier: GPL-2.0
/* Address range scrub: what to ask of firmware next. Pure; see plan.h. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include "nfit/ars/plan.h"

static u64 range_end(const struct ars_range *r)
{
	return r->start + r->length;
}

static bool range_wants(const struct ars_range *r)
{
	return r->usable && (r->recall || r->from != r->to);
}

/* The range to serve now: recalls first, they cost nothing; NULL for none. */
static struct ars_range *plan_chosen(const struct ars_plan *plan)
{
	for (u32 i = 0; i < plan->nr; i++)
		if (plan->range[i].usable && plan->range[i].recall)
			return &plan->range[i];
	for (u32 i = 0; i < plan->nr; i++)
		if (range_wants(&plan->range[i]))
			return &plan->range[i];
	return NULL;
}

/* Join [from, to) to what is wanted; false when it was wanted already. */
static bool range_want(struct ars_range *r, u64 from, u64 to)
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
	out->address = status->address;
	out->length = status->length;
}

bool ars_clip(const struct ars_range *range, u64 *start, u64 *len)
{
	u64 last;	/* inclusive, so that nothing wraps */

	if (!*len || *start >= range_end(range))
		return false;
	last = min(*len - 1, U64_MAX - *start) + *start;
	if (last < range->start)
		return false;
	*start = max(*start, range->start);
	*len = min(last, range_end(range) - 1) - *start + 1;
	return true;
}

/* ---- what is wanted ---- */

struct ars_range *ars_add(struct ars_plan *plan, struct ars_range *more,
			  const struct ars_range *range)
{
	struct ars_range *old = plan->range;

	if (plan->nr)
		memcpy(more, old, plan->nr * sizeof(*more));
	more[plan->nr++] = *range;
	plan->range = more;
	return old;
}

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
static int plan_outcome(struct ars_plan *plan, bool usable, bool added)
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
	plan->barren = 0;
}

int ars_recall(struct ars_plan *plan, enum ars_fallback fallback)
{
	bool usable = false, added = false;

	for (u32 i = 0; i < plan->nr; i++) {
		struct ars_range *r = &plan->range[i];

		if (!r->usable)
			continue;
		usable = true;
		added |= !r->recall;
		r->recall = true;
		r->fallback = max(r->fallback, fallback);
	}
	return plan_outcome(plan, usable, added);
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
		added |= range_want(r, s, s + l);
	}
	return plan_outcome(plan, usable, added);
}

void ars_cancel(struct ars_plan *plan)
{
	plan->cancelled = ars_busy(plan);
	for (u32 i = 0; i < plan->nr; i++) {
		struct ars_range *r = &plan->range[i];

		r->recall = false;
		r->fallback = ARS_SCRUB_NONE;
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
static void plan_take_up(struct ars_plan *plan, struct ars_range *r)
{
	plan->run = true;
	plan->cur = r - plan->range;
	plan->short_run = r->recall;
	if (r->recall) {
		plan->fallback = r->fallback;
		plan->overtaken = false;
		r->recall = false;
		r->fallback = ARS_SCRUB_NONE;
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
static void plan_put_back(struct ars_plan *plan)
{
	struct ars_range *r = &plan->range[plan->cur];

	plan->run = false;
	if (plan->cancelled)
		return;
	if (!plan->short_run) {
		range_want(r, plan->at, plan->at + plan->len);
		return;
	}
	r->recall = true;
	r->fallback = max(r->fallback, plan->fallback);
}

/* Firmware is idle: on to the next thing wanted, if any. */
static void plan_go_on(struct ars_plan *plan)
{
	plan->delay = 0;
	plan->failures = 0;
	if (plan->run || plan_chosen(plan)) {
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
	if (plan->phase == ARS_READY && !plan->run && !plan_chosen(plan))
		plan_go_on(plan);
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
			plan_take_up(plan, plan_chosen(plan));
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

static void plan_wait(struct ars_plan *plan)
{
	plan->delay = plan->delay ? min(plan->delay * 2, ARS_WAIT_MAX) : ARS_WAIT_MIN;
	plan->phase = ARS_WAITING;
}

/* ---- results ---- */

/* To which ranges are they news? All, unless they are of the scrub that was looked at last. */
static u32 plan_news_from(struct ars_plan *plan, const struct ars_answer *answer)
{
	bool news = plan->fresh || answer->address != plan->seen ||
		    answer->length != plan->seen_len;
	u32 from = news ? 0 : plan->looked;

	plan->fresh = false;
	plan->seen = answer->address;
	plan->seen_len = answer->length;
	plan->looked = plan->nr;
	return from;
}

/*
 * How far the run has been scrubbed: to its start where the results are of
 * other bytes, or contradict themselves.
 */
static u64 plan_reached(const struct ars_plan *plan, const struct ars_answer *answer)
{
	u64 upto = answer->address + min(answer->length, U64_MAX - answer->address);

	if (answer->stopped && answer->restart > upto)
		return plan->at;
	if (answer->stopped)
		upto = answer->restart;
	if (answer->address > plan->at || upto <= plan->at)
		return plan->at;
	return min(upto, plan->at + plan->len);
}

static struct ars_outcome plan_give_up(struct ars_plan *plan, enum nd_reason reason)
{
	plan->run = false;
	plan->barren = 0;
	return (struct ars_outcome) { .reason = reason, .start = plan->at, .len = plan->len };
}

/* Nothing came of the run: again, but not for ever. */
static struct ars_outcome plan_try_again(struct ars_plan *plan)
{
	if (++plan->barren == ARS_TRIES)
		return plan_give_up(plan, ND_REASON_SEQUENCE);
	plan_put_back(plan);
	return (struct ars_outcome) { };
}

/* The run ended, perhaps early: what it left out is wanted again. */
static struct ars_outcome plan_settle_scrub(struct ars_plan *plan, const struct ars_answer *answer)
{
	u64 upto = plan_reached(plan, answer);
	struct ars_outcome out = { .start = plan->at, .len = upto - plan->at };

	if (!out.len)
		return plan_try_again(plan);
	plan->barren = 0;
	plan->done += out.len;
	plan->at = upto;
	plan->len -= out.len;
	if (plan->len)
		plan_put_back(plan);
	plan->run = false;
	return out;
}

/*
 * Of which scrub firmware remembers anything is its own business: only where
 * another one came between are results that say nothing of the range not ours.
 * Where there was no room for all of them, it goes on behind them.
 */
static struct ars_outcome plan_settle_recall(struct ars_plan *plan, const struct ars_answer *answer,
					     bool more)
{
	u64 upto = plan_reached(plan, answer), end = plan->at + plan->len;

	if (plan->overtaken && upto == plan->at)
		return plan_try_again(plan);
	plan->barren = 0;
	if (more && upto == plan->at)
		return plan_give_up(plan, ND_REASON_SEQUENCE);
	plan->at = upto;
	plan->len = end - upto;
	plan->run = more && plan->len && !plan->cancelled;
	return (struct ars_outcome) { };
}

/* What it has found is not known then; what it will find may be. */
static struct ars_outcome plan_query_failed(struct ars_plan *plan)
{
	struct ars_outcome out = { };

	if (++plan->failures < ARS_TRIES) {
		plan_wait(plan);
		return out;
	}
	if (plan->run)
		out = plan_give_up(plan, ND_REASON_FIRMWARE);
	out.reason = ND_REASON_FIRMWARE;
	plan_go_on(plan);
	return out;
}

/* What a recall did not bring only a scrub can. */
static void plan_scrub_instead(struct ars_plan *plan)
{
	struct ars_range *r = &plan->range[plan->cur];

	if (!plan->cancelled)
		range_want(r, r->start, range_end(r));
}

struct ars_outcome ars_asked(struct ars_plan *plan, int rc, const struct ars_answer *answer)
{
	struct ars_outcome out = { };
	u32 from;

	switch (rc) {
	case -EBUSY:
		/* whoever's it is, its results will be new */
		plan->fresh = true;
		plan->overtaken = true;
		plan->failures = 0;
		plan_wait(plan);
		return out;
	case -ENOMEM:
		/* firmware has not answered, and may know more the next time */
		plan_wait(plan);
		return out;
	case -EAGAIN:
		/* nothing to recall is no fault, but a scrub of ours should have left a trace */
		if (plan->run && !plan->short_run)
			out = plan_give_up(plan, ND_REASON_SEQUENCE);
		else if (plan->run && plan->fallback == ARS_SCRUB_UNKNOWN)
			plan_scrub_instead(plan);
		plan->run = false;
		break;
	case -ENOSPC:
	case 0:
		from = plan_news_from(plan, answer);
		/* somebody else's: ours, if one is wanted, will meet the same */
		if (plan->run)
			out = plan->short_run ? plan_settle_recall(plan, answer, rc) :
						plan_settle_scrub(plan, answer);
		out.take = from < plan->nr;
		out.from = from;
		break;
	default:
		return plan_query_failed(plan);
	}
	plan_go_on(plan);
	return out;
}

/* Firmware does not recall. */
static struct ars_outcome plan_not_recalled(struct ars_plan *plan)
{
	plan->run = false;
	if (plan->fallback == ARS_SCRUB_NONE)
		return (struct ars_outcome) { .reason = ND_REASON_FIRMWARE };
	plan_scrub_instead(plan);
	return (struct ars_outcome) { };
}

/* Nor will its other parts be. */
static struct ars_outcome plan_not_started(struct ars_plan *plan)
{
	struct ars_range *r = &plan->range[plan->cur];

	plan->run = false;
	r->from = 0;
	r->to = 0;
	return (struct ars_outcome) {
		.reason = ND_REASON_FIRMWARE, .start = r->start, .len = r->length,
	};
}

struct ars_outcome ars_begun(struct ars_plan *plan, int rc)
{
	struct ars_outcome out = { };

	/* without memory for its answer, firmware may have started all the same */
	if (rc == -EBUSY || rc == -ENOMEM) {
		plan->fresh = true;
		plan_put_back(plan);
		plan_wait(plan);
		return out;
	}
	if (rc) {
		out = plan->short_run ? plan_not_recalled(plan) : plan_not_started(plan);
		plan_go_on(plan);
		return out;
	}
	plan->fresh = true;
	plan->worked = true;
	plan->delay = 0;
	if (plan->short_run)
		plan->phase = ARS_ASKING;
	else
		plan_wait(plan);
	return out;
}
