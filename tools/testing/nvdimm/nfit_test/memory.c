// SPDX-License-Identifier: GPL-2.0
/* Pretended physical memory; see boundary.h. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include "boundary.h"
#include "wrap.h"

static LIST_HEAD(ranges);
static DEFINE_SPINLOCK(ranges_lock);

void mock_range_add(struct mock_range *range)
{
	spin_lock(&ranges_lock);
	list_add_tail_rcu(&range->node, &ranges);
	spin_unlock(&ranges_lock);
}
EXPORT_SYMBOL_GPL(mock_range_add);

void mock_range_del(struct mock_range *range)
{
	spin_lock(&ranges_lock);
	list_del_rcu(&range->node);
	spin_unlock(&ranges_lock);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(mock_range_del);

const struct mock_range *mock_range_at(u64 addr)
{
	const struct mock_range *range, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(range, &ranges, node) {
		if (addr >= range->start && addr - range->start < range->size) {
			found = range;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}
EXPORT_SYMBOL_GPL(mock_range_at);

const struct mock_range *mock_range_of(const void *memory)
{
	const struct mock_range *range, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(range, &ranges, node) {
		if (memory >= range->memory && memory < range->memory + range->size) {
			found = range;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}
EXPORT_SYMBOL_GPL(mock_range_of);

u64 mock_address(const void *memory)
{
	const struct mock_range *range = mock_range_of(memory);

	return range ? range->start + (memory - range->memory) : 0;
}
EXPORT_SYMBOL_GPL(mock_address);

/* Where [addr, addr + size) is, or NULL when it is real. */
static void *pretended(u64 addr, u64 size)
{
	const struct mock_range *range = mock_range_at(addr);

	if (!range || size > range->size - (addr - range->start))
		return NULL;
	return range->memory + (addr - range->start);
}

void *__wrap_memremap(resource_size_t offset, size_t size, unsigned long flags)
{
	return pretended(offset, size) ?: memremap(offset, size, flags);
}
EXPORT_SYMBOL_GPL(__wrap_memremap);

void __wrap_memunmap(void *addr)
{
	if (!mock_range_of(addr))
		memunmap(addr);
}
EXPORT_SYMBOL_GPL(__wrap_memunmap);

void *__wrap_devm_memremap(struct device *dev, resource_size_t offset, size_t size,
			   unsigned long flags)
{
	return pretended(offset, size) ?: devm_memremap(dev, offset, size, flags);
}
EXPORT_SYMBOL_GPL(__wrap_devm_memremap);

void __iomem *__wrap_ioremap(resource_size_t offset, unsigned long size)
{
	void *memory = pretended(offset, size);

	return memory ? (void __iomem *)memory : ioremap(offset, size);
}
EXPORT_SYMBOL_GPL(__wrap_ioremap);

void __wrap_iounmap(void __iomem *addr)
{
	if (!mock_range_of((const void __force *)addr))
		iounmap(addr);
}
EXPORT_SYMBOL_GPL(__wrap_iounmap);

/*
 * Pages of vmalloc memory have struct pages, and are no device's. Whoever wants
 * the frame of each finds it (in_nd_pmem.c, in_device_dax.c); that they form
 * larger pages cannot be pretended.
 */
static void *pretended_pages(struct dev_pagemap *pgmap)
{
	void *memory = pretended(pgmap->range.start, range_len(&pgmap->range));

	return memory && pgmap_vmemmap_nr(pgmap) > 1 ? ERR_PTR(-EOPNOTSUPP) : memory;
}

/* A device's page is forgotten with its device; these are given back, as they were found. */
static void forget_mappings(const struct dev_pagemap *pgmap)
{
	void *memory = pretended(pgmap->range.start, range_len(&pgmap->range));
	struct folio *folio;

	for (u64 at = 0; at < range_len(&pgmap->range); at += PAGE_SIZE) {
		folio = page_folio(vmalloc_to_page(memory + at));
		folio->mapping = NULL;
		folio->index = 0;
	}
}

void *__wrap_memremap_pages(struct dev_pagemap *pgmap, int nid)
{
	return pretended_pages(pgmap) ?: memremap_pages(pgmap, nid);
}
EXPORT_SYMBOL_GPL(__wrap_memremap_pages);

void __wrap_memunmap_pages(struct dev_pagemap *pgmap)
{
	if (!mock_range_at(pgmap->range.start))
		memunmap_pages(pgmap);
	else if (pgmap->type == MEMORY_DEVICE_GENERIC)
		forget_mappings(pgmap);
}
EXPORT_SYMBOL_GPL(__wrap_memunmap_pages);

void *__wrap_devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
{
	return pretended_pages(pgmap) ?: devm_memremap_pages(dev, pgmap);
}
EXPORT_SYMBOL_GPL(__wrap_devm_memremap_pages);
