// SPDX-License-Identifier: GPL-2.0
/*
 * The atlas of regions and struct pages: see atlas.h.
 */
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "region/atlas.h"
#include "namespace/namespace.h"
#include "region/region.h"

static bool section_granular;
module_param(section_granular, bool, 0444);
MODULE_PARM_DESC(section_granular,
		 "For tests: place struct pages as kernels do that add them by whole sections");

static LIST_HEAD(nd_atlas);
static DEFINE_SPINLOCK(nd_atlas_lock);	/* rank 10 */

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

/* ---- places ---- */

void nd_place_init(struct nd_place *place)
{
	INIT_LIST_HEAD(&place->list);
}

static void describe(struct nd_place *place, enum pfn_near_kind kind, u64 start, u64 size,
		     const char *name)
{
	place->near.kind = kind;
	place->near.start = start;
	place->near.size = size;
	strscpy(place->near.name, name, PFN_NEAR_NAME);
}

void nd_place_region(struct nd_place *place, u64 start, u64 size, const char *name)
{
	unsigned long flags;

	describe(place, PFN_NEAR_REGION, start, size, name);
	spin_lock_irqsave(&nd_atlas_lock, flags);
	list_add_tail(&place->list, &nd_atlas);
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
}

/* The unit-wide range that a map takes. */
static bool shares_unit(const struct pfn_near *near, u64 start, u64 size)
{
	u64 unit = nd_hotplug_unit();

	return ALIGN_DOWN(near->start, unit) < ALIGN(start + size, unit) &&
	       ALIGN_DOWN(start, unit) < ALIGN(near->start + near->size, unit);
}

static struct nd_place *holder(u64 start, u64 size)
{
	struct nd_place *p;

	list_for_each_entry(p, &nd_atlas, list)
		if (p->near.kind == PFN_NEAR_PAGES && shares_unit(&p->near, start, size))
			return p;
	return NULL;
}

bool nd_place_pages(struct nd_place *place, u64 start, u64 size, const char *name,
		    struct pfn_near *other)
{
	struct nd_place *taken;
	unsigned long flags;

	spin_lock_irqsave(&nd_atlas_lock, flags);
	taken = holder(start, size);
	if (taken) {
		*other = taken->near;
	} else {
		describe(place, PFN_NEAR_PAGES, start, size, name);
		list_add_tail(&place->list, &nd_atlas);
	}
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
	return !taken;
}

/* A region stays on the atlas until its last reference is put, which who drains has. */
static bool is_gone(const struct nd_place *place)
{
	return place->near.kind == PFN_NEAR_REGION &&
	       !device_is_registered(&container_of(place, struct nd_region, place)->dev);
}

bool nd_place_left(u64 start, u64 end)
{
	const struct nd_place *p;
	bool left = false;
	unsigned long flags;

	spin_lock_irqsave(&nd_atlas_lock, flags);
	list_for_each_entry(p, &nd_atlas, list)
		left |= is_gone(p) && p->near.start <= start &&
			end - p->near.start < p->near.size;
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
	return left;
}
EXPORT_SYMBOL_GPL(nd_place_left);

void nd_place_move(struct nd_place *to, struct nd_place *from)
{
	unsigned long flags;

	spin_lock_irqsave(&nd_atlas_lock, flags);
	if (!list_empty(&from->list)) {
		to->near = from->near;
		list_replace_init(&from->list, &to->list);
	}
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
}

void nd_place_remove(struct nd_place *place)
{
	unsigned long flags;

	spin_lock_irqsave(&nd_atlas_lock, flags);
	list_del_init(&place->list);
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
}

/* ---- asking ---- */

/* Counts all, keeps as many as there is room for. */
struct collection {
	u64 start;		/* the namespace */
	u64 end;
	u64 from;		/* and the sections it touches */
	u64 to;
	bool self;		/* who asks has it */
	struct pfn_near *entry;
	u32 max;
	u32 nr;
};

static void collect(struct collection *c, const struct pfn_near *near)
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
	struct collection *c = data;
	struct pfn_near near = {
		.kind = PFN_NEAR_RAM, .start = res->start, .size = resource_size(res),
		.name = "System RAM",
	};

	if (!c->self || !pfn_near_is_own(&near, c->start, c->end, added))
		collect(c, &near);
	return 0;
}

/* Two regions in one place are their provider's affair; one of them cannot be reserved. */
static bool on_top(const struct collection *c, const struct pfn_near *near)
{
	return near->start < c->end && near->start + near->size > c->start;
}

static void collect_places(struct collection *c, const struct nd_region *region,
			   const struct nd_ns *self)
{
	const struct nd_place *p;
	unsigned long flags;

	spin_lock_irqsave(&nd_atlas_lock, flags);
	list_for_each_entry(p, &nd_atlas, list)
		if (p != &region->place && !(self && p == &self->pages) && !on_top(c, &p->near))
			collect(c, &p->near);
	spin_unlock_irqrestore(&nd_atlas_lock, flags);
}

static void collect_namespaces(struct collection *c, struct nd_region *region,
			       const struct nd_ns *self)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list) {
		const struct resource *res = &ns->pmem.nsio.res;
		struct pfn_near near = {
			.kind = PFN_NEAR_NAMESPACE, .start = res->start,
			.size = resource_size(res),
		};

		if (ns == self || !ns->labelled || !ns->cfg.size || on_top(c, &near))
			continue;
		strscpy(near.name, dev_name(nd_ns_dev(ns)), PFN_NEAR_NAME);
		collect(c, &near);
	}
}

int nd_near_collect(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
		    struct pfn_nears *nears)
{
	u64 section = nd_section_size();
	struct collection c = {
		.start = start, .end = start + size,
		.from = ALIGN_DOWN(start, section), .to = ALIGN(start + size, section),
		.self = self,
	};

	lockdep_assert_held(&region->config);
	do {
		/* somebody may have come in between */
		c.max = c.nr + 4;
		c.nr = 0;
		kfree(c.entry);
		c.entry = kcalloc(c.max, sizeof(*c.entry), GFP_KERNEL);
		if (!c.entry)
			return -ENOMEM;
		walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0, -1,
				    &c, collect_ram);
		collect_places(&c, region, self);
		collect_namespaces(&c, region, self);
	} while (c.nr > c.max);
	nears->entry = c.entry;
	nears->nr = c.nr;
	return 0;
}
