/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Struct pages of device memory.
 *
 * Before v5.3 a pagemap has no operations, belongs to a device, and counts in a
 * percpu_ref of its owner's: one reference of its own, one for each struct
 * page, and one for whoever looks a page up, for as long as that takes. With
 * its device it goes: kill() ends the looking up, then the pages' references
 * are put, and then the memmap is gone, whoever still has a page. Only v5.2
 * waits for these, by asking its owner to.
 *
 * Here such a kernel gets the newer interface. A pagemap has a device of its
 * own, which is nowhere in sysfs; what waits, waits in kill() where that is the
 * kernel's last question.
 *
 * From v5.4 to v5.9 a pagemap has operations, and its references may be the kernel's;
 * but it has a single resource in place of ranges, and nobody is told of its owner.
 */
#ifndef COMPAT_PAGEMAP_H
#define COMPAT_PAGEMAP_H

#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/range.h>

#if !defined(HAVE_PAGEMAP_RANGES) && defined(CONFIG_ZONE_DEVICE)

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/percpu-refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#ifdef HAVE_PAGEMAP_OPS

/* Device memory whose pages nobody is told of */
#define MEMORY_DEVICE_GENERIC	MEMORY_DEVICE_DEVDAX

#else

#define PGMAP_ALTMAP_VALID	BIT(0)

/* Device memory whose pages nobody is told of: of no type. */
#define MEMORY_DEVICE_GENERIC	0

/* Such a kernel asks nothing of these. */
struct dev_pagemap_ops {
	vm_fault_t (*migrate_to_ram)(struct vm_fault *vmf);
};

#endif

/**
 * struct compat_pagemap - what code of ours calls a dev_pagemap
 * @altmap: as on newer kernels, and so are the others to @ranges, of which there is one
 * @kernel: the kernel's
 * @ref: the kernel's counts in it, and so on, where it has no count of its own
 * @idle: the last reference was put, of those that are not the pages'
 * @device: whose it is, by devres
 * @pages: that have a reference of @ref, once mapped
 */
struct compat_pagemap {
	struct vmem_altmap altmap;
	unsigned int type;
	unsigned int flags;
	const struct dev_pagemap_ops *ops;
	void *owner;
	int nr_range;
	union {
		struct range range;
		struct range ranges[1];
	};

	struct dev_pagemap kernel;
#ifndef HAVE_PAGEMAP_OPS
	struct percpu_ref ref;
	struct completion idle;
	struct device *device;
	unsigned long pages;
#endif
};

static inline void compat_pagemap_fill(struct compat_pagemap *pgmap)
{
	struct dev_pagemap *kernel = &pgmap->kernel;

	memset(kernel, 0, sizeof(*kernel));
	memcpy(&kernel->altmap, &pgmap->altmap, sizeof(kernel->altmap));
	kernel->res.start = pgmap->range.start;
	kernel->res.end = pgmap->range.end;
	kernel->res.flags = IORESOURCE_MEM;
	kernel->res.name = "pagemap";
	kernel->type = pgmap->type;
}

#ifdef HAVE_PAGEMAP_OPS

/* The last reference but the page's own is gone: filesystems wait for that before they truncate. */
static inline void compat_pagemap_page_free(struct page *page)
{
	wake_up_var(&page->_refcount);
}

static inline void *compat_memremap_pages(struct compat_pagemap *pgmap, int nid)
{
	static const struct dev_pagemap_ops ops = { .page_free = compat_pagemap_page_free };

	compat_pagemap_fill(pgmap);
	pgmap->kernel.flags = pgmap->flags;
	pgmap->kernel.ops = &ops;
	return memremap_pages(&pgmap->kernel, nid);
}

static inline void compat_memunmap_pages(struct compat_pagemap *pgmap)
{
	memunmap_pages(&pgmap->kernel);
}

#else

/* The first page with a reference, which lies behind the memmap, as the kernel counts. */
static inline unsigned long compat_pagemap_first(const struct compat_pagemap *pgmap)
{
	const struct vmem_altmap *altmap = &pgmap->kernel.altmap;
	unsigned long pfn = PHYS_PFN(pgmap->kernel.res.start);

	return pgmap->kernel.altmap_valid ? pfn + altmap->reserve + altmap->free : pfn;
}

static inline void compat_pagemap_idle(struct percpu_ref *ref)
{
	complete_all(&container_of(ref, struct compat_pagemap, ref)->idle);
}

#ifdef HAVE_PAGEMAP_CLEANUP

static inline void compat_pagemap_kill(struct percpu_ref *ref)
{
	percpu_ref_kill(ref);
}

static inline void compat_pagemap_cleanup(struct percpu_ref *ref)
{
	wait_for_completion(&container_of(ref, struct compat_pagemap, ref)->idle);
}

#else

/*
 * Wait until nobody has a page: first for those who are looking one up, with the references of the
 * pages out of the way, which the kernel is about to put; none can begin to. Then each page is
 * looked at.
 */
static inline void compat_pagemap_kill(struct percpu_ref *ref)
{
	struct compat_pagemap *pgmap = container_of(ref, struct compat_pagemap, ref);
	unsigned long pfn = compat_pagemap_first(pgmap), end = pfn + pgmap->pages;

	percpu_ref_kill(ref);
	/* not mapped after all: there is nothing that one could look up */
	if (!pgmap->pages)
		return;
	percpu_ref_put_many(ref, pgmap->pages);
	wait_for_completion(&pgmap->idle);
	percpu_ref_get_many(ref, pgmap->pages);
	for (; pfn < end; pfn++) {
		while (page_ref_count(pfn_to_page(pfn)) > 1)
			schedule_timeout_uninterruptible(HZ / 100 + 1);
		if (!(pfn % 1024))
			cond_resched();
	}
}

#endif

/* The last reference but the page's own is gone: filesystems wait for that before they truncate. */
static inline void compat_pagemap_page_free(struct page *page, void *data)
{
	wake_up_var(&page->_refcount);
}

static inline bool compat_pagemap_told(const struct compat_pagemap *pgmap)
{
	return IS_ENABLED(CONFIG_DEV_PAGEMAP_OPS) && pgmap->type == MEMORY_DEVICE_FS_DAX;
}

static inline void compat_pagemap_device_release(struct device *dev)
{
	kfree(dev);
}

static inline struct device *compat_pagemap_device(int nid)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	device_initialize(dev);
	dev->release = compat_pagemap_device_release;
	set_dev_node(dev, nid);
	if (!dev_set_name(dev, "pagemap"))
		return dev;
	put_device(dev);
	return NULL;
}

/* What the kernel counts with, in its own pagemap */
static inline void compat_pagemap_count(struct compat_pagemap *pgmap)
{
	struct dev_pagemap *kernel = &pgmap->kernel;

	kernel->altmap_valid = pgmap->flags & PGMAP_ALTMAP_VALID;
	/*
	 * Such a kernel counts a memmap's memory from the section that the range begins in, and
	 * the first page behind it from the range: so that has to begin there, too.
	 */
	if (kernel->altmap_valid)
		kernel->res.start = PFN_PHYS(pgmap->altmap.base_pfn);
	kernel->ref = &pgmap->ref;
	kernel->kill = compat_pagemap_kill;
#ifdef HAVE_PAGEMAP_CLEANUP
	kernel->cleanup = compat_pagemap_cleanup;
#endif
	kernel->page_free = compat_pagemap_page_free;
}

static inline void compat_memunmap_pages(struct compat_pagemap *pgmap)
{
	/* the kernel puts all that it has, see above; where it could not map, it has not always */
	put_device(pgmap->device);
	if (!percpu_ref_is_dying(&pgmap->ref))
		percpu_ref_kill(&pgmap->ref);
	wait_for_completion(&pgmap->idle);
	percpu_ref_exit(&pgmap->ref);
	if (compat_pagemap_told(pgmap))
		dev_pagemap_put_ops();
}

/*
 * Struct pages in front of the memmap's memory are nobody's. Such a kernel leaves in them what was
 * there, or a poison on which whatever looks at each page stumbles: kmemleak does.
 */
static inline void compat_pagemap_clear_reserve(const struct compat_pagemap *pgmap)
{
	const struct vmem_altmap *altmap = &pgmap->kernel.altmap;
	unsigned long i;

	for (i = 0; pgmap->kernel.altmap_valid && i < altmap->reserve; i++)
		memset(pfn_to_page(altmap->base_pfn + i), 0, sizeof(struct page));
}

static inline void *compat_memremap_pages(struct compat_pagemap *pgmap, int nid)
{
	void *addr;
	int rc;

	pgmap->pages = 0;
	init_completion(&pgmap->idle);
	pgmap->device = compat_pagemap_device(nid);
	if (!pgmap->device)
		return ERR_PTR(-ENOMEM);
	rc = percpu_ref_init(&pgmap->ref, compat_pagemap_idle, 0, GFP_KERNEL);
	if (rc) {
		put_device(pgmap->device);
		return ERR_PTR(rc);
	}
	if (compat_pagemap_told(pgmap))
		dev_pagemap_get_ops();
	compat_pagemap_fill(pgmap);
	compat_pagemap_count(pgmap);
	addr = devm_memremap_pages(pgmap->device, &pgmap->kernel);
	if (IS_ERR(addr)) {
		compat_memunmap_pages(pgmap);
		return addr;
	}
	compat_pagemap_clear_reserve(pgmap);
	pgmap->pages = PHYS_PFN(pgmap->range.end + 1) - compat_pagemap_first(pgmap);
	return addr + (pgmap->range.start - pgmap->kernel.res.start);
}

#endif

/* Of a page of ours. */
static inline struct compat_pagemap *compat_get_pagemap(unsigned long pfn)
{
	struct dev_pagemap *kernel = get_dev_pagemap(pfn, NULL);

	return kernel ? container_of(kernel, struct compat_pagemap, kernel) : NULL;
}

/* Whose range holds the page: ours or another's. */
static inline bool compat_pages_of(unsigned long pfn, struct range *range)
{
	struct dev_pagemap *pgmap = get_dev_pagemap(pfn, NULL);

	if (!pgmap)
		return false;
	*range = (struct range) { .start = pgmap->res.start, .end = pgmap->res.end };
	put_dev_pagemap(pgmap);
	return true;
}

static inline void compat_put_pagemap(struct compat_pagemap *pgmap)
{
	if (pgmap)
		put_dev_pagemap(&pgmap->kernel);
}

#define memremap_pages compat_memremap_pages
#define memunmap_pages compat_memunmap_pages
#define get_dev_pagemap compat_get_pagemap
#define put_dev_pagemap compat_put_pagemap
#define dev_pagemap compat_pagemap

#else

#ifndef HAVE_GET_DEV_PAGEMAP_ONE
#define get_dev_pagemap(pfn) get_dev_pagemap(pfn, NULL)
#endif

/* Whose range holds the page: ours or another's. */
static inline bool compat_pages_of(unsigned long pfn, struct range *range)
{
	struct dev_pagemap *pgmap = get_dev_pagemap(pfn);
	bool found = false;
	int i;

	for (i = 0; pgmap && !found && i < pgmap->nr_range; i++) {
		*range = pgmap->ranges[i];
		found = PHYS_PFN(range->start) <= pfn && PHYS_PFN(range->end) >= pfn;
	}
	if (pgmap)
		put_dev_pagemap(pgmap);
	return found;
}

#endif

#endif
