// SPDX-License-Identifier: GPL-2.0
/*
 * The memory that ranges are cut from: what firmware or the command line has
 * set aside, and nobody uses. Where it shall be found is told to /proc/iomem,
 * as firmware does it: neighbours look like one.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "provider.h"

struct covered {
	u64 start;
	u64 end;
	u64 bytes;
};

static int add_covered(struct resource *res, void *data)
{
	struct covered *c = data;
	u64 from = max_t(u64, res->start, c->start), to = min_t(u64, res->end, c->end);

	if (from <= to)
		c->bytes += to - from + 1;
	return 0;
}

/* How many bytes of a range entries of one kind have. */
static u64 count(u64 start, u64 size, unsigned long flags, unsigned long desc)
{
	struct covered c = { .start = start, .end = start + size - 1 };

	walk_iomem_res_desc(desc, flags, 0, -1, &c, add_covered);
	return c.bytes;
}

static bool is_set_aside(u64 start, u64 size)
{
	static const unsigned long kinds[] = {
		IORES_DESC_PERSISTENT_MEMORY_LEGACY,
		IORES_DESC_PERSISTENT_MEMORY,
		IORES_DESC_RESERVED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (count(start, size, IORESOURCE_MEM, kinds[i]) == size)
			return true;
	return false;
}

/* May the bytes be used? They are about to be written: no guess is good enough. */
int provider_memory_check(u64 start, u64 size)
{
	if (!is_set_aside(start, size)) {
		pr_err("nd_provider: %#llx-%#llx: not set aside as a whole, by memmap=SIZE!START or memmap=SIZE$START: see /proc/iomem\n",
		       start, start + size - 1);
		return -ENXIO;
	}
	if (count(start, size, IORESOURCE_MEM | IORESOURCE_BUSY, IORES_DESC_NONE)) {
		pr_err("nd_provider: %#llx-%#llx: in use: see /proc/iomem\n", start,
		       start + size - 1);
		return -EBUSY;
	}
	return 0;
}

static void *map(u64 start, u64 size)
{
	void *addr = memremap(start, size, ARCH_MEMREMAP_PMEM);

	if (!addr)
		pr_err("nd_provider: %#llx-%#llx cannot be mapped\n", start, start + size - 1);
	return addr;
}

/* The DIMM is the same, its address another. */
int provider_memory_move(u64 from, u64 to, u64 size)
{
	void *src, *dst;
	int rc = provider_memory_check(from, size);

	if (rc)
		return rc;
	src = map(from, size);
	dst = map(to, size);
	/* places may overlap, so the direction is the addresses', not the mappings' */
	if (src && dst && to <= from)
		for (u64 at = 0; at < size; at += PAGE_SIZE)
			memcpy(dst + at, src + at, PAGE_SIZE);
	else if (src && dst)
		for (u64 at = size; at; at -= PAGE_SIZE)
			memcpy(dst + at - PAGE_SIZE, src + at - PAGE_SIZE, PAGE_SIZE);
	else
		rc = -ENOMEM;
	if (!rc)
		arch_wb_cache_pmem(dst, size);
	if (src)
		memunmap(src);
	if (dst)
		memunmap(dst);
	return rc;
}

int provider_memory_wipe(u64 start, u64 size)
{
	void *addr = map(start, size);

	if (!addr)
		return -ENOMEM;
	memset(addr, 0, size);
	arch_wb_cache_pmem(addr, size);
	memunmap(addr);
	return 0;
}

/* ---- /proc/iomem ---- */

struct entry {
	struct list_head node;
	struct resource res;
};

static LIST_HEAD(entries);

static int by_start(const void *a, const void *b)
{
	const struct provider_spec *const *x = a, *const *y = b;

	return (*x)->start < (*y)->start ? -1 : 1;
}

static int enter(u64 start, u64 end)
{
	struct resource res = DEFINE_RES_MEM_NAMED(start, end - start, "Persistent Memory");
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return -ENOMEM;
	entry->res = res;
	entry->res.desc = IORES_DESC_PERSISTENT_MEMORY;
	if (insert_resource(&iomem_resource, &entry->res)) {
		pr_err("nd_provider: %#llx-%#llx overlaps something in part: see /proc/iomem\n",
		       start, end - 1);
		kfree(entry);
		return -EBUSY;
	}
	list_add(&entry->node, &entries);
	return 0;
}

int provider_iomem_enter(bool merge)
{
	const struct provider_spec *sorted[PROVIDER_RANGES];
	unsigned int n = 0;
	int rc = 0;

	/* a host's device is in no memory map */
	for (unsigned int i = 0; i < provider_nranges; i++)
		if (!provider_ranges[i].spec.ring && !provider_ranges[i].spec.unchecked)
			sorted[n++] = &provider_ranges[i].spec;
	sort(sorted, n, sizeof(sorted[0]), by_start, NULL);
	for (unsigned int i = 0; i < n && !rc; i++) {
		u64 start = sorted[i]->start;

		while (merge && i + 1 < n && provider_end(sorted[i]) == sorted[i + 1]->start)
			i++;
		rc = enter(start, provider_end(sorted[i]));
	}
	return rc;
}

void provider_iomem_leave(void)
{
	struct entry *entry, *next;

	list_for_each_entry_safe(entry, next, &entries, node) {
		list_del(&entry->node);
		remove_resource(&entry->res);
		kfree(entry);
	}
}
