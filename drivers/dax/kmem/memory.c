// SPDX-License-Identifier: GPL-2.0
/*
 * What of a dax device became System RAM, from the first block added to the
 * last one removed: see kmem.h.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <compat/memory_tier.h>
#include "kmem/kmem.h"

static LIST_HEAD(kmem_list);
DEFINE_MUTEX(kmem_list_lock);
static struct workqueue_struct *kmem_queue;

/* Types of memory by their speed; the kernel has the tiers. */
static LIST_HEAD(memory_types);
static DEFINE_MUTEX(memory_types_lock);

/* A job that got not one block further for so long waits for a lock, which may be our caller's. */
#define STUCK_MS		5000

/* ---- whose it is, and what others may ask of that: under kmem_list_lock ---- */

int kmem_refuse(struct kmem_memory *memory, int err, enum nd_reason reason, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	scoped_guard(mutex, &kmem_list_lock) {
		if (memory->dev_dax)
			dax_remark(memory->dev_dax, err, reason, "%pV", &text);
		else
			pr_warn_ratelimited("kmem: %s, which is kept: %pV\n", memory->name, &text);
	}
	va_end(args);
	return err;
}

bool kmem_memory_wanted(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->dev_dax && memory->state == KMEM_WAITS;
}

struct dev_dax *kmem_memory_device(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->dev_dax;
}

struct device *kmem_memory_region(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->region ? nd_range_hold(memory->region) : NULL;
}

bool kmem_memory_was_used(struct kmem_part *part, u32 b)
{
	bool used;

	guard(mutex)(&kmem_list_lock);
	used = kmem_set_has(part->used, b);
	kmem_set_put(part->used, b, false);
	return used;
}

/* ---- making ---- */

static void free_memory(struct kmem_memory *memory)
{
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		kvfree(memory->part[i].in);
	mutex_destroy(&memory->lock);
	mutex_destroy(&memory->asking);
	kfree(memory->name);
	kfree(memory);
}

static int fill_parts(struct kmem_memory *memory, const struct dev_dax *dev_dax)
{
	struct kmem_part *part;
	unsigned int i, words;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		part->range = dev_dax->ranges[i].range;
		part->span = kmem_trim(part->range.start, part->range.end + 1,
				       memory_block_size_bytes());
		words = max(KMEM_SET_WORDS(part->span.nr), 1);
		part->in = kvcalloc(words, 3 * sizeof(*part->in), GFP_KERNEL);
		if (!part->in)
			return -ENOMEM;
		part->held = part->in + words;
		part->used = part->held + words;
	}
	return 0;
}

static struct kmem_memory *alloc_memory(struct dev_dax *dev_dax)
{
	/* read once: a store to the device's `mapping` may add ranges without its lock */
	unsigned int nr = READ_ONCE(dev_dax->nr_range);
	struct kmem_memory *memory = kzalloc(struct_size(memory, part, nr), GFP_KERNEL);

	if (!memory)
		return NULL;
	INIT_LIST_HEAD(&memory->list);
	kref_init(&memory->kref);
	mutex_init(&memory->lock);
	mutex_init(&memory->asking);
	init_completion(&memory->settled);
	kmem_job_init(memory);
	INIT_DELAYED_WORK(&memory->repair, kmem_repair);
	memory->nr = nr;
	memory->dev_dax = dev_dax;
	memory->state = KMEM_WAITS;
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

static int find_type(struct kmem_memory *memory)
{
	int distance = kmem_policy_distance(memory->nid);

	guard(mutex)(&memory_types_lock);
	memory->type = mt_find_alloc_memory_type(distance, &memory_types);
	return PTR_ERR_OR_ZERO(memory->type);
}

/* What all its blocks have in common: the speed of their node, and the group. */
static int join_node(struct kmem_memory *memory)
{
	struct dev_dax *dev_dax = memory->dev_dax;
	u64 pages = kmem_blocks(memory) * (memory_block_size_bytes() >> PAGE_SHIFT);
	int rc = find_type(memory);

	if (rc)
		return dax_refuse(dev_dax, rc, ND_REASON_RESOURCE, "no memory type for node %d",
				  memory->nid);
	init_node_memory_type(memory->nid, memory->type);
	memory->mgid = memory_group_register_static(memory->nid, pages);
	if (memory->mgid >= 0)
		return 0;
	clear_node_memory_type(memory->nid, memory->type);
	return dax_refuse(dev_dax, memory->mgid, ND_REASON_RESOURCE,
			  "no memory group of %llu pages on node %d", pages, memory->nid);
}

static void leave_node(struct kmem_memory *memory)
{
	memory_group_unregister(memory->mgid);
	clear_node_memory_type(memory->nid, memory->type);
}

/* ---- a device gets it, or gives it up ---- */

/* Whose bad bytes are told: the region it lies in now, of nd_range_hold(), under kmem_list_lock. */
static void watch_region(struct kmem_memory *memory, struct device *region)
{
	struct device *was = memory->region;

	memory->region = region;
	nd_range_unhold(was);
}

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

/* It is the device's from now on, and the job is to make it RAM. kmem_list_lock is held. */
static void give_to(struct kmem_memory *memory, struct dev_dax *dev_dax)
{
	memory->dev_dax = dev_dax;
	WRITE_ONCE(memory->state, KMEM_WAITS);
	WRITE_ONCE(memory->result, 0);
	reinit_completion(&memory->settled);
	watch_region(memory, nd_range_hold(dev_dax->region->dev));
	mod_delayed_work(kmem_queue, &memory->job, 0);
}

/* Kept memory of exactly this device is the device's again. */
static struct kmem_memory *memory_adopt(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list)
		if (!memory->dev_dax && same_ranges(memory, dev_dax)) {
			dev_info(&dev_dax->dev,
				 "adopts %u memory blocks that stayed when it was unbound\n",
				 kmem_blocks_in(memory));
			give_to(memory, dev_dax);
			return memory;
		}
	return NULL;
}

static int memory_publish(struct kmem_memory *memory)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	if (!try_module_get(memory->provider)) {
		module_put(THIS_MODULE);
		return -ENODEV;
	}
	guard(mutex)(&kmem_list_lock);
	list_add_tail(&memory->list, &kmem_list);
	give_to(memory, memory->dev_dax);
	return 0;
}

static void memory_release(struct kref *kref)
{
	struct kmem_memory *memory = container_of(kref, struct kmem_memory, kref);
	struct module *provider = memory->provider;

	nd_range_unhold(memory->region);
	leave_node(memory);
	free_memory(memory);
	module_put(provider);
	module_put(THIS_MODULE);
}

void kmem_memory_get(struct kmem_memory *memory)
{
	kref_get(&memory->kref);
}

void kmem_memory_put(struct kmem_memory *memory)
{
	kref_put(&memory->kref, memory_release);
}

/* Without a device or a block it is nobody's: the list's reference is put. From the job alone. */
static void forget_empty(struct kmem_memory *memory)
{
	unsigned int i;

	scoped_guard(mutex, &kmem_list_lock) {
		if (memory->dev_dax || kmem_blocks_in(memory))
			return;
		list_del(&memory->list);
	}
	/* nobody finds it to queue another */
	cancel_delayed_work(&memory->job);
	cancel_delayed_work_sync(&memory->repair);
	for (i = 0; i < memory->nr; i++)
		nd_leftover_notify(memory->part[i].range);
	kmem_memory_put(memory);
}

bool kmem_memory_settle(struct kmem_memory *memory, struct dev_dax *dev_dax, int rc)
{
	guard(mutex)(&kmem_list_lock);
	if (memory->dev_dax != dev_dax || memory->state != KMEM_WAITS)
		return false;
	/* whoever binds it is told, once, that it waits: however soon it need not any more */
	if (memory->result != -EINPROGRESS)
		WRITE_ONCE(memory->result, rc);
	if (rc != -EINPROGRESS)
		WRITE_ONCE(memory->state, rc ? KMEM_REFUSED : KMEM_SETTLED);
	nd_polled_changed(&memory->polled);
	if (!rc)
		nd_ok(dev_dax->region->dev);
	complete_all(&memory->settled);
	return true;
}

void kmem_memory_sweep(struct kmem_memory *memory)
{
	kmem_parts_remove_offline(memory);
	scoped_guard(mutex, &kmem_list_lock) {
		if (memory->dev_dax)
			return;
		complete_all(&memory->settled);
	}
	forget_empty(memory);
}

void kmem_memory_queue(struct kmem_memory *memory, unsigned long delay)
{
	guard(mutex)(&kmem_list_lock);
	if (!memory->dev_dax)
		return;
	/* what is due at once is not put off */
	if (delay)
		queue_delayed_work(kmem_queue, &memory->job, delay);
	else
		mod_delayed_work(kmem_queue, &memory->job, 0);
}

/* ---- the door ---- */

static struct kmem_memory *memory_create(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory = alloc_memory(dev_dax);
	u64 slack;
	int rc;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	if (!kmem_blocks(memory)) {
		rc = dax_refuse(dev_dax, -EINVAL, ND_REASON_SIZE,
				"no whole memory block of %lu bytes lies in it, %#llx-%#llx%s: memory is added by blocks",
				memory_block_size_bytes(), dev_dax->ranges[0].range.start,
				dev_dax->ranges[0].range.end, memory->nr > 1 ? " and more" : "");
		goto free;
	}
	rc = join_node(memory);
	if (rc)
		goto free;
	slack = kmem_memory_slack(memory);
	rc = memory_publish(memory);
	if (rc)
		goto leave;
	if (slack)
		dev_notice(&dev_dax->dev,
			   "%llu bytes of it are not used: they make no whole memory block of %lu bytes; have it begin and end at multiples of that, docs/kmem.md\n",
			   slack, memory_block_size_bytes());
	return memory;
leave:
	leave_node(memory);
free:
	free_memory(memory);
	return ERR_PTR(rc);
}

/*
 * Wait for the job. It needs the kernel's lock of hotplug, which whoever unplugs or plugs what we
 * are a part of may hold, until we return: no longer than it gets on. False: it goes on alone.
 */
static bool wait_for_job(struct kmem_memory *memory)
{
	u32 in = kmem_blocks_in(memory), was;

	do {
		if (wait_for_completion_timeout(&memory->settled, msecs_to_jiffies(STUCK_MS)))
			return true;
		was = in;
		in = kmem_blocks_in(memory);
	} while (in != was);
	return false;
}

/* It is nobody's; what is offline goes. The provider is asked nothing any more for this device. */
static void take_from(struct kmem_memory *memory)
{
	kmem_memory_get(memory);
	scoped_guard(mutex, &kmem_list_lock) {
		memory->dev_dax = NULL;
		/* which has no attributes any more */
		nd_polled_forget(&memory->polled);
		reinit_completion(&memory->settled);
		mod_delayed_work(kmem_queue, &memory->job, 0);
	}
	kmem_job_stop_scrub(memory);
	wait_for_job(memory);
}

struct kmem_memory *kmem_memory_add(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory = memory_adopt(dev_dax) ?: memory_create(dev_dax);
	int rc;

	if (IS_ERR(memory) || !wait_for_job(memory))
		return memory;
	rc = READ_ONCE(memory->result);
	if (!rc || rc == -EINPROGRESS)
		return memory;
	/* new blocks that were put online at once are kept, as those adopted */
	take_from(memory);
	kmem_memory_put(memory);
	return ERR_PTR(rc);
}

void kmem_memory_drop(struct kmem_memory *memory, struct dev_dax *dev_dax)
{
	char names[KMEM_NAMES_SIZE];

	take_from(memory);
	kmem_name_blocks(memory, names);
	if (names[0])
		dax_remark(dev_dax, -EBUSY, ND_REASON_BUSY,
			   "unbound while %s is in use: it stays System RAM, and is taken over when kmem is bound again",
			   names);
	kmem_memory_put(memory);
}

int kmem_memory_remove(struct kmem_memory *memory, unsigned int limit_ms)
{
	char names[KMEM_NAMES_SIZE];
	int rc;

	/* what was to come does not */
	scoped_guard(mutex, &kmem_list_lock)
		if (memory->state == KMEM_WAITS)
			WRITE_ONCE(memory->state, KMEM_SETTLED);
	kmem_job_stop_scrub(memory);
	rc = kmem_parts_remove(memory, limit_ms);
	kmem_memory_changed(memory);
	kmem_name_blocks(memory, names);
	if (!names[0])
		return 0;
	return kmem_refuse(memory, rc ?: -EBUSY, ND_REASON_BUSY,
			   "%s cannot be taken offline: pages in use there do not move; the kernel log shows them (\"migrating pfn\"); end what pins them and try again",
			   names);
}

/* ---- events ---- */

static bool lies_in(const struct kmem_memory *memory, const struct range *range)
{
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		if (memory->part[i].range.start <= range->end &&
		    memory->part[i].range.end >= range->start)
			return true;
	return false;
}

bool kmem_memory_kept_in(const struct range *range)
{
	struct kmem_memory *memory;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list)
		if (!memory->dev_dax && lies_in(memory, range))
			return true;
	return false;
}

void kmem_memory_repair(const struct nd_poison_event *event)
{
	struct kmem_memory *memory;

	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list) {
		if (!lies_in(memory, &event->range))
			continue;
		/* kept memory outlives the region that it came from */
		if (memory->region != event->region)
			watch_region(memory, nd_range_hold(event->region));
		mod_delayed_work(kmem_queue, &memory->repair, 0);
	}
}

void kmem_memory_repair_later(struct kmem_memory *memory, unsigned long delay)
{
	queue_delayed_work(kmem_queue, &memory->repair, delay);
}

static struct range pages_of(const struct memory_notify *notify)
{
	return (struct range) {
		.start = PFN_PHYS(notify->start_pfn),
		.end = PFN_PHYS(notify->start_pfn + notify->nr_pages) - 1,
	};
}

/* @block is online, and whatever comes to be in it is of RAM. kmem_list_lock is held. */
static void note_used(struct kmem_memory *memory, const struct range *block)
{
	struct kmem_part *part;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = 0; b < part->span.nr; b++)
			if (kmem_block_start(part, b) <= block->end &&
			    kmem_block_start(part, b + 1) > block->start)
				kmem_set_put(part->used, b, true);
	}
}

/*
 * A block went online or offline somewhere. One that went offline of memory that nobody has goes
 * altogether, else its poison does.
 */
static int blocks_changed(struct notifier_block *nb, unsigned long action, void *data)
{
	struct kmem_memory *memory;
	struct range block;

	if (action != MEM_ONLINE && action != MEM_OFFLINE)
		return NOTIFY_OK;
	block = pages_of(data);
	guard(mutex)(&kmem_list_lock);
	list_for_each_entry(memory, &kmem_list, list) {
		if (lies_in(memory, &block)) {
			nd_polled_changed(&memory->polled);
			if (action == MEM_OFFLINE)
				kmem_map_again(&block);
			else
				note_used(memory, &block);
		}
		if (action != MEM_OFFLINE)
			continue;
		if (!memory->dev_dax)
			mod_delayed_work(kmem_queue, &memory->job, 0);
		/* nobody has its pages now, and they are not marked when it is online again */
		mod_delayed_work(kmem_queue, &memory->repair, 0);
	}
	return NOTIFY_OK;
}

static struct notifier_block blocks_notifier = { .notifier_call = blocks_changed };

/* ---- what is told ---- */

enum kmem_state kmem_memory_state(const struct kmem_memory *memory)
{
	return READ_ONCE(memory->state);
}

void kmem_memory_changed(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	nd_polled_changed(&memory->polled);
}

struct kmem_census kmem_memory_census(struct kmem_memory *memory)
{
	struct kmem_census census = { .all = kmem_blocks(memory) };
	const struct kmem_part *part;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1)) {
			census.in++;
			census.online += kmem_block_online(kmem_block_start(part, b),
							   memory_block_size_bytes());
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
			 memory->part[i].span.nr * memory_block_size_bytes();
	return bytes;
}

int kmem_memory_init(void)
{
	int rc;

	kmem_queue = alloc_workqueue("kmem", WQ_UNBOUND, 0);
	if (!kmem_queue)
		return -ENOMEM;
	rc = register_memory_notifier(&blocks_notifier);
	if (rc)
		destroy_workqueue(kmem_queue);
	return rc;
}

void kmem_memory_exit(void)
{
	unregister_memory_notifier(&blocks_notifier);
	/* whose last job has just put this module */
	destroy_workqueue(kmem_queue);
	mt_put_memory_types(&memory_types);
}
