// SPDX-License-Identifier: GPL-2.0
/* Pretended physical memory; see boundary.h. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/memremap.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
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
	const struct mock_range *range;

	guard(rcu)();
	list_for_each_entry_rcu(range, &ranges, node)
		if (addr >= range->start && addr - range->start < range->size)
			return range;
	return NULL;
}
EXPORT_SYMBOL_GPL(mock_range_at);

const struct mock_range *mock_range_of(const void *memory)
{
	const struct mock_range *range;

	guard(rcu)();
	list_for_each_entry_rcu(range, &ranges, node)
		if (memory >= range->memory && memory < range->memory + range->size)
			return range;
	return NULL;
}
EXPORT_SYMBOL_GPL(mock_range_of);

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
 * Pages of vmalloc memory have struct pages, and are no device's. For nd_pmem
 * that will do: it asks for the frame of each (in_nd_pmem.c). device_dax takes
 * the frames of a device to follow each other.
 */
static void *pretended_pages(const struct dev_pagemap *pgmap)
{
	void *memory = pretended(pgmap->range.start, range_len(&pgmap->range));

	return memory && pgmap->type == MEMORY_DEVICE_GENERIC ? ERR_PTR(-EOPNOTSUPP) : memory;
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
}
EXPORT_SYMBOL_GPL(__wrap_memunmap_pages);

void *__wrap_devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
{
	return pretended_pages(pgmap) ?: devm_memremap_pages(dev, pgmap);
}
EXPORT_SYMBOL_GPL(__wrap_devm_memremap_pages);
