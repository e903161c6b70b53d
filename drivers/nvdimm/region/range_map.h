/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The range map: where the regions of all nd buses lie, and which namespaces have
 * struct pages at this moment. Together with the kernel's own map of RAM it says
 * what lies near a namespace; what follows from that is layout/neighbours.h's and
 * layout/layout.h's to decide. Requirements A2, X2.
 *
 *	range map.c			the range map, and asking it
 *	claim/pfn_request.c	a namespace as a question to the layout engine
 *
 * The range map has one lock, a spinlock of rank 10: owners are taken off it by
 * release functions.
 */
#ifndef _ND_RANGE_MAP_H
#define _ND_RANGE_MAP_H

#include <linux/list.h>
#include <linux/range.h>
#include "layout/neighbours.h"

struct device;
struct nd_region;
struct nd_ns;

/*
 * struct nd_range_owner - a range on the range map
 * @list: empty when it is not on it
 * @near: what others see: REGION or PAGES
 * @draining: struct pages whose driver is gone
 */
struct nd_range_owner {
	struct list_head list;
	struct pfn_neighbour near;
	bool draining;
};

/* What the kernel adds struct pages by; a section too when asked to behave like an old kernel. */
u64 nd_hotplug_unit(void);
u64 nd_section_size(void);

void nd_range_owner_init(struct nd_range_owner *owner);

/* Put a region on the range map; any context. */
void nd_range_owner_region(struct nd_range_owner *owner, u64 start, u64 size, const char *name);

/*
 * nd_range_owner_pages() - a range is about to get struct pages
 *
 * Context: any. Return: true; false: one that has some already shares a unit
 * with it, and is copied to @other.
 */
bool nd_range_owner_pages(struct nd_range_owner *owner, u64 start, u64 size, const char *name,
			  struct pfn_neighbour *other);

/*
 * nd_range_owner_left() - does [@start, @end] lie in a region that is gone, but not forgotten?
 *
 * Somebody has pages of it pinned: what is reserved there is the region's still.
 *
 * Context: any.
 */
bool nd_range_owner_left(u64 start, u64 end);

/* @to, which is not on it, takes the owner of @from, if that is. */
void nd_range_owner_move(struct nd_range_owner *to, struct nd_range_owner *from);

/* A driver is gone, and its struct pages are in use still; or they are not any more. */
void nd_range_owner_drain(struct nd_range_owner *owner, bool drains);

static inline bool nd_range_owner_drains(const struct nd_range_owner *owner)
{
	return READ_ONCE(owner->draining);
}

/* Does one that lies in [@start, @end], in part at least? Any context. */
bool nd_range_owner_draining(u64 start, u64 end);

/* Take it off; it need not be on. Return: it was draining, where @owner->near says. */
bool nd_range_owner_remove(struct nd_range_owner *owner);

static inline struct range nd_range_owner_range(const struct nd_range_owner *owner)
{
	return (struct range) {
		.start = owner->near.start,
		.end = owner->near.start + owner->near.size - 1,
	};
}

/*
 * struct nd_collection - neighbours of a range, being collected
 * @start, @end: the range
 * @from, @to: and the sections it touches
 * @region: its region's owner, which is no neighbour
 * @pages: nor are these, its own, nor what kmem has made RAM within it; or NULL: nobody has it
 * @entry, @max, @nr: all are counted, and as many are kept as there is room for
 */
struct nd_collection {
	u64 start, end;
	u64 from, to;
	const struct nd_range_owner *region, *pages;
	struct pfn_neighbour *entry;
	u32 max, nr;
};

/* RAM, regions and struct pages around it, whoever has them. Context: process. */
void nd_range_map_collect(struct nd_collection *c);
/* One more, when it is near. */
void nd_range_map_keep(struct nd_collection *c, const struct pfn_neighbour *near);
/* Two regions in one owner are their provider's affair; one of them cannot be reserved. */
bool nd_range_map_on_top(const struct nd_collection *c, const struct pfn_neighbour *near);

#endif /* _ND_RANGE_MAP_H */
