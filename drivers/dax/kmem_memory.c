// SPDX-License-Identifier: GPL-2.0
/*
 * What of a dax device became System RAM, from the first block added to the
 * last one removed: see kmem.h.
 */
#include <linux/cleanup.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <compat/memory_tier.h>
#include "kmem.h"

static LIST_HEAD(kmem_list);
static DEFINE_MUTEX(kmem_list_lock);

/* Types of memory by their speed; the kernel has the tiers. */
static LIST_HEAD(memory_types);
static DEFINE_MUTEX(memory_types_lock);

/* Speed that nobody has told: five times as far as DRAM, as the in-tree driver assumes. */
#define DISTANCE_UNKNOWN	(MEMTIER_ADISTANCE_DRAM * 5)

/* For the names of blocks in a message. */
#define NAMES_SIZE		256

static u64 block_bytes(void)
{
	return memory_block_size_bytes();
}

/* ---- making ---- */

static void free_memory(struct kmem_memory *memory)
{
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		kfree(memory->part[i].in);
	mutex_destroy(&memory->lock);
	kfree(memory->name);
	kfree(memory);
}

static int fill_parts(struct kmem_memory *memory, const struct dev_dax *dev_dax)
{
	struct kmem_part *part;
	unsigned int i;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		part->range = dev_dax->ranges[i].range;
		part->span = kmem_trim(part->range.start, part->range.end + 1, block_bytes());
		part->in = kcalloc(max(KMEM_SET_WORDS(part->span.nr), 1), sizeof(*part->in),
				   GFP_KERNEL);
		if (!part->in)
			return -ENOMEM;
	}
	return 0;
}

static struct kmem_memory *alloc_memory(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory = kzalloc(struct_size(memory, part, dev_dax->nr_range),
					     GFP_KERNEL);

	if (!memory)
		return NULL;
	INIT_LIST_HEAD(&memory->list);
	mutex_init(&memory->lock);
	INIT_WORK(&memory->repair, kmem_repair);
	memory->nr = dev_dax->nr_range;
	memory->dev_dax = dev_dax;
	memory->provider = dev_dax->region->dev->driver->owner;
	memory->nid = dev_dax->target_node;
	memory->on_memory = compat_memmap_on_memory(dev_dax);
	memory->name = kstrdup(dev_name(&dev_dax->dev), GFP_KERNEL);
	if (!memory->name || fill_parts(memory, dev_dax)) {
		free_memory(memory);
		return NULL;
	}
	return memory;
}

static u32 all_blocks(const struct kmem_memory *memory)
{
	u32 n = 0;
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		n += memory->part[i].span.nr;
	return n;
}

static u32 blocks_in(const struct kmem_memory *memory)
{
	u32 n = 0;
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		n += kmem_set_count(memory->part[i].in, memory->part[i].span.nr);
	return n;
}

static int find_type(struct kmem_memory *memory)
{
	int distance = DISTANCE_UNKNOWN;

	/* what HMAT or CDAT say of the node, on kernels that ask them */
	mt_calc_adistance(memory->nid, &distance);
	guard(mutex)(&memory_types_lock);
	memory->type = mt_find_alloc_memory_type(distance, &memory_types);
	return PTR_ERR_OR_ZERO(memory->type);
}

/* What all its blocks have in common: the speed of their node, and the group. */
static int join_node(struct kmem_memory *memory)
{
	struct dev_dax *dev_dax = memory->dev_dax;
	u64 pages = all_blocks(memory) * (block_bytes() >> PAGE_SHIFT);
	int rc = find_type(memory);

	if (rc)
		return dax_fail(dev_dax, rc, ND_WHY_RESOURCE, "no memory type for node %d",
				memory->nid);
	init_node_memory_type(memory->nid, memory->type);
	memory->mgid = memory_group_register_static(memory->nid, pages);
	if (memory->mgid >= 0)
		return 0;
	clear_node_memory_type(memory->nid, memory->type);
	return dax_fail(dev_dax, memory->mgid, ND_WHY_RESOURCE,
			"no memory group of %llu pages on node %d", pages, memory->nid);
}

static void leave_node(struct kmem_memory *memory)
{
	memory_group_unregister(memory->mgid);
	clear_node_memory_type(memory->nid, memory->type);
}

/* ---- /proc/iomem ---- */

static int reserve(struct kmem_memory *memory, struct kmem_part *part)
{
	u64 start = kmem_block_start(part, 0);
	u64 size = part->span.nr * block_bytes();

	if (part->res)
		return 0;
	part->res = request_mem_region(start, size, memory->name);
	if (!part->res)
		return dax_fail(memory->dev_dax, -EBUSY, ND_WHY_CONFLICT,
				"%#llx-%#llx is in use, /proc/iomem tells by whom", start,
				start + size - 1);
	/* no longer busy, so that the kernel puts its System RAM below */
	part->res->flags = IORESOURCE_SYSTEM_RAM;
	return 0;
}

static void unreserve(struct kmem_part *part)
{
	if (!part->res || kmem_set_count(part->in, part->span.nr))
		return;
	/* release looks for a busy one */
	part->res->flags |= IORESOURCE_BUSY;
	release_mem_region(part->res->start, resource_size(part->res));
	part->res = NULL;
}

/* ---- blocks ---- */

/*
 * One at a time, as they are removed: memory added in larger pieces is mapped by larger pages, up
 * to 1 GiB, which the kernel does not split when a part of it is removed. In /proc/iomem they are
 * one.
 */
static int add_block(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	u64 start = kmem_block_start(part, b);
	mhp_t flags = MHP_NID_IS_MGID | MHP_MERGE_RESOURCE;
	int rc;

	if (memory->on_memory)
		flags |= MHP_MEMMAP_ON_MEMORY;
	rc = add_memory_driver_managed(memory->mgid, start, block_bytes(), KMEM_RAM_NAME, flags);
	if (rc)
		return dax_fail(memory->dev_dax, rc, ND_WHY_RESOURCE,
				"the kernel does not take %#llx-%#llx as memory of node %d",
				start, start + block_bytes() - 1, memory->nid);
	kmem_set_put(part->in, b, true);
	return 0;
}

static int add_part(struct kmem_memory *memory, struct kmem_part *part)
{
	int rc = part->span.nr ? reserve(memory, part) : 0;
	u32 b;

	for (b = 0; !rc && b < part->span.nr; b++)
		if (!kmem_set_has(part->in, b))
			rc = add_block(memory, part, b);
	return rc;
}

static int add_parts(struct kmem_memory *memory)
{
	unsigned int i;
	int rc = 0;

	guard(mutex)(&memory->lock);
	for (i = 0; !rc && i < memory->nr; i++)
		rc = add_part(memory, &memory->part[i]);
	return rc;
}

/* An offline block goes, and an online one stays: 0, or -EBUSY. */
static int remove_block(u64 start)
{
	if (kmem_block_online(start, block_bytes()))
		return -EBUSY;
	return remove_memory(start, block_bytes());
}

/* Remove what is offline. */
static void remove_offline(struct kmem_memory *memory)
{
	struct kmem_part *part;
	unsigned int i;
	u32 b;

	guard(mutex)(&memory->lock);
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1))
			if (!remove_block(kmem_block_start(part, b)))
				kmem_set_put(part->in, b, false);
		unreserve(part);
	}
}

/* Names of the blocks that are in. */
static void name_blocks(const struct kmem_memory *memory, char *names)
{
	const struct kmem_part *part;
	size_t len = 0;
	unsigned int i;

	names[0] = '\0';
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		len = kmem_set_name(names, NAMES_SIZE, len, part->in, part->span.nr,
				    part->span.first);
	}
}

static int remove_part(struct kmem_memory *memory, struct kmem_part *part, unsigned long end)
{
	u32 b, left_ms;
	int rc = 0;

	/* from the end, where the kernel's own allocations come last */
	for (b = part->span.nr; rc != -EINTR && b--; ) {
		if (!kmem_set_has(part->in, b))
			continue;
		left_ms = time_before(jiffies, end) ? jiffies_to_msecs(end - jiffies) : 0;
		rc = kmem_offline_remove(kmem_block_start(part, b), block_bytes(),
					 kmem_patience(left_ms, blocks_in(memory)));
		if (!rc)
			kmem_set_put(part->in, b, false);
	}
	unreserve(part);
	return rc == -EINTR ? rc : 0;
}

int kmem_memory_remove(struct kmem_memory *memory, unsigned int limit_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(limit_ms);
	char names[NAMES_SIZE];
	unsigned int i;
	int rc = 0;

	guard(mutex)(&memory->lock);
	for (i = memory->nr; !rc && i--; )
		rc = remove_part(memory, &memory->part[i], end);
	if (!blocks_in(memory))
		return 0;
	name_blocks(memory, names);
	return dax_fail(memory->dev_dax, rc ?: -EBUSY, ND_WHY_BUSY,
			"%s cannot be taken offline: pages in use there do not move, the kernel log has their numbers (pfn); end what pins them and try again",
			names);
}

/* ---- list ---- */

static bool same_ranges(const struct kmem_memory *memory, const struct dev_dax *dev_dax)
{
	unsigned int i;

	if (memory->nr != dev_dax->nr_range)
		return false;
	for (i = 0; i < memory->nr; i++)
		if (memory->part[i].range.start != dev_dax->ranges[i].range.start ||
		    memory->part[i].range.end != dev_dax->ranges[i].range.end)
			return false;
	return true;
}

/* Kept memory of exactly this device is the device's again. */
static struct kmem_memory *adopt(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list)
		if (!memory->dev_dax && same_ranges(memory, dev_dax)) {
			memory->dev_dax = dev_dax;
			memory->closing = false;
			return memory;
		}
	return NULL;
}

static int publish(struct kmem_memory *memory)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	if (!try_module_get(memory->provider)) {
		module_put(THIS_MODULE);
		return -ENODEV;
	}
	guard(mutex)(&kmem_list_lock);
	list_add_tail(&memory->list, &kmem_list);
	return 0;
}

/*
 * Without blocks it is nobody's; with some it waits for a device, or for them to go. kmem_list_lock
 * is held.
 */
static bool keep(struct kmem_memory *memory)
{
	if (blocks_in(memory)) {
		memory->dev_dax = NULL;
		return true;
	}
	list_del(&memory->list);
	return false;
}

static void forget(struct kmem_memory *memory)
{
	struct module *provider = memory->provider;

	leave_node(memory);
	free_memory(memory);
	module_put(provider);
	module_put(THIS_MODULE);
}

/* A device is unbound: is there anything left of its memory? Else it is gone. */
static bool remains(struct kmem_memory *memory)
{
	bool some;

	scoped_guard(mutex, &kmem_list_lock)
		some = keep(memory);
	if (!some)
		forget(memory);
	return some;
}

/* Somewhere a block went offline: of memory that nobody has it goes altogether. */
static void sweep(struct work_struct *work)
{
	struct kmem_memory *memory, *next;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry_safe(memory, next, &kmem_list, list) {
		if (memory->dev_dax)
			continue;
		remove_offline(memory);
		if (!keep(memory))
			forget(memory);
	}
}
static DECLARE_WORK(sweep_work, sweep);

static int blocks_changed(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == MEM_OFFLINE)
		schedule_work(&sweep_work);
	return NOTIFY_OK;
}

static struct notifier_block blocks_notifier = { .notifier_call = blocks_changed };

/* ---- the door ---- */

static struct kmem_memory *create(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory = alloc_memory(dev_dax);
	int rc;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	if (!all_blocks(memory)) {
		rc = dax_fail(dev_dax, -EINVAL, ND_WHY_SIZE,
			      "no whole memory block of %llu bytes lies in it, %#llx-%#llx%s: memory is added by blocks",
			      block_bytes(), dev_dax->ranges[0].range.start,
			      dev_dax->ranges[0].range.end, memory->nr > 1 ? " and more" : "");
		goto free;
	}
	rc = kmem_policy_admit(memory);
	if (rc)
		goto free;
	rc = join_node(memory);
	if (rc)
		goto free;
	rc = publish(memory);
	if (rc)
		goto leave;
	return memory;
leave:
	leave_node(memory);
free:
	free_memory(memory);
	return ERR_PTR(rc);
}

/* Its device goes, which repairs need: none runs when this returns, and none begins. */
static void stop_repairs(struct kmem_memory *memory)
{
	scoped_guard(mutex, &kmem_list_lock)
		memory->closing = true;
	cancel_work_sync(&memory->repair);
}

struct kmem_memory *kmem_memory_add(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory = adopt(dev_dax);
	int rc;

	if (memory)
		dev_info(&dev_dax->dev, "adopts %u memory blocks that stayed when it was unbound\n",
			 blocks_in(memory));
	else
		memory = create(dev_dax);
	if (IS_ERR(memory))
		return memory;
	rc = add_parts(memory);
	if (!rc)
		return memory;
	stop_repairs(memory);
	/* new blocks that were put online at once are kept, as those adopted */
	remove_offline(memory);
	remains(memory);
	return ERR_PTR(rc);
}

void kmem_memory_drop(struct kmem_memory *memory)
{
	struct dev_dax *dev_dax = memory->dev_dax;
	char names[NAMES_SIZE];

	stop_repairs(memory);
	remove_offline(memory);
	name_blocks(memory, names);
	if (remains(memory))
		dax_fail(dev_dax, -EBUSY, ND_WHY_BUSY,
			 "unbound while %s is in use: it stays System RAM, and is taken over when kmem is bound again",
			 names);
}

void kmem_memory_repair(const struct device *region)
{
	struct kmem_memory *memory;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list)
		if (memory->dev_dax && !memory->closing &&
		    memory->dev_dax->region->dev->parent == region)
			schedule_work(&memory->repair);
}

struct kmem_census kmem_memory_census(struct kmem_memory *memory)
{
	struct kmem_census census = { .all = all_blocks(memory) };
	const struct kmem_part *part;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1)) {
			census.in++;
			census.online += kmem_block_online(kmem_block_start(part, b),
							   block_bytes());
		}
	}
	return census;
}

u64 kmem_memory_slack(const struct kmem_memory *memory)
{
	u64 bytes = 0;
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		bytes += range_len(&memory->part[i].range) -
			 memory->part[i].span.nr * block_bytes();
	return bytes;
}

int kmem_memory_init(void)
{
	return register_memory_notifier(&blocks_notifier);
}

void kmem_memory_exit(void)
{
	unregister_memory_notifier(&blocks_notifier);
	cancel_work_sync(&sweep_work);
	mt_put_memory_types(&memory_types);
}
