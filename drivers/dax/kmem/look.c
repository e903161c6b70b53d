// SPDX-License-Identifier: GPL-2.0
/*
 * What would keep the blocks of a device's memory from going offline: its pages are looked at, and
 * none is held for that, so that what is said is of a moment. See stay.h.
 */
#include <linux/cleanup.h>
#include <linux/hugetlb.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/sysfs.h>
#include <compat/memory.h>
#include <compat/mm.h>
#include "kmem/kmem.h"
#include "kmem/stay.h"

static enum kmem_stay page_stay(struct page *page)
{
	struct folio *folio = page_folio(page);
	struct page *head = &folio->page;
	struct kmem_stay_facts facts = {
		.refs = folio_ref_count(folio),
		.compound = PageCompound(head),
		.poisoned = PageHWPoison(page),
		.buddy = PageBuddy(head),
		.slab = PageSlab(head),
		.typed = page_has_type(head) || PageReserved(page),
		.hugetlb = PageCompound(head) && PageHuge(head),
		.movable_ops = compat_page_movable_ops(head),
		.lru = PageLRU(head),
		.anon = PageAnon(head),
		.private = page_private(head) && PagePrivate(head),
		.pinned = compat_page_pinned(head),
	};

	facts.file = !facts.anon && !facts.slab && !facts.typed && READ_ONCE(folio->mapping);
	facts.cached = facts.anon && compat_page_swapped(head);
	if (!facts.compound && !facts.typed && !facts.slab)
		facts.maps = atomic_read(&head->_mapcount) + 1;
	return kmem_stay_of(&facts);
}

/* Of block @start; kmem_memory.lock keeps its struct pages. */
static void block_look(u64 start, struct kmem_stay_count *count)
{
	unsigned long pfn = PHYS_PFN(start), end = pfn + PHYS_PFN(memory_block_size_bytes());
	struct page *page;

	for (; pfn < end; pfn++) {
		if (!(pfn % PAGES_PER_SECTION))
			cond_resched();
		page = pfn_to_online_page(pfn);
		if (page)
			kmem_stay_add(count, page_stay(page), PFN_PHYS(pfn));
	}
}

void kmem_look(const struct kmem_memory *memory, kmem_look_each each, void *data)
{
	const struct kmem_part *part;
	unsigned int i;
	u32 b;

	lockdep_assert_held(&memory->lock);
	for (i = 0; i < memory->nr; i++) {
		part = &memory->part[i];
		for (b = kmem_next_in(part, 0); b < part->span.nr; b = kmem_next_in(part, b + 1)) {
			struct kmem_stay_count count = { };

			if (fatal_signal_pending(current))
				return;
			block_look(kmem_block_start(part, b), &count);
			each(data, part->span.first + b, &count);
		}
	}
}

/* ---- saying ---- */

int kmem_stay_tell(const struct kmem_stay_count *count, char *buf, size_t size)
{
	const char *between = "";
	unsigned int i;
	int len = 0;

	for (i = KMEM_STAY_PINNED; i < KMEM_STAY_NR; i++) {
		if (!count->nr[i])
			continue;
		len += scnprintf(buf + len, size - len, "%s%s %lu", between, kmem_stay_word(i),
				 count->nr[i]);
		between = ", ";
	}
	return len + scnprintf(buf + len, size - len, ", the first at %#llx", count->first);
}

/* Room that the last line of a page has to have. */
#define LAST_LINE	40

struct removable {
	char *buf;
	int len;
	u32 goes;
	u32 stays;
	u32 left_out;
};

static void removable_block(void *data, u64 block, const struct kmem_stay_count *count)
{
	struct removable *r = data;
	char text[128];

	if (!kmem_stay_left(count)) {
		r->goes++;
		return;
	}
	r->stays++;
	kmem_stay_tell(count, text, sizeof(text));
	if (r->left_out || r->len + 32 + strlen(text) + LAST_LINE > PAGE_SIZE) {
		r->left_out++;
		return;
	}
	r->len += sysfs_emit_at(r->buf, r->len, "memory%llu: %s\n", block, text);
}

int kmem_removable_show(struct kmem_memory *memory, char *buf)
{
	struct removable r = { .buf = buf };

	/* who has it may wait for whoever unbinds the device, and that waits for us */
	if (!mutex_trylock(&memory->lock))
		return -EBUSY;
	kmem_look(memory, removable_block, &r);
	mutex_unlock(&memory->lock);
	if (r.left_out)
		r.len += sysfs_emit_at(buf, r.len, "and %u more\n", r.left_out);
	if (!r.stays)
		r.len += sysfs_emit_at(buf, r.len, "%s\n", r.goes ? "yes" : "removed");
	return r.len;
}

static void all_blocks(void *data, u64 block, const struct kmem_stay_count *count)
{
	kmem_stay_join(data, count);
}

void kmem_look_at_all(struct kmem_memory *memory, struct kmem_stay_count *count)
{
	guard(mutex)(&memory->lock);
	kmem_look(memory, all_blocks, count);
}
