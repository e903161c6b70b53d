// SPDX-License-Identifier: GPL-2.0
/* What a namespace would be. Pure: see fit.h. */
#include <errno.h>
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include "fit.h"
#include "layout/dpa.h"

/* ---- kernels ---- */

/* Sub-sections came with 5.3, struct pages of devdax that share memory with 5.19. */
static bool fit_version(const char *name, unsigned int major, unsigned int minor)
{
	unsigned int a, b;

	return sscanf(name, "%u.%u", &a, &b) == 2 && (a > major || (a == major && b >= minor));
}

bool fit_kernel_named(const struct machine *m, const char *name, struct fit_kernel *out)
{
	*out = (struct fit_kernel) { .unit = SZ_2M };
	if (!fit_version(name, 0, 0))
		return false;
	machine_text(out->name, sizeof(out->name), name);
	out->rounds_out = !fit_version(name, 5, 3);
	out->shared = fit_version(name, 5, 19);
	if (out->rounds_out)
		out->unit = m->section;
	return true;
}

void fit_kernel_here(const struct machine *m, struct fit_kernel *out)
{
	fit_kernel_named(m, m->kernel, out);
	snprintf(out->name, sizeof(out->name), "%s", *m->kernel ? m->kernel : "here");
	out->unit = m->unit;
	out->rounds_out = m->sections;
	/* what our drivers say of it counts, if they are there */
	for (u32 i = 0; i < m->nr_buses; i++)
		if (m->buses[i].unit != MACHINE_UNKNOWN)
			out->shared = m->buses[i].shared;
}

/* ---- places ---- */

static int fit_add_room(struct fit_room **rooms, u32 *nr, const struct fit_room *room)
{
	void *array = *rooms;
	struct fit_room *at;

	if (!room->size)
		return 0;
	at = machine_add(&array, nr, sizeof(*at));
	*rooms = array;
	if (!at)
		return -ENOMEM;
	*at = *room;
	return 0;
}

/* How far @address lies past a place where a namespace of @region may begin or end. */
static u64 fit_past(const struct machine *m, const struct machine_region *region, u64 step,
		    u64 address)
{
	u64 ways = region->ways == MACHINE_UNKNOWN || !region->ways ? 1 : region->ways;
	u64 phase = 0;

	/* a saved map may contain anything */
	if (ways <= U32_MAX && dpa_align_valid(step, ways, step, m->page))
		phase = dpa_phase(region->start, ways, step, m->page) * ways;
	return (address - region->start + phase) % step;
}

/* A free extent, as far as namespaces can begin and end in it. */
static struct fit_room fit_extent(const struct map *map, u32 segment)
{
	const struct map_segment *s = &map->segments[segment];
	u32 index = map_layer(map, segment)->region;
	const struct machine_region *region = &map->m->regions[index];
	u64 step = region->align == MACHINE_UNKNOWN || !region->align ? SZ_2M : region->align;
	u64 past = fit_past(map->m, region, step, s->start);
	u64 start = s->start + (past ? step - past : 0);
	u64 end = s->end - fit_past(map->m, region, step, s->end);

	return (struct fit_room) {
		.region = index, .ns = MAP_NOBODY, .start = start,
		.size = end > start ? end - start : 0, .step = step,
	};
}

/* All of a region that cannot be divided: it has a namespace already, which is made anew. */
static bool fit_is_whole(const struct map *map, u32 segment)
{
	const struct map_layer *l = map_layer(map, segment);
	const struct machine_region *region;

	if (!l || l->ns == MAP_NOBODY || l->region == MAP_NOBODY)
		return false;
	region = &map->m->regions[l->region];
	return region->enabled && !region->labelled &&
	       map->segments[segment].start == map->m->namespaces[l->ns].start;
}

int fit_rooms(const struct map *map, struct fit_room **out)
{
	u32 nr = 0;
	int rc = 0;

	*out = NULL;
	for (u32 i = 0; !rc && i < map->nr_segments; i++) {
		struct fit_room room = { };

		if (map_kind(map, i) == MAP_FREE) {
			room = fit_extent(map, i);
		} else if (fit_is_whole(map, i)) {
			const struct map_layer *l = map_layer(map, i);
			const struct machine_namespace *ns = &map->m->namespaces[l->ns];

			room = (struct fit_room) {
				l->region, l->ns, ns->start, ns->size, ns->size,
			};
		}
		rc = fit_add_room(out, &nr, &room);
	}
	if (!rc)
		return nr;
	free(*out);
	*out = NULL;
	return rc;
}

const struct fit_room *fit_place(const struct fit_room *rooms, u32 nr, u64 size)
{
	const struct fit_room *largest = rooms;

	for (u32 i = 0; i < nr; i++)
		if (rooms[i].size > largest->size)
			largest = &rooms[i];
	/* what is no size at all is judged as the largest one would be */
	if (!size || size > largest->size || size % largest->step)
		size = largest->size;
	for (u32 i = 0; i < nr; i++)
		if (rooms[i].size >= size)
			return &rooms[i];
	return largest;
}

/* ---- neighbours ---- */

/* What a segment is to a namespace in @room. false: nobody. */
static bool fit_near(const struct map *map, u32 segment, const struct fit_room *room,
		     struct pfn_neighbour *out)
{
	const struct map_layer *l = map_layer(map, segment);

	*out = (struct pfn_neighbour) {
		.start = map->segments[segment].start,
		.size = map->segments[segment].end - map->segments[segment].start,
	};
	if (!l)
		return false;
	if (l->kind == MAP_RAM || (l->kind == MAP_KMEM && (l->ns == MAP_NOBODY ||
							   l->ns != room->ns)))
		out->kind = PFN_NEIGHBOUR_RAM;
	else if (l->region != MAP_NOBODY && l->region != room->region)
		out->kind = PFN_NEIGHBOUR_REGION;
	else if (l->region == room->region && l->ns != MAP_NOBODY && l->ns != room->ns)
		out->kind = PFN_NEIGHBOUR_NAMESPACE;
	else if (l->kind == MAP_DAX)
		out->kind = PFN_NEIGHBOUR_PAGES;
	else
		return false;
	snprintf(out->name, sizeof(out->name), "%.*s", PFN_NEIGHBOUR_NAME - 1,
		 out->kind == PFN_NEIGHBOUR_REGION ? map->m->regions[l->region].name :
		 map_owner(map, segment));
	return true;
}

/* All within a section of it. */
static int fit_neighbours(const struct map *map, const struct fit_room *room, u64 size,
			  struct pfn_neighbours *out)
{
	u64 from = ALIGN_DOWN(room->start, map->m->section);
	u64 to = ALIGN(room->start + size, map->m->section);
	struct pfn_neighbour near, *at;
	void *array = NULL;

	*out = (struct pfn_neighbours) { };
	for (u32 i = map_segment_behind(map, from);
	     i < map->nr_segments && map->segments[i].start < to; i++) {
		/* what is within the room itself is looked over at one go */
		if (map->segments[i].start >= room->start &&
		    map->segments[i].end <= room->start + size)
			continue;
		if (!fit_near(map, i, room, &near))
			continue;
		at = machine_add(&array, &out->nr, sizeof(*at));
		out->entry = array;
		if (!at)
			return -ENOMEM;
		*at = near;
	}
	return 0;
}

/* ---- judgement ---- */

static u64 fit_page_size(u64 align)
{
	return align >= SZ_1G ? SZ_1G : align >= SZ_2M ? SZ_2M : SZ_4K;
}

static void fit_name(char *to, const struct pfn_neighbour **near)
{
	snprintf(to, PFN_NEIGHBOUR_NAME, "%s", *near ? (*near)->name : "");
	*near = NULL;
}

int fit_request(const struct map *map, const struct fit_kernel *kernel, const struct fit_room *room,
		u64 size, struct pfn_request *out)
{
	const struct machine *m = map->m;
	u64 memmap = m->section / m->page * m->page_struct;

	*out = (struct pfn_request) {
		.start = room->start, .size = size, .page_size = m->page,
		.page_struct_size = m->page_struct, .granule = SZ_2M, .unit = kernel->unit,
		.rounds_out = kernel->rounds_out, .section = m->section,
		/* huge pages only where sections fill them */
		.block = IS_ALIGNED(memmap, SZ_2M) ? SZ_2M : m->page,
	};
	return fit_neighbours(map, room, size, &out->neighbours);
}

int fit_judge(const struct map *map, const struct fit_kernel *kernel, const struct fit_room *room,
	      const struct pfn_wish *wish, struct fit_answer *out)
{
	const struct machine *m = map->m;
	const struct pfn_room place = { .step = room->step, .max = room->size };
	u64 size = min(wish->size ?: room->size, room->size);
	struct pfn_request req;
	int rc = fit_request(map, kernel, room, size, &req);

	*out = (struct fit_answer) { .kernel = kernel, .room = room, .wish = *wish };
	if (wish->mode == PFN_WISH_DEVDAX)
		req.compounds = m->page | (kernel->shared ? SZ_2M | SZ_1G : 0);
	if (!rc) {
		pfn_admit(&req, wish, &place, &out->verdict);
		nearest_find(&req, wish, &place, &out->verdict, &out->nearest);
	}
	fit_name(out->before, &out->verdict.layout.before);
	fit_name(out->behind, &out->verdict.layout.behind);
	if (out->verdict.reason == ND_REASON_OK && wish->mode != PFN_WISH_RAW)
		out->pages = fit_page_size(out->verdict.layout.align);
	free(req.neighbours.entry);
	return rc;
}

int fit_judge_best(const struct map *map, const struct fit_kernel *kernel,
		   const struct fit_room *room, const struct pfn_wish *wish,
		   struct fit_answer *out)
{
	struct pfn_wish larger = *wish;
	struct fit_answer answer;
	int rc;

	larger.align = SZ_2M;
	rc = fit_judge(map, kernel, room, &larger, out);
	if (rc || wish->mode == PFN_WISH_RAW)
		return rc;
	larger.align = SZ_1G;
	rc = fit_judge(map, kernel, room, &larger, &answer);
	if (!rc && answer.verdict.reason == ND_REASON_OK &&
	    answer.verdict.layout.usable >= out->verdict.layout.usable)
		*out = answer;
	return rc;
}
