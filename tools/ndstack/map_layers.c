// SPDX-License-Identifier: GPL-2.0
/* What a machine has, as layers. Pure: see map.h. */
#include <errno.h>
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include "layout/layout.h"
#include "map.h"

/* Whose word counts; below LEVEL_REGION lie the depths of /proc/iomem. */
enum {
	LEVEL_REGION = 100, LEVEL_DAX, LEVEL_NAMESPACE, LEVEL_PART, LEVEL_INFO, LEVEL_KMEM,
	LEVEL_KMEM_OF_NAMESPACE,
};

/**
 * struct layering - layers in the making
 * @m: of what
 * @map: that has them
 * @taken: for each range: it is a namespace's RAM already; a saved map can have thousands of
 *	namespaces in one place
 * @rc: 0 or -ENOMEM
 */
struct layering {
	const struct machine *m;
	struct map *map;
	bool *taken;
	int rc;
};

static void layer_add(struct layering *l, const struct map_layer *layer)
{
	void *array = l->map->layers;
	struct map_layer *at;

	if (layer->start >= layer->end || l->rc)
		return;
	at = machine_add(&array, &l->map->nr_layers, sizeof(*at));
	l->map->layers = array;
	if (at)
		*at = *layer;
	else
		l->rc = -ENOMEM;
}

/* ---- /proc/iomem ---- */

static bool layer_named(const char *name, const char *const *names)
{
	while (*names && strncmp(name, *names, strlen(*names)))
		names++;
	return *names;
}

/* What a line means, given what the one it lies in does. */
static enum map_kind layer_kind(const char *name, enum map_kind outer)
{
	static const char *const firmware[] = {
		"Reserved", "reserved", "ACPI ", "Unusable", "Unknown E820", "RAM buffer", NULL
	};
	static const char *const specific[] = { "Soft Reserved", "soft reserved", NULL };
	static const char *const pmem[] = { "Persistent Memory", "Persistent RAM", NULL };

	if (!strcmp(name, MACHINE_KMEM))
		return MAP_KMEM;
	if (!strcmp(name, "System RAM"))
		return MAP_RAM;
	if (layer_named(name, pmem))
		return MAP_PMEM;
	if (layer_named(name, specific))
		return MAP_SPECIFIC;
	/* what the kernel keeps of its own RAM is RAM */
	if (layer_named(name, firmware))
		return outer == MAP_RAM ? MAP_RAM : MAP_FIRMWARE;
	return outer;
}

static s32 layer_node(const struct machine_extent *extent)
{
	s32 node;

	return sscanf(extent->name, "node%d", &node) == 1 && node >= 0 ? node : -1;
}

/* RAM, by the nodes that it is on. */
static void layer_add_ram(struct layering *l, struct map_layer ram, u32 *extent)
{
	const struct machine *m = l->m;
	u64 end = ram.end;

	while (*extent < m->nr_extents &&
	       m->extents[*extent].start + m->extents[*extent].size <= ram.start)
		(*extent)++;
	for (u32 i = *extent; i < m->nr_extents && m->extents[i].start < end; i++) {
		const struct machine_extent *e = &m->extents[i];

		if (e->start + e->size <= ram.start)
			continue;
		ram.node = -1;
		ram.end = max(ram.start, e->start);
		layer_add(l, &ram);
		ram.start = ram.end;
		ram.end = min(end, e->start + e->size);
		ram.node = layer_node(e);
		layer_add(l, &ram);
		ram.start = ram.end;
	}
	ram.node = -1;
	ram.end = end;
	layer_add(l, &ram);
}

#define LAYER_DEPTHS	65

/* RAM that kmem has made: of the dax device whose name the line has that it lies in. */
static void layer_add_kmem(struct layering *l, struct map_layer kmem, const char *outer)
{
	const struct machine_dax *dax = machine_dax(l->m, outer);

	kmem.level = LEVEL_KMEM;
	if (dax) {
		kmem.name = dax->name;
		kmem.node = dax->target_node;
	}
	layer_add(l, &kmem);
}

static void layer_iomem(struct layering *l)
{
	enum map_kind outer[LAYER_DEPTHS + 1] = { MAP_DEVICE };
	const char *name = "";
	u32 extent = 0;

	for (u32 i = 0; i < l->m->nr_ranges; i++) {
		const struct machine_range *r = &l->m->ranges[i];
		u32 depth = min(r->depth, (u64)LAYER_DEPTHS - 1);
		struct map_layer layer = {
			.start = r->start, .end = r->start + r->size, .level = depth,
			.kind = layer_kind(r->name, outer[depth]), .node = -1,
			.region = MAP_NOBODY, .ns = MAP_NOBODY, .name = r->name,
		};

		for (u32 d = depth + 1; d <= LAYER_DEPTHS; d++)
			outer[d] = layer.kind;
		if (layer.kind == MAP_KMEM && !strcmp(r->name, MACHINE_KMEM))
			layer_add_kmem(l, layer, name);
		else if (layer.kind == MAP_RAM && (!depth || outer[depth] != MAP_RAM))
			layer_add_ram(l, layer, &extent);
		else if (!depth || layer.kind != outer[depth])
			layer_add(l, &layer);
		if (layer.kind != MAP_KMEM)
			name = r->name;
	}
}

/* ---- namespaces ---- */

/*
 * Bytes that are given up before the info-block's reserve: what drivers have reserved in
 * /proc/iomem, for this namespace and inside of it, begins behind them.
 */
static u64 layer_start_pad(const struct machine *m, const struct machine_namespace *ns)
{
	for (u32 i = machine_ranges_from(m, ns->start);
	     i < m->nr_ranges && m->ranges[i].start < ns->start + ns->size; i++) {
		const struct machine_range *r = &m->ranges[i];

		if (!strcmp(r->name, ns->name) || (*ns->holder && !strcmp(r->name, ns->holder)))
			return r->start - ns->start;
		/* RAM may lie in very many pieces behind */
		if (r->start >= ns->data)
			break;
	}
	return 0;
}

static u64 layer_memmap_end(const struct machine *m, u64 start, u64 size)
{
	const struct pfn_request req = {
		.start = start, .size = size, .page_size = m->page,
		.page_struct_size = m->page_struct, .granule = SZ_2M, .unit = m->unit,
		.section = m->section, .block = SZ_2M,
	};

	return pfn_layout_memmap_end(&req, start, size);
}

/* Where struct pages lie, before the data. @part: of the namespace */
static void layer_memmap(struct layering *l, const struct machine_namespace *ns,
			 struct map_layer part, u64 start, u64 end)
{
	u64 first = start + ND_INFO_RESERVE, bytes = ns->memmap_bytes;

	if (!strcmp(ns->memmap, "mem"))
		bytes = 0;
	/* other drivers do not say how much of it there is */
	if (bytes == MACHINE_UNKNOWN)
		return;
	part.kind = MAP_PAD;
	part.start = start;
	part.end = ns->data;
	layer_add(l, &part);
	if (!bytes)
		return;
	part.kind = MAP_MEMMAP;
	part.level = LEVEL_INFO;
	part.end = layer_memmap_end(l->m, start, end - start);
	if (part.end > ns->data || part.end < bytes || part.end - bytes < first)
		part.end = min(first + bytes, ns->data);
	part.start = max(first, part.end - min(bytes, part.end));
	layer_add(l, &part);
}

/* What there is of an fsdax or devdax namespace whose data are known. */
static void layer_parts(struct layering *l, const struct machine_namespace *ns,
			struct map_layer part, enum map_kind data)
{
	u64 end = ns->start + ns->size, data_end, start;

	if (!machine_placed(ns->data, ns->data_size))
		return;
	data_end = ns->data + ns->data_size;
	if (ns->data < ns->start || data_end > end)
		return;
	part.level = LEVEL_PART;
	part.kind = data;
	part.start = ns->data;
	part.end = data_end;
	layer_add(l, &part);
	part.kind = MAP_PAD;
	part.start = data_end;
	part.end = end;
	layer_add(l, &part);
	if (ns->data - ns->start < ND_INFO_RESERVE)
		return;
	start = ns->start + layer_start_pad(l->m, ns);
	if (start > ns->data - ND_INFO_RESERVE)
		start = ns->start;
	part.start = ns->start;
	part.end = start;
	layer_add(l, &part);
	layer_memmap(l, ns, part, start, data_end);
	/* the info-block has its place from the namespace's start, whatever is given up there */
	part.level = LEVEL_INFO;
	part.kind = MAP_INFO;
	part.start = ns->start;
	part.end = ns->start + ND_INFO_RESERVE;
	layer_add(l, &part);
}

/* What of it is RAM by now. */
static void layer_kmem(struct layering *l, const struct machine_namespace *ns,
		       struct map_layer part)
{
	const struct machine *m = l->m;
	u64 end = part.end;

	part.level = LEVEL_KMEM_OF_NAMESPACE;
	part.kind = MAP_KMEM;
	for (u32 i = machine_ranges_from(m, ns->start);
	     i < m->nr_ranges && m->ranges[i].start < end; i++) {
		if (l->taken[i] || strcmp(m->ranges[i].name, MACHINE_KMEM))
			continue;
		l->taken[i] = true;
		part.start = m->ranges[i].start;
		part.end = min(end, part.start + m->ranges[i].size);
		layer_add(l, &part);
	}
}

static void layer_namespace(struct layering *l, u32 index)
{
	const struct machine_namespace *ns = &l->m->namespaces[index];
	const struct machine_region *region = machine_region(l->m, ns->region);
	struct map_layer layer = {
		.level = LEVEL_NAMESPACE, .kind = MAP_DISABLED, .ns = index, .name = ns->name,
		.node = region ? region->node : -1,
		.region = region ? region - l->m->regions : MAP_NOBODY,
	};

	if (!machine_placed(ns->start, ns->size))
		return;
	layer.start = ns->start;
	layer.end = ns->start + ns->size;
	if (!strcmp(ns->mode, MACHINE_RAW))
		layer.kind = MAP_RAW;
	else if (!strcmp(ns->mode, MACHINE_SECTOR))
		layer.kind = MAP_SECTOR;
	else if (*ns->mode && ns->enabled)
		layer.kind = MAP_META;
	layer_add(l, &layer);
	if (layer.kind != MAP_META)
		return;
	if (!strcmp(ns->mode, MACHINE_FSDAX)) {
		layer_parts(l, ns, layer, MAP_FSDAX);
		return;
	}
	layer_parts(l, ns, layer, MAP_DEVDAX);
	if (region)
		layer.node = region->target_node;
	layer_kmem(l, ns, layer);
}

/* ---- regions, and the dax bus ---- */

static void layer_region(struct layering *l, u32 index)
{
	const struct machine_region *region = &l->m->regions[index];
	struct map_layer layer = {
		.start = region->start, .level = LEVEL_REGION, .region = index, .ns = MAP_NOBODY,
		.node = region->node, .name = region->name,
		.kind = region->enabled && region->labelled ? MAP_FREE : MAP_REGION,
	};

	if (!machine_placed(region->start, region->size))
		return;
	layer.end = region->start + region->size;
	layer_add(l, &layer);
}

/* Those of namespaces are these; one of several ranges says only where it begins. */
static void layer_dax(struct layering *l, u32 index)
{
	const struct machine_dax *dax = &l->m->daxes[index];
	struct map_layer layer = {
		.start = dax->start, .level = LEVEL_DAX, .kind = MAP_DAX, .node = dax->target_node,
		.region = MAP_NOBODY, .ns = MAP_NOBODY, .name = dax->name,
	};

	if (!machine_placed(dax->start, dax->size))
		return;
	layer.end = dax->start + dax->size;
	layer_add(l, &layer);
}

int map_layers(const struct machine *m, struct map *map)
{
	struct layering l = { m, map, calloc(m->nr_ranges + 1, sizeof(*l.taken)) };

	if (!l.taken)
		return -ENOMEM;
	layer_iomem(&l);
	for (u32 i = 0; i < m->nr_regions; i++)
		layer_region(&l, i);
	for (u32 i = 0; i < m->nr_daxes; i++)
		layer_dax(&l, i);
	for (u32 i = 0; i < m->nr_namespaces; i++)
		layer_namespace(&l, i);
	free(l.taken);
	return l.rc;
}
