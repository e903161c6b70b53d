// SPDX-License-Identifier: GPL-2.0
/* What can be had back of padding. Pure: see reclaim.h. */
#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "reclaim.h"

/* The neighbour that a map would share a unit with, and does not yet. */
static const struct pfn_neighbour *reclaim_near(const struct pfn_request *req,
						const struct pfn_layout *was, u64 start, u64 end)
{
	u64 limit = req->start + req->size;
	const struct pfn_neighbour *near = NULL;

	if (end > was->map_start + was->map_size && end > ALIGN_DOWN(limit, req->unit))
		near = pfn_neighbour_find(&req->neighbours, limit, ALIGN(end, req->unit), false);
	if (!near && start < was->map_start && start < ALIGN(req->start, req->unit))
		near = pfn_neighbour_find(&req->neighbours, ALIGN_DOWN(start, req->unit),
					  req->start, false);
	return near;
}

/*
 * Do the struct pages of [@start, @end) fit before the data? As this kernel allocates them, and a
 * struct page for each page, as others reckon it.
 */
static bool reclaim_fits(const struct pfn_request *req, u64 start, u64 end, u64 data)
{
	u64 memmap = (end - start) / req->page_size * req->page_struct_size;

	return pfn_layout_memmap_end(req, start, end - start) <= data &&
	       start + ND_INFO_RESERVE + memmap <= data;
}

static void reclaim_describe(const struct pfn_request *req, const struct pfn_info *info, u64 start,
			     u64 end, struct pfn_info *out)
{
	u64 data = req->start + info->start_pad + info->dataoff;

	*out = *info;
	out->start_pad = start - req->start;
	out->end_trunc = req->start + req->size - end;
	out->dataoff = data - start;
	out->npfns = (end - data) / (info->page_size ?: req->page_size);
}

/* Is it at least as good as today? */
static bool reclaim_holds(const struct pfn_request *req, struct reclaim *r)
{
	const struct pfn_layout *was = &r->before, *is = &r->after;

	if (pfn_layout_read(req, &r->info, &r->after) != ND_REASON_OK || !is->pages ||
	    is->truncated)
		return false;
	if (is->data_start != was->data_start || is->usable < was->usable || is->align < was->align)
		return false;
	if (is->mode == ND_PFN_MODE_RAM && was->mode == ND_PFN_MODE_PMEM)
		return false;
	return is->usable > was->usable || is->mode != was->mode;
}

/**
 * struct reclaim_try - what has been in the way
 * @near: of those further behind
 * @room: struct pages did not fit
 */
struct reclaim_try {
	const struct pfn_neighbour *near;
	bool room;
};

/* The least that has to be taken from the head so that the map can end at @end. */
static bool reclaim_start(const struct pfn_request *req, const struct pfn_info *info, u64 end,
			  struct reclaim *r, struct reclaim_try *tried)
{
	u64 data = r->before.data_start, start = r->before.map_start;
	u64 least = ALIGN(req->start, req->granule);
	const struct pfn_neighbour *near;

	for (;; start -= req->granule) {
		near = reclaim_near(req, &r->before, start, end);
		if (near) {
			tried->near = tried->near ?: near;
			return false;
		}
		reclaim_describe(req, info, start, end, &r->info);
		if ((info->mode == ND_PFN_MODE_RAM || reclaim_fits(req, start, end, data)) &&
		    reclaim_holds(req, r))
			return true;
		tried->room |= info->mode != ND_PFN_MODE_RAM;
		if (info->mode == ND_PFN_MODE_RAM || start < least + req->granule)
			return false;
	}
}

static enum reclaim_verdict reclaim_refusal(const struct pfn_request *req,
					    const struct pfn_info *info,
					    const struct reclaim_try *tried, u64 behind)
{
	if (tried->near)
		return RECLAIM_CONFLICT;
	if (tried->room)
		return RECLAIM_ROOM;
	if (behind >= req->granule)
		return RECLAIM_ALIGN;
	return info->start_pad >= req->granule ? RECLAIM_HEAD : RECLAIM_NONE;
}

void reclaim_judge(const struct pfn_request *req, const struct pfn_info *info, struct reclaim *out)
{
	struct reclaim_try tried = { };
	u64 end, step, behind;

	memset(out, 0, sizeof(*out));
	out->verdict = RECLAIM_UNSERVED;
	out->reason = pfn_layout_read(req, info, &out->before);
	if (out->reason != ND_REASON_OK)
		return;
	out->reason = out->before.truncated ? ND_REASON_BOUNDS : out->before.remark;
	if (!out->before.pages || out->before.truncated)
		return;
	out->reason = ND_REASON_OK;

	end = out->before.map_start + out->before.map_size;
	behind = req->start + req->size - end;
	step = max(req->granule, out->before.align);
	for (u64 more = behind / step * step;; more -= step) {
		/* nothing to be won but struct pages on media again */
		if (!more && out->before.mode == info->mode)
			break;
		out->verdict = RECLAIM_GAIN;
		if (reclaim_start(req, info, end + more, out, &tried))
			return;
		if (!more)
			break;
	}
	out->verdict = reclaim_refusal(req, info, &tried, behind);
	out->near = out->verdict == RECLAIM_CONFLICT ? tried.near : NULL;
}
