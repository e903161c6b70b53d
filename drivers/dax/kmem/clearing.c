// SPDX-License-Identifier: GPL-2.0
/*
 * What is being cleared of poison does not go online meanwhile. Nobody has a page
 * of a block that is offline, so it may be cleared; but a store to the block's
 * `state` needs no lock of ours, and the page's next owner would lose what he has
 * written to what firmware clears. So of the two, whoever is second is told to try
 * again.
 *
 * A block is *coming* from the kernel's question until it is online, or is not
 * going to be. The kernel puts one online at a time. It asks of the pages that
 * somebody may get; where the memmap lies in the block itself these begin behind
 * it, and poison there is cleared as well.
 */
#include <linux/cleanup.h>
#include <linux/memory.h>
#include <linux/mutex.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include "kmem/blocks.h"
#include "kmem/kmem.h"

static DEFINE_MUTEX(clearing_lock);	/* protects both; innermost */
static LIST_HEAD(clearings);
static struct range coming_block;
static bool block_comes;

static bool ranges_meet(const struct range *a, const struct range *b)
{
	return a->start <= b->end && b->start <= a->end;
}

bool kmem_clearing_begin(struct kmem_clearing *clearing, const struct range *range)
{
	clearing->range = *range;
	guard(mutex)(&clearing_lock);
	if (block_comes && ranges_meet(&coming_block, range))
		return false;
	list_add(&clearing->node, &clearings);
	return true;
}

void kmem_clearing_end(struct kmem_clearing *clearing)
{
	guard(mutex)(&clearing_lock);
	list_del(&clearing->node);
}

static bool may_come(const struct range *block)
{
	const struct kmem_clearing *clearing;

	guard(mutex)(&clearing_lock);
	list_for_each_entry(clearing, &clearings, node)
		if (ranges_meet(&clearing->range, block))
			return false;
	coming_block = *block;
	block_comes = true;
	return true;
}

static int block_comes_or_not(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct memory_notify *notify = data;
	struct range block = {
		.start = PFN_PHYS(notify->start_pfn),
		.end = PFN_PHYS(notify->start_pfn + notify->nr_pages) - 1,
	};

	kmem_cover(&block.start, &block.end, memory_block_size_bytes());
	switch (action) {
	case MEM_GOING_ONLINE:
		if (may_come(&block))
			break;
		pr_notice("kmem: %#llx-%#llx does not go online while bytes of it are cleared of poison: try again\n",
			  block.start, block.end);
		return notifier_from_errno(-EAGAIN);
	case MEM_ONLINE:
	case MEM_CANCEL_ONLINE:
		scoped_guard(mutex, &clearing_lock)
			block_comes = false;
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block clearing_notifier = { .notifier_call = block_comes_or_not };

int kmem_clearing_init(void)
{
	return register_memory_notifier(&clearing_notifier);
}

void kmem_clearing_exit(void)
{
	unregister_memory_notifier(&clearing_notifier);
}
