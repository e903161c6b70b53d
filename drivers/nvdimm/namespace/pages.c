// SPDX-License-Identifier: GPL-2.0
/*
 * The struct pages of a namespace, made and taken back; whether anything outlives a
 * driver: see pages.h.
 */
#include <linux/dax.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "common/hwpoison.h"
#include "common/range.h"
#include "core/bus.h"
#include "layout/layout.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"

/* I/O that is on its way when a namespace is disabled is over sooner than a person can tell. */
static unsigned int drain_grace_ms = 200;
module_param(drain_grace_ms, uint, 0644);
MODULE_PARM_DESC(drain_grace_ms,
		 "Milliseconds that disabling waits for struct pages in use before it goes on without them (200)");

static struct workqueue_struct *pages_queue;
/* Not frozen with the tasks: whoever holds a device lock waits for it. */
static struct workqueue_struct *unmap_queue;
static LIST_HEAD(pages_draining);
static DEFINE_MUTEX(pages_draining_lock);

#define PAGES_INTERVAL	(HZ / 10)

unsigned long nd_pages_frame(const struct nd_pages *pages, pgoff_t pgoff)
{
	return PHYS_PFN(pages->data.start) + pgoff;
}

/* ---- poison ---- */

static int notify_owner(struct nd_pages *pages, u64 start, u64 end, int mf_flags)
{
	/* what lies before the data, the memmap, is nobody's file */
	start = max(start, pages->data.start);
	end = min(end, pages->data.end + 1);
	if (start >= end)
		return -EOPNOTSUPP;
	guard(mutex)(&pages->lock);
	if (!pages->failed)
		return -EOPNOTSUPP;
	start -= pages->data.start;
	end -= pages->data.start;
	return pages->failed(pages->owner, start, end - start, mf_flags);
}

/* An owner who has bios notes the pages itself, when none is under way that has looked before. */
static int pages_memory_failure(struct dev_pagemap *pgmap, unsigned long pfn,
				unsigned long nr_pages, int mf_flags)
{
	struct nd_pages *pages = container_of(pgmap, struct nd_pages, pgmap);
	u64 start = PFN_PHYS((u64)pfn);
	int rc = notify_owner(pages, start, start + PFN_PHYS((u64)nr_pages), mf_flags);

	if (!compat_failure_simulated(mf_flags))
		nd_hwpoison_note(pfn, nr_pages);
	return rc;
}
COMPAT_PAGEMAP_FAILURE(pages_memory_failure)

static const struct dev_pagemap_ops pages_ops = {
	COMPAT_PAGEMAP_MEMORY_FAILURE(pages_memory_failure),
};

/* ---- making ---- */

static void pages_free(struct nd_pages *pages)
{
	if (pages->reserved.end)
		release_mem_region(pages->reserved.start, range_len(&pages->reserved));
	if (nd_range_owner_remove(&pages->on_map))
		nd_leftover_notify(pages->reserved);
	if (pages->held)
		nd_type_of(pages->dev)->unhold(pages->dev);
	put_device(pages->dev);
	put_dax(pages->dax);
	kvfree(pages->touched.bit);
	kfree(pages->name);
	kfree(pages);
}

/* Nobody uses them. */
static void pages_release(struct nd_pages *pages)
{
	nd_pages_forget_files(pages);
	nd_hwpoison_restore(&pages->pgmap.range);
	memunmap_pages(&pages->pgmap);
	pages_free(pages);
}

static void pages_unmap(struct work_struct *work)
{
	memunmap_pages(&container_of(work, struct nd_pages, unmap)->pgmap);
}

static struct nd_pages *pages_alloc(struct device *dev, struct nd_namespace_common *ndns,
				    const struct pfn_layout *layout)
{
	struct nd_pages *pages = kzalloc(sizeof(*pages), GFP_KERNEL);
	struct pages_touch *t;

	if (!pages)
		return NULL;
	mutex_init(&pages->lock);
	INIT_WORK(&pages->unmap, pages_unmap);
	nd_range_owner_init(&pages->on_map);
	xa_init(&pages->files);
	xa_init(&pages->whose);
	INIT_LIST_HEAD(&pages->draining);
	pages->dev = get_device(dev);
	pages->ns = to_nd_ns(&ndns->dev);
	pages->data.start = layout->data_start;
	pages->data.end = layout->data_start + layout->usable - 1;
	t = &pages->touched;
	t->pages = layout->usable >> PAGE_SHIFT;
	t->nr = pages_touch_chunks(t->pages);
	t->bit = kvcalloc(BITS_TO_LONGS(t->nr), sizeof(long), GFP_KERNEL);
	pages->name = kstrdup(dev_name(&ndns->dev), GFP_KERNEL);
	if (!t->bit || !pages->name) {
		pages_free(pages);
		return NULL;
	}
	if (nd_type_of(dev)->hold) {
		nd_type_of(dev)->hold(dev);
		pages->held = true;
	}
	return pages;
}

static int pages_reserve(struct nd_pages *pages, struct nd_namespace_common *ndns)
{
	resource_size_t start = to_nd_namespace_io(&ndns->dev)->res.start;
	resource_size_t size = nvdimm_namespace_capacity(ndns);
	int rc = nd_ns_request(pages->dev, ndns, size, pages->name);

	if (!rc)
		pages->reserved = (struct range) { .start = start, .end = start + size - 1 };
	return rc;
}

static int pages_map(struct nd_pages *pages, const struct dev_pagemap *pgmap)
{
	const struct range *map = &pgmap->range;
	void *addr;

	if (pages->data.start < map->start || pages->data.end > map->end)
		return nd_refuse(pages->dev, -ENXIO, ND_REASON_BOUNDS,
				 "data at %#llx-%#llx does not lie in the pages at %#llx-%#llx",
				 pages->data.start, pages->data.end, map->start, map->end);
	/* some of its members are const */
	memcpy(&pages->pgmap, pgmap, sizeof(*pgmap));
	pages->pgmap.type = MEMORY_DEVICE_FS_DAX;
	pages->pgmap.ops = &pages_ops;
	pages->pgmap.owner = pages;
	addr = memremap_pages(&pages->pgmap, dev_to_node(pages->dev));
	if (IS_ERR(addr))
		return nd_refuse(pages->dev, PTR_ERR(addr), ND_REASON_RESOURCE,
				 "%#llx-%#llx cannot be given struct pages: no memory, or a neighbour holds part of it; the kernel log may say more, raw mode needs none",
				 map->start, map->end);
	nd_hwpoison_forget(map);
	/* one base for addresses and one for frames, or dax and disk would disagree (A17) */
	pages->addr = addr + (pages->data.start - map->start);
	return 0;
}

struct nd_pages *nd_pages_create(struct device *dev, struct nd_namespace_common *ndns,
				 const struct dev_pagemap *pgmap, const struct pfn_layout *layout,
				 int (*failed)(void *owner, u64 off, u64 len, int flags),
				 void *owner)
{
	struct nd_pages *pages = pages_alloc(dev, ndns, layout);
	int rc;

	if (!pages)
		return ERR_PTR(nd_explain(dev, -ENOMEM, ND_REASON_RESOURCE, "no memory"));
	pages->failed = failed;
	pages->owner = owner;
	/* first what keeps a draining namespace from being touched */
	rc = pages_reserve(pages, ndns);
	if (!rc)
		rc = pages_map(pages, pgmap);
	if (rc) {
		pages_free(pages);
		return ERR_PTR(rc);
	}
	return pages;
}
EXPORT_SYMBOL_GPL(nd_pages_create);

/* ---- ending ---- */

/*
 * Unmapping begins with a grace period for the reference count of the pages, and
 * deleting a disk has some of its own. They pass side by side: unmapping is
 * started with a reference held, and cannot go past its wait for the last one
 * until the disk is gone and that is put.
 */
void nd_pages_kill(struct nd_pages *pages, struct dax_device *dax)
{
	pages->dax = dax;
	nd_pages_zap(pages);
	/* names are of what is there now, while the disk is */
	if (nd_pages_used(pages, pages->who)) {
		nd_pages_hold_files(pages);
		return;
	}
	nd_hwpoison_restore(&pages->pgmap.range);
	pages->pin = get_dev_pagemap(PHYS_PFN(pages->data.start));
	if (pages->pin)
		queue_work(unmap_queue, &pages->unmap);
}
EXPORT_SYMBOL_GPL(nd_pages_kill);

/* After a moment of grace: are there users still? */
static bool pages_stay(struct nd_pages *pages, char who[ND_PAGES_WHO])
{
	unsigned long end = jiffies + msecs_to_jiffies(drain_grace_ms);

	while (nd_pages_used(pages, NULL) && time_before(jiffies, end))
		schedule_timeout_idle(HZ / 100 + 1);
	nd_pages_zap(pages);
	return nd_pages_used(pages, who);
}

static void pages_drain(struct work_struct *work)
{
	struct nd_pages *pages = container_of(work, struct nd_pages, drain.work);
	char who[ND_PAGES_WHO];

	/*
	 * At once, for the files that are held, and not sooner: it may wait for a fault, and
	 * that for a disk. And again: such a fault may have ended since.
	 */
	if (is_power_of_2(++pages->looks))
		nd_pages_take(pages);
	if (nd_pages_used(pages, who)) {
		scoped_guard(mutex, &pages_draining_lock)
			strscpy(pages->who, who, sizeof(pages->who));
		queue_delayed_work(pages_queue, &pages->drain, PAGES_INTERVAL);
		return;
	}
	dev_info(pages->dev, "nobody uses pages of %s any more: memory released\n", pages->name);
	scoped_guard(mutex, &pages_draining_lock)
		list_del(&pages->draining);
	pages_release(pages);
	/* an unload now waits for the end of this work: nd_pages_exit() */
	module_put(THIS_MODULE);
}

static void pages_start_drain(struct nd_pages *pages, const char *who)
{
	/* nd_pmem, which goes, has us loaded */
	__module_get(THIS_MODULE);
	if (pages->held) {
		nd_type_of(pages->dev)->drain(pages->dev, true);
	} else {
		nd_range_owner_move(&pages->on_map, &pages->ns->pages);
		nd_range_owner_drain(&pages->on_map, true);
		nd_leftover_notify(pages->reserved);
	}
	pages->ns = NULL;
	strscpy(pages->who, who, sizeof(pages->who));
	scoped_guard(mutex, &pages_draining_lock)
		list_add(&pages->draining, &pages_draining);
	nd_remark(pages->dev, -EBUSY, ND_REASON_BUSY,
		  "unbound, and draining: %s; the memory is released when that has ended", who);
	INIT_DELAYED_WORK(&pages->drain, pages_drain);
	queue_delayed_work(pages_queue, &pages->drain, 0);
}

void nd_pages_end(struct nd_pages *pages)
{
	char who[ND_PAGES_WHO];

	scoped_guard(mutex, &pages->lock)
		pages->failed = NULL;
	if (pages->pin) {
		put_dev_pagemap(pages->pin);
		flush_work(&pages->unmap);
		pages_free(pages);
	} else if (pages_stay(pages, who)) {
		pages_start_drain(pages, who);
	} else {
		pages_release(pages);
	}
}
EXPORT_SYMBOL_GPL(nd_pages_end);

bool nd_pages_in_use(u64 start, u64 end, char who[ND_PAGES_WHO + 64])
{
	struct nd_pages *pages;

	guard(mutex)(&pages_draining_lock);
	list_for_each_entry(pages, &pages_draining, draining) {
		if (pages->reserved.end < start || pages->reserved.start > end)
			continue;
		scnprintf(who, ND_PAGES_WHO + 64, "%s was disabled while in use: %s", pages->name,
			  pages->who);
		return true;
	}
	return false;
}

/* ---- what outlives a driver ---- */

static int occupant_found(struct resource *res, void *data)
{
	struct resource *user = data;

	*user = *res;
	return 1;
}

static bool find_occupant(unsigned long flags, u64 start, u64 size, struct resource *user)
{
	return size && walk_iomem_res_desc(IORES_DESC_NONE, flags | IORESOURCE_BUSY, start,
					   start + size - 1, user, occupant_found) == 1;
}

bool nd_pages_are_ram(u64 start, u64 end)
{
	struct resource user;

	return find_occupant(IORESOURCE_SYSTEM_RAM, start, end - start + 1, &user);
}

static int range_check_memory(struct device *dev, u64 start, u64 size, const char *name)
{
	u64 block = memory_block_size_bytes();
	char who[ND_PAGES_WHO + 64];
	struct resource user;

	if (size && nd_pages_in_use(start, start + size - 1, who))
		return nd_refuse(dev, -EBUSY, ND_REASON_BUSY, "draining: %s; that has to end first",
				 who);
	if (find_occupant(IORESOURCE_SYSTEM_RAM, start, size, &user))
		return nd_refuse(dev, -EBUSY, ND_REASON_BUSY,
				 "%pa-%pa of %s is System RAM, added by kmem: take memory%llu to memory%llu offline first, docs/kmem.md",
				 &user.start, &user.end, name, user.start / block,
				 user.end / block);
	return 0;
}

static int range_in_use(struct device *dev, const struct resource *user, const char *name)
{
	return nd_refuse(dev, -EBUSY, ND_REASON_BUSY,
			 "%pa-%pa of %s is in use still, /proc/iomem tells by whom: pages there are pinned, by direct I/O, RDMA, VFIO or io_uring, and what pins them has to end first",
			 &user->start, &user->end, name);
}

int nd_range_check_idle(struct device *dev, u64 start, u64 size, const char *name)
{
	struct resource user;
	int rc = range_check_memory(dev, start, size, name);

	if (!rc && find_occupant(IORESOURCE_MEM, start, size, &user))
		rc = range_in_use(dev, &user, name);
	return rc;
}

int nd_ns_check_idle(struct device *dev, struct nd_namespace_common *ndns, u64 from)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	const char *name = dev_name(&ndns->dev);
	u64 start = res->start + from, size;
	struct resource user;
	bool bound;
	int rc;

	if (from >= resource_size(res))
		return 0;
	size = resource_size(res) - from;
	rc = range_check_memory(dev, start, size, name);
	if (rc)
		return rc;
	/*
	 * What the namespace's own disk has reserved nobody has beside it. A device has its driver
	 * from before the reservation to behind its end, so who is asked on either side of the walk
	 * is not missed when it comes or goes meanwhile.
	 */
	bound = READ_ONCE(ndns->dev.driver);
	if (!find_occupant(IORESOURCE_MEM, start, size, &user) || bound ||
	    READ_ONCE(ndns->dev.driver))
		return 0;
	return range_in_use(dev, &user, name);
}

/* ---- the module's ---- */

int nd_pages_init(void)
{
	pages_queue = alloc_workqueue("nd_pages", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!pages_queue)
		return -ENOMEM;
	unmap_queue = alloc_workqueue("nd_unmap", WQ_UNBOUND, 0);
	if (unmap_queue)
		return 0;
	destroy_workqueue(pages_queue);
	return -ENOMEM;
}

void nd_pages_exit(void)
{
	destroy_workqueue(unmap_queue);
	destroy_workqueue(pages_queue);
}
