/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The atlas: where the regions of all nd buses lie, and which namespaces have
 * struct pages at this moment. Together with the kernel's own map of RAM it says
 * what lies near a namespace; what follows from that is layout/neighbours.h's and
 * layout/layout.h's to decide. Requirements A2, X2.
 *
 *	atlas.c			the atlas, and asking it
 *	claim/pfn_request.c	a namespace as a question to the layout engine
 *
 * The atlas has one lock, a spinlock of rank 10: places are taken off it by
 * release functions.
 */
#ifndef _ND_NEAR_H
#define _ND_NEAR_H

#include <linux/list.h>
#include <linux/range.h>
#include "layout/neighbours.h"

struct device;
struct nd_region;
struct nd_ns;

/*
 * struct nd_place - a range on the atlas
 * @list: empty when it is not on it
 * @near: what others see: REGION or PAGES
 * @draining: struct pages whose driver is gone
 */
struct nd_place {
	struct list_head list;
	struct pfn_near near;
	bool draining;
};

/* What the kernel adds struct pages by; a section too when asked to behave like an old kernel. */
u64 nd_hotplug_unit(void);
u64 nd_section_size(void);

void nd_place_init(struct nd_place *place);

/* Put a region on the atlas; any context. */
void nd_place_region(struct nd_place *place, u64 start, u64 size, const char *name);

/*
 * nd_place_pages() - a range is about to get struct pages
 *
 * Context: any. Return: true; false: one that has some already shares a unit
 * with it, and is copied to @other.
 */
bool nd_place_pages(struct nd_place *place, u64 start, u64 size, const char *name,
		    struct pfn_near *other);

/*
 * nd_place_left() - does [@start, @end] lie in a region that is gone, but not forgotten?
 *
 * Somebody has pages of it pinned: what is reserved there is the region's still.
 *
 * Context: any.
 */
bool nd_place_left(u64 start, u64 end);

/* @to, which is not on it, takes the place of @from, if that is. */
void nd_place_move(struct nd_place *to, struct nd_place *from);

/* A driver is gone, and its struct pages are in use still; or they are not any more. */
void nd_place_drain(struct nd_place *place, bool drains);

static inline bool nd_place_drains(const struct nd_place *place)
{
	return READ_ONCE(place->draining);
}

/* Does one that lies in [@start, @end], in part at least? Any context. */
bool nd_place_draining(u64 start, u64 end);

/* Take it off; it need not be on. Return: it was draining, where @place->near says. */
bool nd_place_remove(struct nd_place *place);

static inline struct range nd_place_range(const struct nd_place *place)
{
	return (struct range) {
		.start = place->near.start,
		.end = place->near.start + place->near.size - 1,
	};
}

/*
 * struct nd_collection - neighbours of a range, being collected
 * @start, @end: the range
 * @from, @to: and the sections it touches
 * @region: its region's place, which is no neighbour
 * @pages: nor are these, its own, nor what kmem has made RAM within it; or NULL: nobody has it
 * @entry, @max, @nr: all are counted, and as many are kept as there is room for
 */
struct nd_collection {
	u64 start, end;
	u64 from, to;
	const struct nd_place *region, *pages;
	struct pfn_near *entry;
	u32 max, nr;
};

/* RAM, regions and struct pages around it, whoever has them. Context: process. */
void nd_atlas_collect(struct nd_collection *c);
/* One more, when it is near. */
void nd_atlas_keep(struct nd_collection *c, const struct pfn_near *near);
/* Two regions in one place are their provider's affair; one of them cannot be reserved. */
bool nd_atlas_on_top(const struct nd_collection *c, const struct pfn_near *near);

#endif /* _ND_NEAR_H */
