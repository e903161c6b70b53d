// SPDX-License-Identifier: GPL-2.0
/*
 * Free capacity of a region.
 *
 * Busy is what any label on any of its DIMMs occupies, ours or not, and what
 * the region's namespaces hold. Only what an interrupted change left behind is
 * free: the next change on that DIMM drops it.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "ns.h"
#include "region.h"

/* Extents in use, sorted, with the space they are in. */
struct busy {
	struct dpa_space space;
	struct dpa_extent *extent;
	u32 max;
};

static int by_start(const void *a, const void *b)
{
	const struct dpa_extent *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

bool nd_region_orphaned(const struct nd_region *region, u16 mapping, u32 slot)
{
	u32 i;

	for (i = 0; i < region->norphan; i++)
		if (region->orphan[i].mapping == mapping && region->orphan[i].slot == slot)
			return true;
	return false;
}

static void add(struct busy *busy, u64 start, u64 size)
{
	if (busy->space.nr < busy->max)
		busy->extent[busy->space.nr++] = (struct dpa_extent) { start, size };
}

static void add_labels(struct busy *busy, struct nd_region *region, u16 index)
{
	const struct nd_mapping *m = &region->mapping[index];
	u32 i;

	for (i = 0; i < m->nvdimm->nlabel; i++) {
		const struct nd_label *label = &m->nvdimm->label[i];
		u64 start = max(label->dpa, m->start);
		u64 end = min(label->dpa + label->size, m->start + m->size);

		if (start < end && !nd_region_orphaned(region, index, label->slot))
			add(busy, start - m->start, end - start);
	}
}

static bool grow(struct busy *busy, u32 more)
{
	struct dpa_extent *extent;

	if (busy->space.nr + more <= busy->max)
		return true;
	extent = kvmalloc_array(busy->space.nr + more, sizeof(*extent), GFP_KERNEL);
	if (!extent)
		return false;
	if (busy->extent)
		memcpy(extent, busy->extent, busy->space.nr * sizeof(*extent));
	kvfree(busy->extent);
	busy->extent = extent;
	busy->max = busy->space.nr + more;
	return true;
}

static u64 smallest_mapping(const struct nd_region *region)
{
	u64 size = region->size / nd_region_ways(region);
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		size = min(size, region->mapping[i].size);
	return size;
}

/* false: no memory, or a DIMM is disabled: no statement is possible, so no capacity either. */
static bool busy_collect(struct nd_region *region, const struct nd_ns *except, struct busy *busy)
{
	u64 ways = nd_region_ways(region);
	struct nd_ns *ns;
	u32 count = 0;
	u16 i;

	*busy = (struct busy) {
		.space = {
			.size = smallest_mapping(region),
			.align = region->align / ways,
			.phase = region->start % region->align / ways,
		},
	};
	list_for_each_entry(ns, &region->namespaces, list)
		count++;
	if (!grow(busy, count))
		return false;
	list_for_each_entry(ns, &region->namespaces, list)
		/* a bare range takes nothing from what labels could give out */
		if (ns->labelled && ns->cfg.size && ns != except)
			add(busy, ns->cfg.offset, ns->cfg.size / ways);
	for (i = 0; i < region->num_mappings; i++) {
		struct nvdimm *nvdimm = region->mapping[i].nvdimm;

		guard(mutex)(&nvdimm->labels);
		if (!nvdimm->bound || !grow(busy, nvdimm->nlabel))
			return false;
		add_labels(busy, region, i);
	}
	sort(busy->extent, busy->space.nr, sizeof(*busy->extent), by_start, NULL);
	busy->space.busy = busy->extent;
	return true;
}

static void busy_free(struct busy *busy)
{
	kvfree(busy->extent);
}

u64 nd_region_available(struct nd_region *region)
{
	struct busy busy;
	u64 bytes = 0;

	if (busy_collect(region, NULL, &busy))
		bytes = dpa_free(&busy.space) * nd_region_ways(region);
	busy_free(&busy);
	return bytes;
}

u64 nd_region_max_extent(struct nd_region *region)
{
	struct busy busy;
	u64 bytes = 0;

	if (busy_collect(region, NULL, &busy))
		bytes = dpa_largest(&busy.space).size * nd_region_ways(region);
	busy_free(&busy);
	return bytes;
}

int nd_region_find(struct nd_region *region, struct device *dev, u64 size, u64 *offset)
{
	u64 ways = nd_region_ways(region);
	struct busy busy;
	int rc = 0;

	if (!busy_collect(region, NULL, &busy))
		rc = nd_note(dev, -ENXIO, ND_WHY_DISABLED,
			     "a DIMM of %s is disabled", dev_name(&region->dev));
	else if (!dpa_find(&busy.space, size / ways, offset))
		rc = nd_note(dev, -ENOSPC, ND_WHY_SPACE,
			     "%llu bytes wanted, %llu free in %s, largest extent %llu",
			     size, dpa_free(&busy.space) * ways, dev_name(&region->dev),
			     dpa_largest(&busy.space).size * ways);
	busy_free(&busy);
	return rc;
}

/* Its own labels are busy too, and end where it ends: what follows them is what counts. */
u64 nd_region_room(struct nd_region *region, struct nd_ns *ns)
{
	u64 ways = nd_region_ways(region);
	struct busy busy;
	u64 bytes = 0;

	if (busy_collect(region, ns, &busy))
		bytes = dpa_room(&busy.space, ns->cfg.offset + ns->cfg.size / ways) * ways;
	busy_free(&busy);
	return bytes;
}
