// SPDX-License-Identifier: GPL-2.0
/* What turns bad while it is System RAM: see kmem.h. */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pagemap.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/set_memory.h>
#include <compat/memory.h>
#include "kmem/blocks.h"
#include "kmem/kmem.h"

/*
 * ---- bytes that are being cleared do not go online ----
 *
 * Nobody has a page of an offline block, so its poison may be cleared. But a store to the block's
 * `state` takes no lock of ours, and what the page's next owner writes would be lost to the
 * clearing. So the second of the two fails with -EAGAIN. A block counts as coming from
 * MEM_GOING_ONLINE until it is online or has failed; the kernel puts one online at a time. Where
 * the memmap lies in the block itself, the kernel's range begins after it, so it is widened to
 * the block.
 */

/**
 * struct clearing - bytes without an owner that are being cleared
 * @node: in @clearings
 * @range: physical addresses
 */
struct clearing {
	struct list_head node;
	struct range range;
};

static DEFINE_MUTEX(clearing_lock);	/* protects both; innermost */
static LIST_HEAD(clearings);
static struct range coming_block;
static bool block_comes;

static bool ranges_meet(const struct range *a, const struct range *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* False: a block there is coming online. Ask only after this whether it is online. */
static bool clearing_begin(struct clearing *clearing, const struct range *range)
{
	clearing->range = *range;
	guard(mutex)(&clearing_lock);
	if (block_comes && ranges_meet(&coming_block, range))
		return false;
	list_add(&clearing->node, &clearings);
	return true;
}

static void clearing_end(struct clearing *clearing)
{
	guard(mutex)(&clearing_lock);
	list_del(&clearing->node);
}

static bool may_come(const struct range *block)
{
	const struct clearing *clearing;

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

/* ---- repair ---- */

/* Between two tries for locks that others hold. */
#define REPAIR_RETRY	(HZ / 20 + 1)

/* Whose is a page of a mapping? Its lock keeps that from going. */
static enum kmem_contents contents_of(struct page *page)
{
	enum kmem_contents contents = KMEM_CONTENTS_FILE;
	struct address_space *mapping;

	if (PageAnon(page))
		return KMEM_CONTENTS_ANON;
	if (!READ_ONCE(page->mapping))
		return KMEM_CONTENTS_NONE;
	if (!trylock_page(page))
		return KMEM_CONTENTS_FILE;
	mapping = page->mapping;
	if (mapping && mapping->host && mapping->host->i_sb->s_magic == TMPFS_MAGIC)
		contents = KMEM_CONTENTS_SHMEM;
	unlock_page(page);
	return contents;
}

/* @taken: memory_failure() says so. */
static bool page_idle_now(struct page *page, bool taken)
{
	struct kmem_page_facts facts = {
		.poisoned = PageHWPoison(page),
		.compound = PageCompound(page),
		.slab = PageSlab(page),
		.lru = PageLRU(page),
		.taken = taken,
	};

	/* a part of something larger says nothing of the rest; what is in use may be anything */
	if (!facts.poisoned || facts.compound || facts.slab || facts.lru)
		return false;
	facts.mapped = folio_mapped(page_folio(page));
	facts.contents = contents_of(page);
	facts.off_buddy = compat_page_off_buddy(page);
	facts.refs = page_ref_count(page);
	return kmem_page_idle(&facts);
}

/*
 * Take a page from its users; a process that reads what it held gets SIGBUS, at the
 * read. True: nobody has it any more.
 */
static bool page_isolate(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	bool taken;

	if (!page)
		return true;
	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return false;
	/* others may have been faster, the machine-check handler as a rule: then it says nothing */
	taken = !PageHWPoison(page);
	if (memory_failure(pfn, 0))
		taken = false;
	return page_idle_now(page, taken);
}

void kmem_map_again(const struct range *block)
{
	unsigned long pfn;

	for (pfn = PHYS_PFN(block->start); pfn <= PHYS_PFN(block->end); pfn++)
		if (PageHWPoison(pfn_to_page(pfn)))
			clear_mce_nospec(pfn);
}

/* Nobody gets a page of @bad meanwhile that has none now. */
static void repair_page(struct kmem_memory *memory, struct device *region, const struct range *bad)
{
	int rc;

	if (!page_isolate(PHYS_PFN(bad->start))) {
		kmem_remark(memory, -EBUSY, ND_REASON_MEDIA,
			    "%#llx-%#llx has turned bad, and its page cannot be taken out of use: it stays bad",
			    bad->start, bad->end);
		return;
	}
	rc = nd_range_clear(region, bad);
	if (rc) {
		kmem_remark(memory, rc, ND_REASON_FIRMWARE,
			    "%#llx-%#llx has turned bad: its page is out of use, the platform does not clear it",
			    bad->start, bad->end);
		return;
	}
	atomic_long_inc(&memory->repaired);
}

/*
 * Page by page: one that resists is left for the next time. False: a block was about to go online,
 * try again.
 */
static bool repair_range(struct kmem_memory *memory, struct device *region, struct range todo)
{
	struct clearing clearing;
	struct range bad;
	u64 end;

	while (todo.start <= todo.end && nd_range_next_bad(region, &todo, &bad)) {
		end = PFN_PHYS(PHYS_PFN(bad.start) + 1);
		bad.end = min(bad.end, end - 1);
		if (!clearing_begin(&clearing, &bad))
			return false;
		repair_page(memory, region, &bad);
		clearing_end(&clearing);
		todo.start = bad.end + 1;
	}
	return true;
}

/* kmem_memory.lock is held. False: try again. */
static bool repair_blocks(struct kmem_memory *memory, struct device *region)
{
	struct kmem_part *part;
	struct range block;
	bool done = true;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1)) {
			block.start = kmem_block_start(part, b);
			block.end = kmem_block_start(part, b + 1) - 1;
			done &= repair_range(memory, region, block);
		}
	}
	return done;
}

/*
 * The region's driver is bound: its provider is there to be asked, and stays. Who unbinds it, or
 * who adds and removes blocks, may wait for something that we would hold: so no lock is waited
 * for. False: try again.
 */
static bool try_repair(struct kmem_memory *memory, struct device *region)
{
	bool done;

	if (!device_trylock(region))
		return false;
	done = !region->driver;
	if (!done && mutex_trylock(&memory->lock)) {
		done = repair_blocks(memory, region);
		mutex_unlock(&memory->lock);
	}
	device_unlock(region);
	return done;
}

void kmem_repair(struct work_struct *work)
{
	struct kmem_memory *memory = container_of(work, struct kmem_memory, repair.work);
	struct device *region = kmem_memory_region(memory);

	if (!region)
		return;
	if (!try_repair(memory, region))
		kmem_memory_repair_later(memory, REPAIR_RETRY);
	nd_range_unhold(region);
}

static int poison_found(struct notifier_block *nb, unsigned long action, void *event)
{
	kmem_memory_repair(event);
	return NOTIFY_OK;
}

static struct notifier_block poison_notifier = { .notifier_call = poison_found };

int kmem_repair_init(void)
{
	int rc = register_memory_notifier(&clearing_notifier);

	if (rc)
		return rc;
	rc = nd_poison_register(&poison_notifier);
	if (rc)
		unregister_memory_notifier(&clearing_notifier);
	return rc;
}

void kmem_repair_exit(void)
{
	nd_poison_unregister(&poison_notifier);
	unregister_memory_notifier(&clearing_notifier);
}
