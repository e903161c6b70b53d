// SPDX-License-Identifier: GPL-2.0
/*
 * The range map of regions and struct pages: see range map.h.
 */
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "common/range.h"
#include "region/range_map.h"
#include "region/region.h"

static bool section_granular;
module_param(section_granular, bool, 0444);
MODULE_PARM_DESC(section_granular,
		 "For tests: owner struct pages as kernels do that add them by whole sections");

static LIST_HEAD(nd_range_map);
static DEFINE_SPINLOCK(nd_range_map_lock);	/* rank 10 */

u64 nd_section_size(void)
{
#ifdef CONFIG_SPARSEMEM
	return max_t(u64, memremap_compat_align(), 1ull << SECTION_SIZE_BITS);
#else
	return memremap_compat_align();
#endif
}

u64 nd_hotplug_unit(void)
{
	if (section_granular || !compat_subsections())
		return nd_section_size();
	return memremap_compat_align();
}

/* ---- owners ---- */

void nd_range_owner_init(struct nd_range_owner *owner)
{
	INIT_LIST_HEAD(&owner->list);
}

static void owner_describe(struct nd_range_owner *owner, enum pfn_neighbour_kind kind, u64 start,
			   u64 size, const char *name)
{
	owner->near.kind = kind;
	owner->near.start = start;
	owner->near.size = size;
	strscpy(owner->near.name, name, PFN_NEIGHBOUR_NAME);
}

void nd_range_owner_region(struct nd_range_owner *owner, u64 start, u64 size, const char *name)
{
	unsigned long flags;

	owner_describe(owner, PFN_NEIGHBOUR_REGION, start, size, name);
	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_add_tail(&owner->list, &nd_range_map);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
}

/* The unit-wide range that a map takes. */
static bool shares_unit(const struct pfn_neighbour *near, u64 start, u64 size)
{
	u64 unit = nd_hotplug_unit();

	return ALIGN_DOWN(near->start, unit) < ALIGN(start + size, unit) &&
	       ALIGN_DOWN(start, unit) < ALIGN(near->start + near->size, unit);
}

static struct nd_range_owner *range_map_holder(u64 start, u64 size)
{
	struct nd_range_owner *p;

	list_for_each_entry(p, &nd_range_map, list)
		if (p->near.kind == PFN_NEIGHBOUR_PAGES && shares_unit(&p->near, start, size))
			return p;
	return NULL;
}

bool nd_range_owner_pages(struct nd_range_owner *owner, u64 start, u64 size, const char *name,
			  struct pfn_neighbour *other)
{
	struct nd_range_owner *taken;
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	taken = range_map_holder(start, size);
	if (taken) {
		*other = taken->near;
	} else {
		owner_describe(owner, PFN_NEIGHBOUR_PAGES, start, size, name);
		list_add_tail(&owner->list, &nd_range_map);
	}
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
	return !taken;
}

/* A region stays on the range map until its last reference is put, which a drain has. */
static bool is_gone(const struct nd_range_owner *owner)
{
	return owner->near.kind == PFN_NEIGHBOUR_REGION &&
	       !device_is_registered(&container_of(owner, struct nd_region, owner)->dev);
}

bool nd_range_owner_left(u64 start, u64 end)
{
	const struct nd_range_owner *p;
	bool left = false;
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_for_each_entry(p, &nd_range_map, list)
		left |= is_gone(p) && p->near.start <= start &&
			end - p->near.start < p->near.size;
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
	return left;
}
EXPORT_SYMBOL_GPL(nd_range_owner_left);

void nd_range_owner_move(struct nd_range_owner *to, struct nd_range_owner *from)
{
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	if (!list_empty(&from->list)) {
		to->near = from->near;
		list_replace_init(&from->list, &to->list);
	}
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
}

/* So many of them drain; where none does, which is nearly always, nobody has to look. */
static unsigned int nr_draining;

static void owner_drains(struct nd_range_owner *owner, bool drains)
{
	WRITE_ONCE(nr_draining, nr_draining + drains - owner->draining);
	WRITE_ONCE(owner->draining, drains);
}

void nd_range_owner_drain(struct nd_range_owner *owner, bool drains)
{
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	if (!list_empty(&owner->list))
		owner_drains(owner, drains);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
}

static bool owner_meets(const struct nd_range_owner *owner, u64 start, u64 end)
{
	return owner->near.start <= end && owner->near.start + owner->near.size > start;
}

bool nd_range_owner_draining(u64 start, u64 end)
{
	const struct nd_range_owner *p;
	bool drains = false;
	unsigned long flags;

	if (!READ_ONCE(nr_draining))
		return false;
	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_for_each_entry(p, &nd_range_map, list)
		drains |= p->draining && owner_meets(p, start, end);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
	return drains;
}

bool nd_range_owner_remove(struct nd_range_owner *owner)
{
	unsigned long flags;
	bool drained;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_del_init(&owner->list);
	drained = owner->draining;
	owner_drains(owner, false);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
	return drained;
}

/* ---- asking ---- */

void nd_range_map_keep(struct nd_collection *c, const struct pfn_neighbour *near)
{
	if (near->start >= c->to || near->start + near->size <= c->from)
		return;
	if (c->nr < c->max)
		c->entry[c->nr] = *near;
	c->nr++;
}

static int collect_ram(struct resource *res, void *data)
{
	bool added = res->flags & IORESOURCE_SYSRAM_DRIVER_MANAGED;
	struct nd_collection *c = data;
	struct pfn_neighbour near = {
		.kind = PFN_NEIGHBOUR_RAM, .start = res->start, .size = resource_size(res),
		.name = "System RAM",
	};

	if (!c->pages || !pfn_neighbour_is_own(&near, c->start, c->end, added))
		nd_range_map_keep(c, &near);
	return 0;
}

bool nd_range_map_on_top(const struct nd_collection *c, const struct pfn_neighbour *near)
{
	return near->start < c->end && near->start + near->size > c->start;
}

static void collect_places(struct nd_collection *c)
{
	const struct nd_range_owner *p;
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_for_each_entry(p, &nd_range_map, list)
		if (p != c->region && p != c->pages && !nd_range_map_on_top(c, &p->near))
			nd_range_map_keep(c, &p->near);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
}

static bool is_in_range_map(const struct range *range)
{
	const struct nd_range_owner *p;
	bool found = false;
	unsigned long flags;

	spin_lock_irqsave(&nd_range_map_lock, flags);
	list_for_each_entry(p, &nd_range_map, list)
		found |= p->near.kind == PFN_NEIGHBOUR_PAGES &&
			 owner_meets(p, range->start, range->end);
	spin_unlock_irqrestore(&nd_range_map_lock, flags);
	return found;
}

static bool has_device_pages(u64 at, struct range *range)
{
	return pfn_valid(PHYS_PFN(at)) && compat_pages_of(PHYS_PFN(at), range);
}

/*
 * Struct pages of device memory that others have: dax devices on memory set aside, CXL, graphics.
 * Whoever has any in a sub-section has its first or its last page.
 */
static u64 collect_other(struct nd_collection *c, u64 at)
{
	u64 behind = ALIGN_DOWN(at, SZ_2M) + SZ_2M;
	struct pfn_neighbour near = { .kind = PFN_NEIGHBOUR_PAGES };
	struct range range;

	if (!has_device_pages(at, &range) && !has_device_pages(behind - PAGE_SIZE, &range))
		return behind;
	near.start = range.start;
	near.size = range_len(&range);
	strscpy(near.name, nd_iomem_name(near.start, near.size) ?: "another driver's memory",
		PFN_NEIGHBOUR_NAME);
	if (!is_in_range_map(&range) && !nd_range_map_on_top(c, &near))
		nd_range_map_keep(c, &near);
	return max(behind, range.end + 1);
}

static void collect_others(struct nd_collection *c)
{
	u64 at;

	for (at = c->from; at < c->start;)
		at = collect_other(c, at);
	for (at = c->end; at < c->to;)
		at = collect_other(c, at);
}

void nd_range_map_collect(struct nd_collection *c)
{
	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1, c,
			    collect_ram);
	collect_places(c);
	collect_others(c);
}
