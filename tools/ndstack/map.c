// SPDX-License-Identifier: GPL-2.0
/* Layers to segments, and units that are shared. Pure: see map.h. */
#include <errno.h>
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include "map.h"

/* ---- segments ---- */

/* Is @a the one to believe of a byte that both cover? */
static bool map_beats(const struct map_layer *a, const struct map_layer *b)
{
	if (a->level != b->level)
		return a->level > b->level;
	if (a->start != b->start)
		return a->start > b->start;
	if (a->end != b->end)
		return a->end < b->end;
	return a < b;
}

static int map_by_start(const void *a, const void *b)
{
	const struct map_layer *l = a, *r = b;

	if (l->start != r->start)
		return l->start < r->start ? -1 : 1;
	if (l->level != r->level)
		return l->level < r->level ? -1 : 1;
	if (l->end != r->end)
		return l->end < r->end ? -1 : 1;
	return strcmp(l->name, r->name);
}

static void map_swap(u32 *a, u32 *b)
{
	u32 was = *a;

	*a = *b;
	*b = was;
}

static void map_push(const struct map_layer *layers, u32 *heap, u32 nr, u32 layer)
{
	heap[nr] = layer;
	for (u32 at = nr; at && map_beats(&layers[heap[at]], &layers[heap[(at - 1) / 2]]);
	     at = (at - 1) / 2)
		map_swap(&heap[at], &heap[(at - 1) / 2]);
}

/* Remove the first of @nr. */
static void map_pop(const struct map_layer *layers, u32 *heap, u32 nr)
{
	u32 at = 0, child;

	heap[0] = heap[--nr];
	while ((child = 2 * at + 1) < nr) {
		if (child + 1 < nr && map_beats(&layers[heap[child + 1]], &layers[heap[child]]))
			child++;
		if (!map_beats(&layers[heap[child]], &layers[heap[at]]))
			break;
		map_swap(&heap[at], &heap[child]);
		at = child;
	}
}

static u32 map_emit(struct map_segment *out, u32 nr, u64 start, u64 end, u32 of)
{
	if (nr && out[nr - 1].of == of) {
		out[nr - 1].end = end;
		return nr;
	}
	out[nr] = (struct map_segment){ start, end, of };
	return nr + 1;
}

u32 map_flatten(struct map_layer *layers, u32 nr, u32 *heap, struct map_segment *out)
{
	u32 next = 0, active = 0, segments = 0;
	u64 at = 0, end;

	if (nr)
		qsort(layers, nr, sizeof(*layers), map_by_start);
	for (;;) {
		for (; next < nr && layers[next].start <= at; next++)
			if (layers[next].end > layers[next].start)
				map_push(layers, heap, active++, next);
		while (active && layers[heap[0]].end <= at)
			map_pop(layers, heap, active--);
		if (!active && next == nr)
			return segments;
		end = active ? layers[heap[0]].end : U64_MAX;
		if (next < nr)
			end = min(end, layers[next].start);
		segments = map_emit(out, segments, at, end, active ? heap[0] : MAP_NOBODY);
		at = end;
	}
}

/* ---- units ---- */

/* Has it struct pages, or may it have some day? */
static bool map_has_pages(enum map_kind kind)
{
	return kind == MAP_RAM || kind >= MAP_SPECIFIC;
}

u32 map_segment_behind(const struct map *map, u64 byte)
{
	u32 low = 0, high = map->nr_segments;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (map->segments[middle].end <= byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *map_owner(const struct map *map, u32 segment)
{
	const struct map_layer *l = map_layer(map, segment);

	if (!l)
		return "";
	if (l->ns != MAP_NOBODY)
		return map->m->namespaces[l->ns].name;
	if (l->region != MAP_NOBODY)
		return map->m->regions[l->region].name;
	return l->name;
}

static int map_add_share(struct map *map, u64 unit, u32 before, u32 behind)
{
	void *array = map->shares;
	struct map_share *share = machine_add(&array, &map->nr_shares, sizeof(*share));

	map->shares = array;
	if (!share)
		return -ENOMEM;
	*share = (struct map_share){
		ALIGN_DOWN(map->segments[behind].start, unit), unit, before, behind
	};
	return 0;
}

/* By the unit of sub-sections first: who shares one of these shares the section as well. */
static int map_share(struct map *map, u32 before, u32 behind)
{
	const u64 units[] = { SZ_2M, map->m->section };
	u64 last = map->segments[before].end - 1, first = map->segments[behind].start;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (ALIGN_DOWN(last, units[i]) == ALIGN_DOWN(first, units[i]))
			return map_add_share(map, units[i], before, behind);
	return 0;
}

/* Boot's RAM has one owner, the kernel. */
static bool map_same_owner(const struct map *map, u32 a, u32 b)
{
	if (map_kind(map, a) == MAP_RAM || map_kind(map, b) == MAP_RAM)
		return map_kind(map, a) == map_kind(map, b);
	return !strcmp(map_owner(map, a), map_owner(map, b));
}

static int map_find_shares(struct map *map)
{
	u32 last = MAP_NOBODY;
	int rc = 0;

	for (u32 i = 0; !rc && i < map->nr_segments; i++) {
		if (!map_has_pages(map_kind(map, i)))
			continue;
		if (last != MAP_NOBODY && !map_same_owner(map, last, i))
			rc = map_share(map, last, i);
		last = i;
	}
	return rc;
}

/* ---- all of it ---- */

int map_make(const struct machine *m, struct map *map)
{
	u32 *heap = NULL;
	int rc;

	*map = (struct map){ .m = m };
	rc = map_layers(m, map);
	if (!rc && map->nr_layers) {
		heap = malloc(sizeof(*heap) * map->nr_layers);
		map->segments = calloc(map->nr_layers, 2 * sizeof(*map->segments));
		rc = heap && map->segments ? 0 : -ENOMEM;
	}
	if (!rc && map->nr_layers)
		map->nr_segments = map_flatten(map->layers, map->nr_layers, heap, map->segments);
	free(heap);
	rc = rc ?: map_find_shares(map);
	if (rc)
		map_free(map);
	return rc;
}

void map_free(struct map *map)
{
	free(map->layers);
	free(map->segments);
	free(map->shares);
	*map = (struct map){ };
}

/* ---- words ---- */

static const struct {
	const char *word, *words;
} map_kinds[MAP_KINDS] = {
	[MAP_HOLE] = { "hole", "nothing" },
	[MAP_DEVICE] = { "device", "devices" },
	[MAP_FIRMWARE] = { "firmware", "firmware" },
	[MAP_RAM] = { "ram", "RAM" },
	[MAP_PMEM] = { "pmem", "no region" },
	[MAP_SPECIFIC] = { "specific", "set aside" },
	[MAP_REGION] = { "region", "region" },
	[MAP_FREE] = { "free", "free" },
	[MAP_DAX] = { "dax", "dax device" },
	[MAP_DISABLED] = { "disabled", "disabled" },
	[MAP_RAW] = { "raw", "raw" },
	[MAP_SECTOR] = { "sector", "sector" },
	[MAP_FSDAX] = { "fsdax", "fsdax data" },
	[MAP_DEVDAX] = { "devdax", "devdax data" },
	[MAP_META] = { "metadata", "metadata" },
	[MAP_INFO] = { "info-block", "info-block" },
	[MAP_MEMMAP] = { "memmap", "memmap" },
	[MAP_PAD] = { "pad", "padding" },
	[MAP_KMEM] = { "kmem", "System RAM" },
};

const char *map_word(enum map_kind kind)
{
	return map_kinds[kind].word;
}

const char *map_words(enum map_kind kind)
{
	return map_kinds[kind].words;
}

const char *map_size(u64 bytes, char *text)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;

	/* the largest unit that says it exactly, in a number that can be read */
	while (unit + 1 < ARRAY_SIZE(units) && bytes && !(bytes >> (10 * unit) & 1023))
		unit++;
	if (bytes >> (10 * unit) < 100000) {
		snprintf(text, MAP_SIZE_TEXT, "%llu %s", (unsigned long long)(bytes >> (10 * unit)),
			 units[unit]);
		return text;
	}
	while (unit + 1 < ARRAY_SIZE(units) && bytes >> (10 * (unit + 1)))
		unit++;
	snprintf(text, MAP_SIZE_TEXT, "~%.2f %s", bytes / (double)(1ull << (10 * unit)),
		 units[unit]);
	return text;
}

/* ---- JSON ---- */

static void map_json_names(const struct map *map, const struct map_layer *l, FILE *out)
{
	fputs(",\"name\":", out);
	machine_json_text(out, l->name);
	if (l->region != MAP_NOBODY) {
		fputs(",\"region\":", out);
		machine_json_text(out, map->m->regions[l->region].name);
	}
	if (l->ns != MAP_NOBODY) {
		fputs(",\"namespace\":", out);
		machine_json_text(out, map->m->namespaces[l->ns].name);
	}
	if (l->node >= 0)
		fprintf(out, ",\"node\":%d", l->node);
}

static void map_json_shares(const struct map *map, FILE *out)
{
	fputs("],\n\"shared\":[", out);
	for (u32 i = 0; i < map->nr_shares; i++) {
		const struct map_share *s = &map->shares[i];

		fprintf(out, "%s{\"start\":%llu,\"size\":%llu,\"before\":", i ? ",\n" : "\n",
			(unsigned long long)s->start, (unsigned long long)s->unit);
		machine_json_text(out, map_owner(map, s->before));
		fputs(",\"behind\":", out);
		machine_json_text(out, map_owner(map, s->behind));
		fputc('}', out);
	}
	fputc(']', out);
}

void map_json(const struct map *map, FILE *out)
{
	fputc('{', out);
	machine_save(map->m, out);
	fputs(",\n\"segments\":[", out);
	for (u32 i = 0; i < map->nr_segments; i++) {
		const struct map_segment *s = &map->segments[i];
		const struct map_layer *l = map_layer(map, i);

		fprintf(out, "%s{\"start\":%llu,\"size\":%llu,\"kind\":\"%s\"", i ? ",\n" : "\n",
			(unsigned long long)s->start, (unsigned long long)(s->end - s->start),
			map_word(map_kind(map, i)));
		if (l)
			map_json_names(map, l, out);
		fputc('}', out);
	}
	map_json_shares(map, out);
	fputs("}\n", out);
}
