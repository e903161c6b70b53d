// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a bound dax device, from its reservation to the last pin.
 */
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "common/hwpoison.h"
#include "common/range.h"
#include "device/device.h"

/* I/O that is on its way when a device is unbound is over sooner than a person can tell. */
static unsigned int drain_grace_ms = 200;
module_param(drain_grace_ms, uint, 0644);
MODULE_PARM_DESC(drain_grace_ms,
		 "Milliseconds that unbinding waits for pinned pages before it goes on without them (200)");

static struct workqueue_struct *drain_queue;
static atomic_t nr_draining = ATOMIC_INIT(0);

#define DRAIN_INTERVAL	(HZ / 10)

/* ---- making ---- */

static void free_map(struct kref *kref)
{
	struct dax_map *map = container_of(kref, struct dax_map, kref);

	put_device(&map->dev_dax->dev);
	kvfree(map->touched);
	free_percpu(map->faults);
	kfree(map->name);
	kfree(map);
}

void dax_map_put(struct dax_map *map)
{
	kref_put(&map->kref, free_map);
}

static void fill_extents(struct dax_map *map)
{
	const struct dev_dax *dev_dax = map->dev_dax;
	unsigned int i;

	for (i = 0; i < map->nr_extents; i++) {
		const struct dev_dax_range *r = &dev_dax->ranges[i];

		map->extent[i] = (struct dax_extent) {
			.pgoff = r->pgoff,
			.pfn = PHYS_PFN(r->range.start),
			.nr = PHYS_PFN(range_len(&r->range)),
		};
	}
}

static u64 device_pages(const struct dax_map *map)
{
	const struct dax_extent *last = &map->extent[map->nr_extents - 1];

	return last->pgoff + last->nr;
}

static int alloc_touched(struct dax_map *map)
{
	map->chunk_shift = ilog2(PHYS_PFN(max_t(unsigned long, map->align, SZ_2M)));
	map->nr_chunks = ((device_pages(map) - 1) >> map->chunk_shift) + 1;
	map->touched = kvcalloc(BITS_TO_LONGS(map->nr_chunks), sizeof(long), GFP_KERNEL);
	return map->touched ? 0 : -ENOMEM;
}

static struct dax_map *alloc_map(struct dev_dax *dev_dax)
{
	/* read once: a store to the device's `mapping` may add ranges without its lock */
	unsigned int nr = READ_ONCE(dev_dax->nr_range);
	struct dax_map *map = kzalloc(struct_size(map, extent, nr), GFP_KERNEL);

	if (!map)
		return NULL;
	kref_init(&map->kref);
	init_rwsem(&map->flushing);
	map->nr_extents = nr;
	map->dev_dax = dev_dax;
	map->align = dev_dax->align;
	map->provider = dev_dax->region->dev->driver->owner;
	get_device(&dev_dax->dev);
	map->name = kstrdup(dev_name(&dev_dax->dev), GFP_KERNEL);
	/* a whole line: what could share it the kernel looks at, of all processors */
	map->faults = __alloc_percpu(SMP_CACHE_BYTES, SMP_CACHE_BYTES);
	fill_extents(map);
	if (!map->name || !map->faults || alloc_touched(map)) {
		dax_map_put(map);
		return NULL;
	}
	return map;
}

static void dax_map_unreserve(struct dax_map *map)
{
	const struct dax_extent *e;

	while (map->nr_reserved) {
		e = &map->extent[--map->nr_reserved];
		release_mem_region(PFN_PHYS(e->pfn), PFN_PHYS(e->nr));
	}
}

static int extent_in_use(struct dax_map *map, const struct dax_extent *e)
{
	u64 start = PFN_PHYS(e->pfn), size = PFN_PHYS(e->nr);
	char holder[ND_IOMEM_WHO];

	if (region_intersects(start, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return dax_refuse(map->dev_dax, -EBUSY, ND_REASON_CONFLICT,
				  "part of %#llx-%#llx is System RAM, which kmem has kept: bind kmem to have it back, or take it offline, docs/kmem.md",
				  start, start + size - 1);
	if (nd_iomem_blame(start, size, holder) == -ENOMEM)
		return dax_refuse(map->dev_dax, -ENOMEM, ND_REASON_RESOURCE,
				  "no memory to reserve %#llx-%#llx with", start, start + size - 1);
	return dax_refuse(map->dev_dax, -EBUSY, ND_REASON_CONFLICT,
			  "%#llx-%#llx is in use: %s, /proc/iomem has its name; %s there means that pages of an earlier binding are still pinned",
			  start, start + size - 1, holder, map->name);
}

static int dax_map_reserve(struct dax_map *map)
{
	const struct dax_extent *e;

	while (map->nr_reserved < map->nr_extents) {
		e = &map->extent[map->nr_reserved];
		if (!request_mem_region(PFN_PHYS(e->pfn), PFN_PHYS(e->nr), map->name))
			return extent_in_use(map, e);
		map->nr_reserved++;
	}
	return 0;
}

/* A static device comes with its pagemap, a dynamic one gets one of its ranges. */
static int dax_map_describe(struct dax_map *map)
{
	struct dev_dax *dev_dax = map->dev_dax;
	struct dev_pagemap *pgmap = dev_dax->pgmap;
	unsigned int i;

	map->hold = nd_hold_find(dev_dax->region->dev);
	if (dax_is_static(dev_dax)) {
		if (map->nr_extents != 1 || !pgmap)
			return dax_refuse(dev_dax, -EINVAL, ND_REASON_ARGUMENT,
					  "static, with %u ranges and %s pagemap",
					  map->nr_extents, pgmap ? "a" : "no");
		map->pgmap = pgmap;
		return 0;
	}
	pgmap = kzalloc(struct_size(pgmap, ranges, map->nr_extents), GFP_KERNEL);
	if (!pgmap)
		return -ENOMEM;
	pgmap->nr_range = map->nr_extents;
	for (i = 0; i < map->nr_extents; i++)
		pgmap->ranges[i] = (struct range) {
			.start = PFN_PHYS(map->extent[i].pfn),
			.end = PFN_PHYS(map->extent[i].pfn + map->extent[i].nr) - 1,
		};
	map->pgmap = pgmap;
	map->own_pgmap = true;
	dev_dax->pgmap = pgmap;
	return 0;
}

/* The core keeps the pagemap meanwhile; whose data that was it finds out itself. */
static int device_memory_failure(struct dev_pagemap *pgmap, unsigned long pfn, unsigned long nr,
				 int flags)
{
	struct dax_map *map = pgmap->owner;
	struct dax_hold *hold = map->hold;

	if (compat_failure_simulated(flags))
		return -EOPNOTSUPP;
	nd_hwpoison_report(pfn, nr);
	if (hold && hold->failed)
		hold->failed(hold, pfn, nr);
	nd_hwpoison_note(pfn, nr);
	return -EOPNOTSUPP;
}
COMPAT_PAGEMAP_FAILURE(device_memory_failure)

static const struct dev_pagemap_ops device_pages_ops = {
	COMPAT_PAGEMAP_MEMORY_FAILURE(device_memory_failure),
};

static void device_each_range(const struct dev_pagemap *pgmap,
			      void (*each)(const struct range *range))
{
	int i;

	for (i = 0; i < pgmap->nr_range; i++)
		each(&pgmap->ranges[i]);
}

static int dax_map_pages(struct dax_map *map)
{
	struct dev_pagemap *pgmap = map->pgmap;
	void *addr;

	pgmap->type = MEMORY_DEVICE_GENERIC;
	pgmap->ops = &device_pages_ops;
	pgmap->owner = map;
	/* one compound page for each page of the mappings: a TiB costs megabytes, not 16 GiB */
	map->step = compat_pagemap_compound(pgmap, map->align > PAGE_SIZE ?
						   ilog2(map->align >> PAGE_SHIFT) : 0);
	addr = memremap_pages(pgmap, dev_to_node(&map->dev_dax->dev));
	if (IS_ERR(addr))
		return dax_refuse(map->dev_dax, PTR_ERR(addr), ND_REASON_RESOURCE,
				  "%#llx-%#llx cannot be given struct pages: no memory, or a neighbour holds part of it; the kernel log may say more",
				  pgmap->range.start, pgmap->ranges[pgmap->nr_range - 1].end);
	device_each_range(pgmap, nd_hwpoison_forget);
	map->mapped = true;
	return 0;
}

/* Undo what dax_map_create() did; no page is pinned. */
static void dax_map_undo(struct dax_map *map)
{
	if (map->mapped) {
		device_each_range(map->pgmap, nd_hwpoison_restore);
		memunmap_pages(map->pgmap);
	}
	map->mapped = false;
	dax_map_unreserve(map);
	if (map->draining)
		dax_hold_drains(map->hold, false, "");
	dax_hold_put(map->hold);
	map->hold = NULL;
	/* the pagemap of a static device outlives the map and this module */
	if (map->pgmap) {
		map->pgmap->ops = NULL;
		map->pgmap->owner = NULL;
	}
	if (map->own_pgmap)
		kfree(map->pgmap);
	map->pgmap = NULL;
}

struct dax_map *dax_map_create(struct dev_dax *dev_dax)
{
	struct dax_map *map = alloc_map(dev_dax);
	int rc;

	if (!map)
		return ERR_PTR(-ENOMEM);
	/* first what keeps a draining map's pagemap from being touched */
	rc = dax_map_reserve(map);
	if (!rc)
		rc = dax_map_describe(map);
	if (!rc)
		rc = dax_map_pages(map);
	if (rc) {
		if (map->own_pgmap)
			dev_dax->pgmap = NULL;
		dax_map_undo(map);
		dax_map_put(map);
		return ERR_PTR(rc);
	}
	return map;
}

/* ---- pins ---- */

static unsigned long extent_pins(struct dax_map *map, const struct dax_extent *e,
				 pgoff_t from, pgoff_t to)
{
	unsigned long pins = 0, frame;
	long more;

	for (; from < to; from += map->step) {
		frame = dax_frame(e->pfn + (from - e->pgoff));
		more = compat_device_pins(page_folio(pfn_to_page(frame)));
		if (more > 0)
			pins += more;
	}
	return pins;
}

/* Small pages may have several extents begin and end in a chunk. */
static unsigned long chunk_pins(struct dax_map *map, unsigned long chunk)
{
	pgoff_t start = chunk << map->chunk_shift, end = (chunk + 1) << map->chunk_shift;
	const struct dax_extent *e;
	unsigned long pins = 0;

	for (e = map->extent; e < map->extent + map->nr_extents; e++)
		pins += extent_pins(map, e, max_t(pgoff_t, start, e->pgoff),
				    min_t(pgoff_t, end, e->pgoff + e->nr));
	cond_resched();
	return pins;
}

unsigned long dax_map_pins(struct dax_map *map,
			   void (*each)(void *data, u64 offset, u64 len, unsigned long pins),
			   void *data)
{
	u64 size = PFN_PHYS(device_pages(map)), step = PFN_PHYS(1ULL << map->chunk_shift);
	unsigned long total = 0, pins, chunk;

	for_each_set_bit(chunk, map->touched, map->nr_chunks) {
		pins = chunk_pins(map, chunk);
		if (pins && each)
			each(data, chunk * step, min(step, size - chunk * step), pins);
		total += pins;
	}
	return total;
}

/*
 * Is a page pinned still? The binding has ended: a page is only found by a
 * mapping, of which there are none, or by another pin. So what is clean stays
 * clean, and all calls together look at each page once.
 */
static bool still_pinned(struct dax_map *map)
{
	for_each_set_bit_from(map->clean, map->touched, map->nr_chunks)
		if (chunk_pins(map, map->clean))
			return true;
	return false;
}

/* ---- draining ---- */

static void end_drain(struct dax_map *map)
{
	struct module *owner = map->draining_owner;

	dax_map_undo(map);
	/* only now: who waits for these words may bind it */
	dev_info(&map->dev_dax->dev, "the last pinned page was let go: memory released\n");
	dax_map_put(map);
	module_put(owner);
	/* an unload now waits for the end of this work: dax_drain_exit() destroys the queue */
	atomic_dec(&nr_draining);
	module_put(THIS_MODULE);
}

static void dax_map_drain_work(struct work_struct *work)
{
	struct dax_map *map = container_of(work, struct dax_map, drain.work);

	if (still_pinned(map))
		queue_delayed_work(drain_queue, &map->drain, DRAIN_INTERVAL);
	else
		end_drain(map);
}

static void start_drain(struct dax_map *map)
{
	atomic_inc(&nr_draining);
	__module_get(THIS_MODULE);
	/* on its way out it waits for its holds itself, or has none and nothing of it is needed */
	if (try_module_get(map->provider))
		map->draining_owner = map->provider;
	map->draining = true;
	dax_hold_drains(map->hold, true, map->who);
	dax_remark(map->dev_dax, -EBUSY, ND_REASON_BUSY,
		   "unbound, and draining: %lu references pin its pages (direct I/O, RDMA, VFIO, io_uring)%s%s; the memory is released when they are gone",
		   dax_map_pins(map, NULL, NULL), map->who[0] ? "; it was mapped by " : "",
		   map->who);
	INIT_DELAYED_WORK(&map->drain, dax_map_drain_work);
	queue_delayed_work(drain_queue, &map->drain, DRAIN_INTERVAL);
}

void dax_map_end(struct dax_map *map)
{
	unsigned long end = jiffies + msecs_to_jiffies(drain_grace_ms);
	bool pinned;

	/* before v5.17 a device that is killed keeps its pagemap, and frees it when it goes */
	if (map->own_pgmap)
		map->dev_dax->pgmap = NULL;
	while ((pinned = still_pinned(map)) && time_before(jiffies, end))
		schedule_timeout_idle(HZ / 100 + 1);
	if (pinned) {
		start_drain(map);
		return;
	}
	dax_map_undo(map);
	dax_map_put(map);
}

int dax_drain_init(void)
{
	drain_queue = alloc_workqueue("dax_drain", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return drain_queue ? 0 : -ENOMEM;
}

void dax_drain_exit(void)
{
	if (atomic_read(&nr_draining))
		pr_info("device_dax: unloading waits for %d devices with pinned pages\n",
			atomic_read(&nr_draining));
	while (atomic_read(&nr_draining))
		schedule_timeout_idle(DRAIN_INTERVAL);
	destroy_workqueue(drain_queue);
}
