/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Padding that an info-block was given by a kernel which needed it: what of it can be had back
 * where the namespace lies today, while no byte of data moves. Pure. Requirements X4, A17.
 *
 *	| start_pad | reserve, memmap, gap | data … | end_trunc |
 *	            |<------ dataoff ----->|
 *
 * start_pad + dataoff is where the data are, for ever. Behind them they can grow: end_trunc becomes
 * as small as alignment and neighbours let it. Padding before them cannot become data; it is made
 * smaller, with a larger dataoff, only where the struct pages of what is won need the room, or
 * those of today, which are in DRAM for want of it.
 */
#ifndef _NDSTACK_RECLAIM_H
#define _NDSTACK_RECLAIM_H

#include <linux/types.h>
#include "layout/layout.h"

enum reclaim_verdict {
	RECLAIM_NONE,		/* there is no padding but what alignment takes */
	RECLAIM_GAIN,		/* @info gives something */
	RECLAIM_HEAD,		/* all of it lies before the data, which would have to move */
	RECLAIM_CONFLICT,	/* @near has part of the unit that it lies in */
	RECLAIM_ROOM,		/* its struct pages would not fit before the data */
	RECLAIM_ALIGN,		/* less than the pages of the data are large */
	RECLAIM_UNSERVED,	/* today there is something else in the way: @reason */
};

/**
 * struct reclaim - the answer
 * @verdict: whether something can be had
 * @reason: of UNSERVED
 * @near: of CONFLICT: a neighbour of the request's
 * @info: of GAIN: the fields as they would be
 * @before: the layout as it is today, unless UNSERVED
 * @after: of GAIN
 */
struct reclaim {
	enum reclaim_verdict verdict;
	enum nd_reason reason;
	const struct pfn_neighbour *near;
	struct pfn_info info;
	struct pfn_layout before;
	struct pfn_layout after;
};

/*
 * reclaim_judge() - @info, which pfn_info_decode() found OK, in the place that @req tells of
 * @req: start, size, platform and all neighbours within a section; mode and align do not matter
 *
 * What it promises the drivers' layout engine has confirmed: data at the same address, struct
 * pages, not in DRAM if they were on media, pages no smaller, and more bytes or less DRAM. A
 * neighbour counts that may have struct pages some day, as for a new namespace.
 */
void reclaim_judge(const struct pfn_request *req, const struct pfn_info *info,
		   struct reclaim *out);

#endif /* _NDSTACK_RECLAIM_H */
