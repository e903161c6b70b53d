// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that several regions share: a page of flush hints belongs to a
 * DIMM, and a DIMM to as many regions as it has interleave sets. Reserved and
 * mapped once, in the bus's name; gone with the last user.
 */
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "common/range.h"
#include "core/bus.h"

struct nd_map {
	struct list_head list;
	struct nvdimm_bus *bus;
	resource_size_t start;
	size_t size;
	unsigned long flags;	/* MEMREMAP_*, 0: device memory */
	unsigned int users;
	union {
		void *mem;
		void __iomem *iomem;
	};
};

static void nd_map_free(struct nd_map *map)
{
	if (map->flags)
		memunmap(map->mem);
	else
		iounmap(map->iomem);
	release_mem_region(map->start, map->size);
	kfree(map);
}

static struct nd_map *nd_map_new(struct nvdimm_bus *bus, resource_size_t start, size_t size,
				 unsigned long flags)
{
	struct nd_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int rc = -ENOMEM;

	if (!map)
		return ERR_PTR(rc);
	if (!request_mem_region(start, size, dev_name(&bus->dev))) {
		rc = nd_iomem_error(start, size);
		goto no_region;
	}
	*map = (struct nd_map) { .bus = bus, .start = start, .size = size, .flags = flags };
	if (flags)
		map->mem = memremap(start, size, flags);
	else
		map->iomem = ioremap(start, size);
	if (!map->mem)
		goto no_mapping;
	list_add(&map->list, &bus->maps);
	return map;

no_mapping:
	release_mem_region(start, size);
no_region:
	kfree(map);
	return ERR_PTR(rc);
}

static struct nd_map *nd_map_get(struct nvdimm_bus *bus, resource_size_t start, size_t size,
				 unsigned long flags)
{
	struct nd_map *map;

	guard(mutex)(&bus->maps_lock);
	list_for_each_entry(map, &bus->maps, list)
		if (map->start == start && map->size == size && map->flags == flags)
			goto found;
	map = nd_map_new(bus, start, size, flags);
	if (IS_ERR(map))
		return map;
found:
	map->users++;
	return map;
}

static void nd_map_put(void *data)
{
	struct nd_map *map = data;

	guard(mutex)(&map->bus->maps_lock);
	if (--map->users)
		return;
	list_del(&map->list);
	nd_map_free(map);
}

/**
 * nd_map_devm() - map physical memory that other regions may map too
 * @dev: device of the nd bus that uses it; the mapping goes with its driver
 * @offset: physical address, page aligned
 * @size: bytes, whole pages
 * @flags: MEMREMAP_*, or 0 for device memory (ioremap())
 *
 * The range appears in /proc/iomem under the bus's name.
 *
 * Context: process, may sleep; takes the bus's maps lock (rank 8).
 * Return: the mapping; -EBUSY when the range is taken, -ENOMEM.
 */
void *nd_map_devm(struct device *dev, resource_size_t offset, size_t size, unsigned long flags)
{
	struct nvdimm_bus *bus = nd_bus_of(dev);
	struct nd_map *map = bus ? nd_map_get(bus, offset, size, flags) : ERR_PTR(-ENXIO);
	int rc;

	if (IS_ERR(map))
		return ERR_CAST(map);
	rc = devm_add_action_or_reset(dev, nd_map_put, map);
	return rc ? ERR_PTR(rc) : map->mem;
}

/**
 * devm_nvdimm_memremap() - the same for drivers of the kernel
 * @dev: device of the nd bus that uses it
 * @offset: physical address, page aligned
 * @size: bytes, whole pages
 * @flags: MEMREMAP_*, or 0 for device memory (ioremap())
 *
 * Context: process. Return: the mapping, or NULL.
 */
void *devm_nvdimm_memremap(struct device *dev, resource_size_t offset, size_t size,
			   unsigned long flags)
{
	void *mem = nd_map_devm(dev, offset, size, flags);

	return IS_ERR(mem) ? NULL : mem;
}
EXPORT_SYMBOL_GPL(devm_nvdimm_memremap);
