// SPDX-License-Identifier: GPL-2.0
/* What turns bad while it is System RAM: see kmem.h. */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/pfn.h>
#include "kmem.h"

/*
 * Take a page from whoever has it; who reads what it held gets SIGBUS, at the
 * read. True: nobody has it any more.
 */
static bool isolate(unsigned long pfn)
{
	int rc;

	if (!pfn_to_online_page(pfn))
		return true;
	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return false;
	rc = memory_failure(pfn, 0);
	/* somebody was faster: the machine-check handler, as a rule */
	return !rc || rc == -EHWPOISON;
}

static void repair_page(struct kmem_memory *memory, const struct range *bad)
{
	struct device *dev = memory->dev_dax->region->dev;
	unsigned long pfn = PHYS_PFN(bad->start);
	int rc;

	if (!isolate(pfn)) {
		dax_fail(memory->dev_dax, -EBUSY, ND_WHY_MEDIA,
			 "%#llx-%#llx has turned bad, and its page cannot be taken out of use: it stays bad",
			 bad->start, bad->end);
		return;
	}
	rc = nd_range_clear(dev, bad);
	if (rc) {
		dax_fail(memory->dev_dax, rc, ND_WHY_FIRMWARE,
			 "%#llx-%#llx has turned bad: its page is out of use, the platform does not clear it",
			 bad->start, bad->end);
		return;
	}
	atomic_long_inc(&memory->repaired);
}

/* Page by page: one that resists is left for the next time. */
static void repair_range(struct kmem_memory *memory, struct range todo)
{
	struct device *dev = memory->dev_dax->region->dev;
	struct range bad;
	u64 end;

	while (todo.start <= todo.end && nd_range_next_bad(dev, &todo, &bad)) {
		end = PFN_PHYS(PHYS_PFN(bad.start) + 1);
		bad.end = min(bad.end, end - 1);
		repair_page(memory, &bad);
		todo.start = bad.end + 1;
	}
}

void kmem_repair(struct work_struct *work)
{
	struct kmem_memory *memory = container_of(work, struct kmem_memory, repair);
	struct kmem_part *part;
	struct range block;
	unsigned int i;
	u32 b;

	guard(mutex)(&memory->lock);
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1)) {
			block.start = kmem_block_start(part, b);
			block.end = kmem_block_start(part, b + 1) - 1;
			repair_range(memory, block);
		}
	}
}

static int poison_found(struct notifier_block *nb, unsigned long action, void *region)
{
	kmem_memory_repair(region);
	return NOTIFY_OK;
}

static struct notifier_block poison_notifier = { .notifier_call = poison_found };

int kmem_repair_init(void)
{
	return nd_poison_register(&poison_notifier);
}

void kmem_repair_exit(void)
{
	nd_poison_unregister(&poison_notifier);
}
