// SPDX-License-Identifier: GPL-2.0
/*
 * The blocks of a device's memory: in the kernel, out of it, and who is kept from
 * having them meanwhile. See kmem.h; all of it with kmem_memory.lock held.
 *
 * In /proc/iomem a part is "daxN.M" while any of its blocks is in, or about to be.
 * First busy, as any driver's range. To be added to, it must not be busy, and then
 * who asks for a piece where no block is in would be granted it: so these have an
 * entry of the same name each, one for those that were never added, `rest`, and one
 * for each that was removed, `held`.
 */
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/moduleparam.h>
#include <linux/pfn.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "common/hwpoison.h"
#include "common/range.h"
#include "kmem/kmem.h"

/*
 * ---- zeroing what was RAM (requirements X6) ----
 *
 * What RAM held would stay on the medium, for the next user of the device or of the DIMMs.
 */

static bool scrub_on_release;
module_param(scrub_on_release, bool, 0644);
MODULE_PARM_DESC(scrub_on_release,
		 "Zero memory that was online when it stops being System RAM, unless it loses its contents without power anyway (N)");

/*
 * The provider of a region without a driver may be gone. Who holds the lock may wait for one that
 * we have, so it is not waited for.
 */
static int flush_region(struct device *region)
{
	int rc = -EBUSY;

	if (!nd_range_async(region))
		rc = 0;
	if (!device_trylock(region))
		return rc;
	if (region->driver)
		rc = nd_range_flush(region);
	device_unlock(region);
	return rc;
}

static int zero_range(struct device *region, const struct range *range)
{
	int rc = nd_range_zero(region, range);

	return rc ?: flush_region(region);
}

/* Block @b was removed: zero it if the administrator asks for that. A failure is recorded. */
static void zero_block(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	const struct range block = {
		.start = kmem_block_start(part, b),
		.end = kmem_block_start(part, b + 1) - 1,
	};
	struct device *region;
	int rc = -EBUSY;

	if (!kmem_memory_was_used(part, b) || !READ_ONCE(scrub_on_release))
		return;
	/* memory of no nd bus keeps nothing */
	region = kmem_memory_region(memory);
	if (!region)
		return;
	/* without its entry in /proc/iomem it may be somebody else's by now */
	if (nd_range_at_rest(region) == ND_AT_REST_VOLATILE)
		rc = 0;
	else if (kmem_set_has(part->held, b))
		rc = zero_range(region, &block);
	nd_range_unhold(region);
	if (rc)
		kmem_remark(memory, rc, ND_REASON_RESOURCE,
			    "%#llx-%#llx was System RAM and could not be zeroed, which scrub_on_release asks for: what was in it may stay on the medium",
			    block.start, block.end);
}

/* ---- /proc/iomem ---- */

static u64 block_bytes(void)
{
	return memory_block_size_bytes();
}

/* ---- /proc/iomem ---- */

/* A range that no block is in, below a part that is open. */
static struct resource *hold_range(const struct kmem_memory *memory, u64 start, u64 size)
{
	struct resource *res = request_mem_region(start, size, memory->name);

	/* like what it lies below; but it is no RAM */
	if (res)
		res->flags &= ~IORESOURCE_SYSRAM;
	return res;
}

static int reserve_part(struct kmem_memory *memory, struct kmem_part *part)
{
	u64 start = kmem_block_start(part, 0);
	u64 size = part->span.nr * block_bytes();
	char holder[ND_IOMEM_WHO];

	if (part->res || !part->span.nr)
		return 0;
	part->res = request_mem_region(start, size, memory->name);
	if (part->res)
		return 0;
	if (nd_iomem_blame(start, size, holder) == -ENOMEM)
		return kmem_refuse(memory, -ENOMEM, ND_REASON_RESOURCE,
				   "no memory to reserve %#llx-%#llx with", start,
				   start + size - 1);
	return kmem_refuse(memory, -EBUSY, ND_REASON_CONFLICT,
			   "%#llx-%#llx is in use: %s, /proc/iomem has its name", start,
			   start + size - 1, holder);
}

/* Let the kernel put its System RAM below. */
static int open_part(struct kmem_memory *memory, struct kmem_part *part)
{
	if (part->open || !part->res)
		return 0;
	part->res->flags = IORESOURCE_SYSTEM_RAM;
	part->open = true;
	part->rest_from = 0;
	part->rest = hold_range(memory, part->res->start, resource_size(part->res));
	if (part->rest)
		return 0;
	if (nd_iomem_error(part->res->start, resource_size(part->res)) == -ENOMEM)
		return kmem_refuse(memory, -ENOMEM, ND_REASON_RESOURCE,
				   "no memory to divide %pR with",
				   part->res);
	return kmem_refuse(memory, -EBUSY, ND_REASON_CONFLICT,
			   "%pR: a part of it was given to somebody else", part->res);
}

static void release_rest(struct kmem_part *part)
{
	if (part->rest)
		release_mem_region(part->rest->start, resource_size(part->rest));
	part->rest = NULL;
}

/* Block @b is about to be added: nobody holds it any more. */
static int unhold_block(struct kmem_part *part, u32 b)
{
	if (kmem_set_has(part->held, b)) {
		release_mem_region(kmem_block_start(part, b), block_bytes());
		kmem_set_put(part->held, b, false);
		return 0;
	}
	if (!part->rest || b < part->rest_from)
		return 0;
	part->rest_from = b + 1;
	if (part->rest_from < part->span.nr)
		return adjust_resource(part->rest, kmem_block_start(part, b + 1),
				       (part->span.nr - part->rest_from) * block_bytes());
	release_rest(part);
	return 0;
}

/* Block @b is in no more, or has not come in: a hole that is nobody else's. */
static void hold_block(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	if (hold_range(memory, kmem_block_start(part, b), block_bytes()))
		kmem_set_put(part->held, b, true);
}

/* When the last of its blocks has gone. */
static void unreserve_part(struct kmem_part *part)
{
	u32 b;

	if (!part->res || kmem_set_count(part->in, part->span.nr))
		return;
	/* what lies below would vanish with it */
	release_rest(part);
	for (b = 0; b < part->span.nr; b++)
		if (kmem_set_has(part->held, b))
			unhold_block(part, b);
	/* release looks for a busy one */
	part->res->flags |= IORESOURCE_BUSY;
	release_mem_region(part->res->start, resource_size(part->res));
	part->res = NULL;
	part->open = false;
}

int kmem_parts_reserve(struct kmem_memory *memory)
{
	unsigned int i;
	int rc = 0;

	guard(mutex)(&memory->lock);
	for (i = 0; !rc && i < memory->nr; i++)
		rc = reserve_part(memory, &memory->part[i]);
	return rc;
}

/*
 * ---- taking a block offline, with a bound ----
 *
 * The core tries for ever to move a page that somebody has pinned, until its task has a signal; so
 * a task of our own tries, and is sent one when its time is up.
 */

struct attempt {
	int nid;
	u64 start;
	u64 size;
	struct completion done;
};

bool kmem_block_online(u64 start, u64 size)
{
	/* the last page: the first ones may be the struct pages of the block itself */
	return pfn_to_online_page(PHYS_PFN(start + size - 1));
}

static int attempt_to_remove(void *data)
{
	struct attempt *a = data;
	int rc;

	allow_signal(SIGKILL);
	rc = compat_offline_and_remove_memory(a->nid, a->start, a->size);
	complete(&a->done);
	return rc;
}

/*
 * Take one block, which was added to node @nid, offline and remove it; after @limit_ms it is left
 * online. Return: 0; -EBUSY: something in it does not move; -EINTR: the caller has a signal.
 */
static int offline_remove(int nid, u64 start, u64 size, unsigned int limit_ms)
{
	struct attempt a = { .nid = nid, .start = start, .size = size };
	struct task_struct *task;
	long left;
	int rc;

	init_completion(&a.done);
	task = kthread_create(attempt_to_remove, &a, "kmem/%llx", start);
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	wake_up_process(task);
	left = wait_for_completion_interruptible_timeout(&a.done, msecs_to_jiffies(limit_ms));
	/* a signal that comes before the task allows it is lost */
	while (left <= 0) {
		send_sig(SIGKILL, task, 1);
		if (wait_for_completion_timeout(&a.done, msecs_to_jiffies(100)))
			break;
	}
	rc = kthread_stop(task);
	put_task_struct(task);
	/* it may have succeeded when it was too late to stop it */
	if (rc && left < 0)
		return -EINTR;
	return rc ? -EBUSY : 0;
}

/* ---- blocks ---- */

/* There are struct pages in it: an earlier attempt got them for some of its sections only. */
static bool has_pages(u64 start)
{
	unsigned long pfn = PHYS_PFN(start), end = pfn + PHYS_PFN(block_bytes());

	for (; pfn < end; pfn += PAGES_PER_SECTION)
		if (pfn_valid(pfn))
			return true;
	return false;
}

/* The kernel says -EEXIST also when it had no memory for the block's name in /proc/iomem. */
static int add_memory_of(const struct kmem_memory *memory, u64 start, mhp_t flags)
{
	int rc = add_memory_driver_managed(memory->mgid, start, block_bytes(), KMEM_RAM_NAME,
					   flags);

	if (rc == -EEXIST && !has_pages(start))
		return nd_iomem_error(start, block_bytes());
	return rc;
}

/*
 * One at a time, as they are removed: memory added in larger pieces is mapped by larger pages, up
 * to 1 GiB, which the kernel does not split when a part of it is removed. In /proc/iomem they are
 * one.
 */
static int add_block(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	u64 start = kmem_block_start(part, b);
	mhp_t flags = MHP_NID_IS_MGID | MHP_MERGE_RESOURCE;
	int rc = unhold_block(part, b);

	if (memory->on_memory)
		flags |= MHP_MEMMAP_ON_MEMORY;
	if (!rc)
		rc = add_memory_of(memory, start, flags);
	if (!rc) {
		nd_hwpoison_forget(&(const struct range) { start, start + block_bytes() - 1 });
		kmem_set_put(part->in, b, true);
		return 0;
	}
	hold_block(memory, part, b);
	return kmem_refuse(memory, rc, ND_REASON_RESOURCE,
			   "the kernel does not take %#llx-%#llx as memory of node %d", start,
			   start + block_bytes() - 1, memory->nid);
}

static int add_part(struct kmem_memory *memory, struct kmem_part *part)
{
	int rc = open_part(memory, part);
	u32 b;

	for (b = 0; !rc && b < part->span.nr; b++)
		if (!kmem_set_has(part->in, b))
			rc = kmem_memory_wanted(memory) ? add_block(memory, part, b) : -ESTALE;
	return rc;
}

int kmem_parts_add(struct kmem_memory *memory)
{
	unsigned int i;
	int rc = 0;

	guard(mutex)(&memory->lock);
	for (i = 0; !rc && i < memory->nr; i++)
		rc = add_part(memory, &memory->part[i]);
	return rc;
}

static void block_is_out(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	kmem_set_put(part->in, b, false);
	hold_block(memory, part, b);
	zero_block(memory, part, b);
}

/* An offline block goes, and an online one stays: 0, or -EBUSY. */
static int remove_block(const struct kmem_memory *memory, u64 start)
{
	if (kmem_block_online(start, block_bytes()))
		return -EBUSY;
	return compat_remove_memory(memory->nid, start, block_bytes());
}

void kmem_parts_remove_offline(struct kmem_memory *memory)
{
	struct kmem_part *part;
	unsigned int i;
	u32 b;

	guard(mutex)(&memory->lock);
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1))
			if (!remove_block(memory, kmem_block_start(part, b)))
				block_is_out(memory, part, b);
		unreserve_part(part);
	}
}

static int offline_part(struct kmem_memory *memory, struct kmem_part *part, unsigned long end)
{
	u32 b, left_ms;
	int rc = 0;

	/* from the end, where the kernel's own allocations come last */
	for (b = part->span.nr; rc != -EINTR && b--; ) {
		if (!kmem_set_has(part->in, b))
			continue;
		left_ms = time_before(jiffies, end) ? jiffies_to_msecs(end - jiffies) : 0;
		rc = offline_remove(memory->nid, kmem_block_start(part, b), block_bytes(),
				    kmem_patience(left_ms, kmem_blocks_in(memory)));
		if (!rc)
			block_is_out(memory, part, b);
	}
	unreserve_part(part);
	return rc == -EINTR ? rc : 0;
}

int kmem_parts_remove(struct kmem_memory *memory, unsigned int limit_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(limit_ms);
	unsigned int i;
	int rc = 0;

	guard(mutex)(&memory->lock);
	for (i = memory->nr; !rc && i--; )
		rc = offline_part(memory, &memory->part[i], end);
	return rc;
}

/* ---- counting ---- */

u32 kmem_blocks(const struct kmem_memory *memory)
{
	u32 n = 0;
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		n += memory->part[i].span.nr;
	return n;
}

u32 kmem_blocks_in(const struct kmem_memory *memory)
{
	u32 n = 0;
	unsigned int i;

	for (i = 0; i < memory->nr; i++)
		n += kmem_set_count(memory->part[i].in, memory->part[i].span.nr);
	return n;
}

void kmem_name_blocks(const struct kmem_memory *memory, char *names)
{
	const struct kmem_part *part;
	size_t len = 0;
	unsigned int i;

	names[0] = '\0';
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		len = kmem_set_name(names, KMEM_NAMES_SIZE, len, part->in, part->span.nr,
				    part->span.first);
	}
}
