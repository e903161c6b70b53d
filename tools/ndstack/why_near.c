// SPDX-License-Identifier: GPL-2.0
/* Who shares a unit of struct pages with a device. Pure: see why_near.h. */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <stdio.h>
#include <string.h>
#include "why_near.h"

/* Memory that has struct pages, or may have some day: not what is left of its own region. */
static bool near_counts(const struct map *map, u32 segment, const char *region)
{
	const struct map_layer *l = map_layer(map, segment);

	if (!l || l->kind == MAP_DEVICE || l->kind == MAP_FIRMWARE)
		return false;
	return l->ns != MAP_NOBODY || l->region == MAP_NOBODY ||
	       (l->kind != MAP_FREE && strcmp(map->m->regions[l->region].name, region));
}

static bool near_place(const struct map *map, const char *space, const char *region, u64 *start,
		       u64 *end)
{
	const struct machine_namespace *ns = machine_namespace(map->m, space);
	const struct machine_region *r = machine_region(map->m, region);

	if (*space && ns && machine_placed(ns->start, ns->size)) {
		*start = ns->start;
		*end = ns->start + ns->size;
		return true;
	}
	if (*space || !r || !machine_placed(r->start, r->size))
		return false;
	*start = r->start;
	*end = r->start + r->size;
	return true;
}

/* Two bytes, @low below @high: do they lie in one unit, and in which? */
static bool near_unit(const struct map *map, u64 low, u64 high, struct why_near *out)
{
	const u64 units[] = { SZ_2M, map->m->section };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (ALIGN_DOWN(low, units[i]) != ALIGN_DOWN(high, units[i]))
			continue;
		out->start = ALIGN_DOWN(low, units[i]);
		out->unit = units[i];
		out->held = map->m->unit != MACHINE_UNKNOWN && map->m->unit >= units[i];
		return true;
	}
	return false;
}

static void near_name(const struct map *map, u32 segment, struct why_near *out)
{
	const struct map_layer *l = map_layer(map, segment);

	/* of another region's, the region: a namespace of it may be another one tomorrow */
	snprintf(out->name, sizeof(out->name), "%s",
		 l->ns == MAP_NOBODY && l->region != MAP_NOBODY ?
		 map->m->regions[l->region].name : map_owner(map, segment));
	out->dax = l->kind == MAP_DAX;
}

unsigned int why_near(const struct map *map, const char *space, const char *region,
		      struct why_near *out)
{
	unsigned int nr = 0;
	u64 start, end;
	u32 at;

	if (!near_place(map, space, region, &start, &end))
		return 0;
	for (at = map_segment_behind(map, start); at && !near_counts(map, at - 1, region);)
		at--;
	if (at && near_unit(map, map->segments[at - 1].end - 1, start, &out[nr]))
		near_name(map, at - 1, &out[nr++]);
	at = map_segment_behind(map, end);
	while (at < map->nr_segments && !near_counts(map, at, region))
		at++;
	if (at < map->nr_segments && near_unit(map, end - 1, map->segments[at].start, &out[nr]))
		near_name(map, at, &out[nr++]);
	return nr;
}
