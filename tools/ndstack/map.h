/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The physical address space, each byte once. Pure: takes a machine, and memory from malloc().
 *
 *	map.c		layers and how they become segments; units that are shared
 *	map_layers.c	what a machine has, as layers
 *	map_text.c	a tree in a terminal
 *	map_svg.c	a picture
 *
 * What is known of memory overlaps: a line of /proc/iomem lies in another, a namespace in a region,
 * its struct pages in it, RAM in a dax device. Each such fact is a layer; of those that cover a
 * byte the highest level counts, and of these the one that begins last. So segments come out that
 * follow each other from 0 to the end of the last fact without a gap.
 */
#ifndef _NDSTACK_MAP_H
#define _NDSTACK_MAP_H

#include <linux/types.h>
#include <stdio.h>
#include "machine.h"

enum map_kind {
	MAP_HOLE,	/* nothing is known to be there */
	MAP_DEVICE,	/* registers and windows of devices */
	MAP_FIRMWARE,	/* kept by firmware, or unusable */
	MAP_RAM,
	MAP_PMEM,	/* persistent memory without a region, or beside one */
	MAP_SPECIFIC,	/* set aside by firmware, for the dax bus */
	MAP_REGION,	/* of a region, and nothing says what it is */
	MAP_FREE,	/* of a region, for new namespaces */
	MAP_DAX,	/* dax device without a namespace */
	MAP_DISABLED,	/* namespace that nobody serves: what it has in it is not known */
	MAP_RAW,
	MAP_SECTOR,
	MAP_FSDAX,	/* data, of each mode */
	MAP_DEVDAX,
	MAP_META,	/* info-block, struct pages and padding: which is not known */
	MAP_INFO,	/* info-block, and what is reserved with it */
	MAP_MEMMAP,	/* struct pages */
	MAP_PAD,	/* of no use to anybody */
	MAP_KMEM,	/* dax device that is System RAM */
	MAP_KINDS
};

#define MAP_NOBODY	U32_MAX

/**
 * struct map_layer - a fact
 * @start: first byte
 * @end: behind the last one
 * @level: whose word counts
 * @kind: what it is
 * @node: NUMA node, or -1
 * @region: index in the machine, or MAP_NOBODY
 * @ns: index of a namespace, likewise
 * @name: as /proc/iomem or sysfs has it; the machine's
 */
struct map_layer {
	u64 start;
	u64 end;
	u32 level;
	enum map_kind kind;
	s32 node;
	u32 region;
	u32 ns;
	const char *name;
};

/**
 * struct map_segment - bytes that are one thing
 * @start: first byte
 * @end: behind the last one
 * @of: index of the layer that says what they are, or MAP_NOBODY: a hole
 */
struct map_segment {
	u64 start;
	u64 end;
	u32 of;
};

/**
 * struct map_share - a unit of struct pages in which two have memory
 * @start: of the unit
 * @unit: its bytes
 * @before: index of the last segment of the one, @behind of the first of the other
 */
struct map_share {
	u64 start;
	u64 unit;
	u32 before;
	u32 behind;
};

struct map {
	const struct machine *m;
	struct map_layer *layers;
	struct map_segment *segments;
	struct map_share *shares;
	u32 nr_layers;
	u32 nr_segments;
	u32 nr_shares;
};

/*
 * map_flatten() - layers to segments
 * @layers: sorted here
 * @heap: room for @nr indices
 * @out: room for 2 * @nr segments
 *
 * Return: how many segments there are. They begin at 0, each where the last one ends, and the last
 * ends where the last layer does.
 */
u32 map_flatten(struct map_layer *layers, u32 nr, u32 *heap, struct map_segment *out);

/* map_layers() - what @m has. Return: 0 or -ENOMEM */
int map_layers(const struct machine *m, struct map *map);

/* map_make() - all of it. Return: 0 or -ENOMEM. The machine must outlive it. */
int map_make(const struct machine *m, struct map *map);
void map_free(struct map *map);

/* The first segment that ends behind @byte, or nr_segments: there may be tens of thousands. */
u32 map_segment_behind(const struct map *map, u64 byte);

/* The layer of a segment, or NULL: a hole */
static inline const struct map_layer *map_layer(const struct map *map, u32 segment)
{
	u32 of = map->segments[segment].of;

	return of == MAP_NOBODY ? NULL : &map->layers[of];
}

static inline enum map_kind map_kind(const struct map *map, u32 segment)
{
	const struct map_layer *l = map_layer(map, segment);

	return l ? l->kind : MAP_HOLE;
}

/* Who has a segment: namespace, region, dax device, or the line of /proc/iomem. */
const char *map_owner(const struct map *map, u32 segment);

/* A word for JSON, as "memmap", and words for people, as "struct pages". */
const char *map_word(enum map_kind kind);
const char *map_words(enum map_kind kind);

/* "1536 MiB"; what is no round number of any unit is "~1.50 GiB". */
#define MAP_SIZE_TEXT	24
const char *map_size(u64 bytes, char *text);

void map_json(const struct map *map, FILE *out);

/* map_text() - Return: 0 or a negative errno */
int map_text(const struct map *map, bool all);

/* map_svg() - Return: 0 or -ENOMEM */
int map_svg(const struct map *map, FILE *out);

#endif /* _NDSTACK_MAP_H */
