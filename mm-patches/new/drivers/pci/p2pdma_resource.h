/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A range of a PCI device's memory that is given out for peer-to-peer DMA.
 *
 * A *resource* is a part of a BAR, with struct pages of its own. A device's *pool* has the addresses
 * of all its resources, and hands them out. Who has an allocation has a reference of the resource
 * that it lies in, and of no other: so each goes when its own last allocation is back, or fails to
 * come, whatever becomes of its neighbours.
 *
 * It is found by an address: by who has a reference, or under RCU. It is put into the list, and
 * taken from it, under p2pdma_resources_lock. It is killed, after which nothing more is given out,
 * its pages are put, cleanup waits for the last allocation, its memmap goes, its memory goes.
 */
#ifndef _P2PDMA_RESOURCE_H
#define _P2PDMA_RESOURCE_H

#include <linux/completion.h>
#include <linux/genalloc.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/rculist.h>

/**
 * struct p2pdma_resource - one of them
 * @pgmap: its struct pages; first, as what is freed is that
 * @list: in those of its device, while @first and @last are set
 * @first: kernel address of its first byte
 * @last: and of its last
 * @ref: pages have references of it, and allocations
 * @gone: the last is back
 */
struct p2pdma_resource {
	struct dev_pagemap pgmap;
	struct list_head list;
	unsigned long first, last;
	struct percpu_ref ref;
	struct completion gone;
};

static DEFINE_MUTEX(p2pdma_resources_lock);

static void p2pdma_resource_gone(struct percpu_ref *ref)
{
	complete_all(&container_of(ref, struct p2pdma_resource, ref)->gone);
}

/* Nothing of it is given out any more. */
static void p2pdma_resource_kill(struct percpu_ref *ref)
{
	percpu_ref_kill(ref);
}

/* And all that was is back. Who looks through the list may still see it, until RCU says otherwise. */
static void p2pdma_resource_cleanup(struct percpu_ref *ref)
{
	struct p2pdma_resource *resource = container_of(ref, struct p2pdma_resource, ref);

	wait_for_completion(&resource->gone);
	if (resource->last) {
		mutex_lock(&p2pdma_resources_lock);
		list_del_rcu(&resource->list);
		mutex_unlock(&p2pdma_resources_lock);
		synchronize_rcu();
	}
	percpu_ref_exit(ref);
}

/*
 * The pagemap of a new one, with what it needs to go; it is freed as the pagemap, by
 * devm_kfree(). NULL: there is no memory.
 */
static struct dev_pagemap *p2pdma_resource_new(struct device *dev)
{
	struct p2pdma_resource *resource;

	BUILD_BUG_ON(offsetof(struct p2pdma_resource, pgmap));
	resource = devm_kzalloc(dev, sizeof(*resource), GFP_KERNEL);
	if (!resource)
		return NULL;
	init_completion(&resource->gone);
	if (percpu_ref_init(&resource->ref, p2pdma_resource_gone, 0, GFP_KERNEL)) {
		devm_kfree(dev, resource);
		return NULL;
	}
	resource->pgmap.ref = &resource->ref;
	resource->pgmap.kill = p2pdma_resource_kill;
	resource->pgmap.cleanup = p2pdma_resource_cleanup;
	return &resource->pgmap;
}

/* It is mapped at @addr: what the pool has of it from now on belongs to it. */
static void p2pdma_resource_add(struct dev_pagemap *pgmap, struct list_head *resources, void *addr)
{
	struct p2pdma_resource *resource = container_of(pgmap, struct p2pdma_resource, pgmap);

	resource->first = (unsigned long)addr;
	resource->last = resource->first + resource_size(&pgmap->res) - 1;
	mutex_lock(&p2pdma_resources_lock);
	list_add_rcu(&resource->list, resources);
	mutex_unlock(&p2pdma_resources_lock);
}

/* That of an address, or NULL. */
static struct p2pdma_resource *p2pdma_resource_at(struct list_head *resources, unsigned long addr)
{
	struct p2pdma_resource *resource;

	list_for_each_entry_rcu(resource, resources, list)
		if (addr >= resource->first && addr <= resource->last)
			return resource;
	return NULL;
}

/* Some bytes, or NULL: there are none, or they lie in one that goes. Under RCU. */
static void *p2pdma_resource_alloc(struct gen_pool *pool, struct list_head *resources, size_t size)
{
	unsigned long addr = gen_pool_alloc(pool, size);
	struct p2pdma_resource *resource;

	if (!addr)
		return NULL;
	resource = p2pdma_resource_at(resources, addr);
	if (resource && percpu_ref_tryget_live(&resource->ref))
		return (void *)addr;
	gen_pool_free(pool, addr, size);
	return NULL;
}

/* They are back, and perhaps the last of theirs. */
static void p2pdma_resource_free(struct gen_pool *pool, struct list_head *resources, void *addr,
				 size_t size)
{
	struct p2pdma_resource *resource;

	rcu_read_lock();
	resource = p2pdma_resource_at(resources, (unsigned long)addr);
	rcu_read_unlock();
	gen_pool_free(pool, (unsigned long)addr, size);
	if (!WARN_ON(!resource))
		percpu_ref_put(&resource->ref);
}

#endif /* _P2PDMA_RESOURCE_H */
