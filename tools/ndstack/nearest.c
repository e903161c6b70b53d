// SPDX-License-Identifier: GPL-2.0
/* Sizes near one that does not do, and that do. Pure: see nearest.h. */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "nearest.h"

/* Buckets looked at for a nearest size. Far more than a few units fit into. */
#define PFN_TRIES	4096

struct judge {
	struct pfn_request *req;
	const struct pfn_room *room;
	bool raw;
};

static u64 step_down(const struct judge *j, u64 size)
{
	return pfn_room_round(j->room, size);
}

static u64 step_up(const struct judge *j, u64 size)
{
	return step_down(j, size + j->room->step - 1);
}

static bool judge_works(const struct judge *j, u64 size)
{
	struct pfn_layout l;

	return pfn_judge(j->req, j->room, j->raw, size, &l) == ND_REASON_OK;
}

/*
 * Data ends at multiples of this. Of the sizes that end between two of them the
 * smaller one works if a larger one does: what is added is cut off again, and
 * the memmap grows.
 */
static u64 judge_bucket(const struct judge *j)
{
	return max(j->req->align, j->req->granule);
}

/* The least size that ends where @size does, as far as data is concerned. */
static u64 judge_least(const struct judge *j, u64 size)
{
	u64 end = ALIGN_DOWN(j->req->start + size, judge_bucket(j));

	return end > j->req->start ? step_up(j, end - j->req->start) : j->room->step;
}

static u64 nearest_above(const struct judge *j, u64 size)
{
	u64 next;
	u32 i;

	if (size > j->room->max)
		return 0;
	size = step_up(j, j->raw ? size : max(size, PFN_SIZE_MIN));
	for (i = 0; i < PFN_TRIES && size <= j->room->max; i++) {
		if (judge_works(j, size))
			return size;
		next = ALIGN_DOWN(j->req->start + size, judge_bucket(j)) + judge_bucket(j) -
		       j->req->start;
		size = max(step_up(j, next), size + j->room->step);
	}
	return 0;
}

/* Of the sizes from @low, which works, to @high, the largest that does. */
static u64 judge_largest(const struct judge *j, u64 low, u64 high)
{
	while (low < high) {
		u64 middle = low + step_down(j, (high - low + j->room->step) / 2);

		middle = clamp(middle, low + j->room->step, high);
		if (judge_works(j, middle))
			low = middle;
		else
			high = middle - j->room->step;
	}
	return low;
}

static u64 nearest_below(const struct judge *j, u64 size)
{
	u64 low;
	u32 i;

	size = step_down(j, min(size, j->room->max));
	for (i = 0; i < PFN_TRIES && size; i++) {
		if (judge_works(j, size))
			return size;
		low = judge_least(j, size);
		if (!j->raw)
			low = max(low, step_up(j, PFN_SIZE_MIN));
		if (low <= size && judge_works(j, low))
			return judge_largest(j, low, size);
		low = min(low, size);
		size = low > j->room->step ? low - j->room->step : 0;
	}
	return 0;
}

void nearest_find(struct pfn_request *req, const struct pfn_wish *wish,
		  const struct pfn_room *room, const struct pfn_verdict *v, struct nearest *out)
{
	const struct judge j = { .req = req, .room = room, .raw = wish->mode == PFN_WISH_RAW };

	memset(out, 0, sizeof(*out));
	if (v->reason == ND_REASON_OK || v->reason == ND_REASON_ARGUMENT)
		return;
	out->below = nearest_below(&j, v->size);
	out->above = nearest_above(&j, v->size);
	out->align = j.raw ? 0 : pfn_smaller_align(req, room, v->size);
	req->size = v->size;
}
