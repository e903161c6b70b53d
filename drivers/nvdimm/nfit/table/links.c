// SPDX-License-Identifier: GPL-2.0
/* NFIT: what structures say about each other. Pure; see table.h. */
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>
#include "nfit/table/table.h"

/* ---- Arrays of model structs; each starts with its struct nfit_entry ---- */

struct nfit_array {
	void *base;
	u32 *nr;
	size_t stride;
	/* What must be unique; NFIT_NO_KEY when nothing. */
	u64 (*key)(const void *item);
};

#define NFIT_NO_KEY	U64_MAX

static struct nfit_entry *entry_at(const struct nfit_array *a, u32 i)
{
	return a->base + i * a->stride;
}

static u64 spa_key(const void *item)
{
	const struct nfit_spa *spa = item;

	/* Virtual ranges are named by nobody and may go without an index. */
	return spa->index ?: NFIT_NO_KEY;
}

static u64 dcr_key(const void *item)
{
	return ((const struct nfit_dcr *)item)->index;
}

static u64 idt_key(const void *item)
{
	return ((const struct nfit_idt *)item)->index;
}

static u64 flush_key(const void *item)
{
	return ((const struct nfit_flush *)item)->handle;
}

static struct nfit_array table_spas(struct nfit_table *t)
{
	return (struct nfit_array) { t->spa, &t->nspa, sizeof(*t->spa), spa_key };
}

static struct nfit_array table_dcrs(struct nfit_table *t)
{
	return (struct nfit_array) { t->dcr, &t->ndcr, sizeof(*t->dcr), dcr_key };
}

static struct nfit_array table_idts(struct nfit_table *t)
{
	return (struct nfit_array) { t->idt, &t->nidt, sizeof(*t->idt), idt_key };
}

static struct nfit_array table_flushes(struct nfit_table *t)
{
	return (struct nfit_array) { t->flush, &t->nflush, sizeof(*t->flush), flush_key };
}

static struct nfit_array table_maps(struct nfit_table *t)
{
	return (struct nfit_array) { t->map, &t->nmap, sizeof(*t->map), NULL };
}

static bool same_bytes(const struct nfit_entry *a, const struct nfit_entry *b)
{
	return a->length == b->length && !memcmp(a->raw, b->raw, a->length);
}

/*
 * Two structures of one key: if they say the same, one is enough; if not, there is no telling
 * which is right. The first is what others have gone by.
 */
static void drop_twins(struct nfit_table *t, struct nfit_array a)
{
	for (u32 i = 0; i < *a.nr; i++) {
		struct nfit_entry *one = entry_at(&a, i);

		for (u32 j = i + 1; j < *a.nr; j++) {
			struct nfit_entry *two = entry_at(&a, j);

			if (a.key(one) != a.key(two) || a.key(one) == NFIT_NO_KEY)
				continue;
			if (same_bytes(one, two)) {
				nfit_complain(t, two, ND_REASON_DUPLICATE,
					      "repeats the structure at",
					      one->offset);
				continue;
			}
			nfit_complain(t, two, ND_REASON_DUPLICATE, "contradicts the structure at",
				      one->offset);
		}
	}
}

static void remove_dropped(struct nfit_array a)
{
	u32 kept = 0;

	for (u32 i = 0; i < *a.nr; i++) {
		if (entry_at(&a, i)->dropped)
			continue;
		if (kept != i)
			memcpy(entry_at(&a, kept), entry_at(&a, i), a.stride);
		kept++;
	}
	*a.nr = kept;
}

static void array_unique(struct nfit_table *t, struct nfit_array a)
{
	drop_twins(t, a);
	remove_dropped(a);
}

static u32 array_find(struct nfit_array a, u64 key)
{
	for (u32 i = 0; i < *a.nr; i++)
		if (a.key(entry_at(&a, i)) == key)
			return i;
	return NFIT_NONE;
}

/* ---- Ranges ---- */

/* Memory that two ranges claim belongs to neither. */
static void drop_overlaps(struct nfit_table *t)
{
	for (u32 i = 0; i < t->nspa; i++) {
		struct nfit_spa *a = &t->spa[i];

		for (u32 j = i + 1; j < t->nspa; j++) {
			struct nfit_spa *b = &t->spa[j];

			if (!nfit_kind_memory(a->kind) || !nfit_kind_memory(b->kind))
				continue;
			if (a->address > b->address + (b->length - 1) ||
			    b->address > a->address + (a->length - 1))
				continue;
			nfit_complain(t, &a->entry, ND_REASON_OVERLAP, "overlaps the range at",
				      b->address);
			nfit_complain(t, &b->entry, ND_REASON_OVERLAP, "overlaps the range at",
				      a->address);
		}
	}
	remove_dropped(table_spas(t));
}

/* ---- Maps ---- */

static bool past_end(u64 start, u64 size)
{
	u64 end;

	return check_add_overflow(start, size, &end);
}

/* Resolve one reference. An index of 0 names nothing, and need not. */
static bool map_resolve(struct nfit_table *t, struct nfit_map *map, struct nfit_array a, u16 index,
			u32 *out, const char *missing)
{
	if (!index)
		return true;
	*out = array_find(a, index);
	if (*out == NFIT_NONE)
		nfit_complain(t, &map->entry, ND_REASON_REFERENCE, missing, index);
	return *out != NFIT_NONE;
}

static void judge_map(struct nfit_table *t, struct nfit_map *map)
{
	struct nfit_entry *entry = &map->entry;
	enum nfit_kind kind;
	u64 lines;

	if (!map_resolve(t, map, table_spas(t), map->spa_index, &map->spa,
			 "there is no usable address range with index") ||
	    !map_resolve(t, map, table_dcrs(t), map->dcr_index, &map->dcr,
			 "there is no usable control region with index"))
		return;
	if (map->idt_index) {
		map->idt = array_find(table_idts(t), map->idt_index);
		if (map->idt == NFIT_NONE)
			nfit_remark(t, entry, ND_REASON_REFERENCE,
				    "there is no usable interleave with index", map->idt_index);
	}
	if (past_end(map->region_offset, map->size))
		return nfit_complain(t, entry, ND_REASON_BOUNDS, "wraps around in its range, size",
				     map->size);
	if (past_end(map->dpa, map->size))
		return nfit_complain(t, entry, ND_REASON_BOUNDS, "wraps around on its DIMM, size",
				     map->size);
	kind = map->spa == NFIT_NONE ? NFIT_KIND_UNKNOWN : t->spa[map->spa].kind;
	if (!map->size && (kind == NFIT_KIND_PMEM || kind == NFIT_KIND_VOLATILE))
		return nfit_complain(t, entry, ND_REASON_SIZE, "maps nothing of range",
				     map->spa_index);
	if (map->idt == NFIT_NONE)
		return;
	lines = (u64)t->idt[map->idt].line_count * t->idt[map->idt].line_size;
	if (map->size % lines)
		nfit_remark(t, entry, ND_REASON_SIZE,
			    "its size is not a multiple of what its interleave lines cover,",
			    lines);
}

static void break_range(struct nfit_table *t, struct nfit_spa *spa, enum nd_reason reason,
			const char *what, u64 about)
{
	if (spa->broken)
		return;
	spa->broken = reason;
	nfit_complain(t, &spa->entry, reason, what, about);
	/* It stays, so that its members are still known as DIMMs and users learn why. */
	spa->entry.dropped = false;
}

/* A range that loses a member is no longer the set that its labels were written for. */
static void link_maps(struct nfit_table *t)
{
	for (u32 i = 0; i < t->nmap; i++)
		judge_map(t, &t->map[i]);

	for (u32 i = 0; i < t->nmap; i++) {
		struct nfit_map *map = &t->map[i];

		if (map->entry.dropped && map->spa != NFIT_NONE)
			break_range(t, &t->spa[map->spa], ND_REASON_INCOMPLETE,
				    "lost the memory map at", map->entry.offset);
	}
	remove_dropped(table_maps(t));

	for (u32 i = 0; i < t->nmap; i++)
		for (u32 j = i + 1; j < t->nmap; j++)
			if (same_bytes(&t->map[i].entry, &t->map[j].entry))
				nfit_complain(t, &t->map[j].entry, ND_REASON_DUPLICATE,
					      "repeats the structure at", t->map[i].entry.offset);
	remove_dropped(table_maps(t));
}

/* Do the maps of a persistent range make up the range, each member once? */
static void judge_set(struct nfit_table *t, u32 s)
{
	struct nfit_spa *spa = &t->spa[s];
	u64 sum = 0;
	u32 n = 0;

	for (u32 i = 0; i < t->nmap; i++) {
		struct nfit_map *map = &t->map[i];
		u32 peers = 0, ways = map->ways ?: 1;

		if (map->spa != s)
			continue;
		n++;
		if (check_add_overflow(sum, map->size, &sum))
			return break_range(t, spa, ND_REASON_SIZE,
					   "its maps add up to too much, see the one at",
					   map->entry.offset);
		for (u32 j = 0; j < t->nmap; j++) {
			struct nfit_map *peer = &t->map[j];

			if (peer->spa != s)
				continue;
			peers += (peer->ways ?: 1) == ways;
			if (j > i && peer->region_offset == map->region_offset)
				return break_range(t, spa, ND_REASON_DUPLICATE,
						   "two of its maps have the offset",
						   map->region_offset);
		}
		if (peers % ways)
			return break_range(t, spa, ND_REASON_INCOMPLETE,
					   "members are missing, its maps say the ways are", ways);
	}
	if (n && sum != spa->length)
		break_range(t, spa, ND_REASON_SIZE, "is not as large as the sum of its maps,", sum);
}

/* Where a byte of the range lies on which DIMM, only firmware needs to know. */
static void judge_lines(struct nfit_table *t, u32 s)
{
	static const char differ[] = "its maps disagree about the lines, see the one at";
	const struct nfit_map *first = NULL;
	struct nfit_spa *spa = &t->spa[s];

	for (u32 i = 0; i < t->nmap; i++) {
		const struct nfit_map *map = &t->map[i];
		const struct nfit_idt *a, *b;

		if (map->spa != s || map->idt == NFIT_NONE)
			continue;
		if (!first)
			first = map;
		a = &t->idt[first->idt];
		b = &t->idt[map->idt];
		if (map->ways != first->ways ||
		    (a->line_size == b->line_size && a->line_count == b->line_count))
			continue;
		return nfit_remark(t, &spa->entry, ND_REASON_BOUNDS, differ, map->entry.offset);
	}
}

/* ---- Devices ---- */

static struct nfit_device *device_of(struct nfit_table *t, u32 handle)
{
	for (u32 i = 0; i < t->ndevice; i++)
		if (t->device[i].handle == handle)
			return &t->device[i];
	return NULL;
}

/*
 * Several maps may name one device. Which of them speaks for it is visible
 * (phys_id), so the order of precedence is the in-tree driver's: an unmapped
 * region, else the last control region's, else the last persistent one's.
 */
static int map_voice(const struct nfit_table *t, const struct nfit_map *map)
{
	if (map->spa == NFIT_NONE)
		return 3;
	switch (t->spa[map->spa].kind) {
	case NFIT_KIND_CONTROL:
		return 2;
	case NFIT_KIND_PMEM:
		return 1;
	default:
		return 0;
	}
}

static void map_hear(struct nfit_table *t, u32 m)
{
	const struct nfit_map *map = &t->map[m];
	struct nfit_device *dev = device_of(t, map->handle);

	if (!dev) {
		dev = &t->device[t->ndevice++];
		*dev = (struct nfit_device) {
			.handle = map->handle, .map = m, .dcr = NFIT_NONE,
			.flush = array_find(table_flushes(t), map->handle),
		};
	}
	if (map_voice(t, map) >= map_voice(t, &t->map[dev->map]))
		dev->map = m;
	/* Where two control regions are given, the one with block windows tells more (ACPI 6.1). */
	if (map->dcr != NFIT_NONE &&
	    (dev->dcr == NFIT_NONE || (!t->dcr[dev->dcr].windows && t->dcr[map->dcr].windows)))
		dev->dcr = map->dcr;
	if (map_voice(t, map) == 1)
		dev->pmem = true;
}

static void assemble_devices(struct nfit_table *t)
{
	for (u32 s = 0; s < t->nspa; s++) {
		enum nfit_kind kind = t->spa[s].kind;

		if (kind != NFIT_KIND_PMEM && kind != NFIT_KIND_VOLATILE &&
		    kind != NFIT_KIND_CONTROL)
			continue;
		for (u32 i = 0; i < t->nmap; i++)
			if (t->map[i].spa == s)
				map_hear(t, i);
	}
	for (u32 i = 0; i < t->nmap; i++)
		if (t->map[i].spa == NFIT_NONE)
			map_hear(t, i);

	for (u32 i = 0; i < t->nmap; i++) {
		struct nfit_device *dev = device_of(t, t->map[i].handle);

		if (dev)
			dev->flags |= t->map[i].flags;
	}
	for (u32 i = 1; i < t->ndevice; i++) {
		struct nfit_device moved = t->device[i];
		u32 j = i;

		for (; j && t->device[j - 1].handle > moved.handle; j--)
			t->device[j] = t->device[j - 1];
		t->device[j] = moved;
	}
}

static bool handle_known(const struct nfit_table *t, u32 handle)
{
	for (u32 i = 0; i < t->nmap; i++)
		if (t->map[i].handle == handle)
			return true;
	return false;
}

void nfit_table_link(struct nfit_table *t)
{
	array_unique(t, table_spas(t));
	array_unique(t, table_dcrs(t));
	array_unique(t, table_idts(t));
	array_unique(t, table_flushes(t));
	drop_overlaps(t);
	link_maps(t);
	for (u32 s = 0; s < t->nspa; s++) {
		if (t->spa[s].kind != NFIT_KIND_PMEM)
			continue;
		judge_set(t, s);
		judge_lines(t, s);
	}
	for (u32 i = 0; i < t->nflush; i++)
		if (!handle_known(t, t->flush[i].handle))
			nfit_complain(t, &t->flush[i].entry, ND_REASON_REFERENCE,
				      "no memory map knows the device", t->flush[i].handle);
	remove_dropped(table_flushes(t));
	assemble_devices(t);
}

/* ---- Comparison ---- */

static bool same_map(const struct nfit_entry *a, const struct nfit_entry *b)
{
	const struct nfit_media_map *x = (const void *)a->raw, *y = (const void *)b->raw;

	return !memcmp(x, y, offsetof(struct nfit_media_map, flags));
}

/* Mark what of @now is not in @old; say what of @old is not in @now. */
static bool all_there(struct nfit_array old, struct nfit_array now,
		      bool (*same)(const struct nfit_entry *, const struct nfit_entry *),
		      struct nfit_complaint *gone)
{
	for (u32 i = 0; i < *now.nr; i++)
		entry_at(&now, i)->fresh = true;
	for (u32 i = 0; i < *old.nr; i++) {
		const struct nfit_entry *was = entry_at(&old, i);
		bool found = false;

		for (u32 j = 0; j < *now.nr; j++) {
			if (!same(was, entry_at(&now, j)))
				continue;
			entry_at(&now, j)->fresh = false;
			found = true;
		}
		if (!found) {
			*gone = (struct nfit_complaint) {
				.offset = was->offset,
				.type = was->type,
				.reason = ND_REASON_REFERENCE,
				.what = "is gone or changed, though it is in use; length",
				.about = was->length,
			};
			return false;
		}
	}
	return true;
}

enum nd_reason nfit_table_compare(const struct nfit_table *before, struct nfit_table *now,
				  struct nfit_complaint *gone)
{
	struct nfit_table copy = *before, *old = &copy;

	if (!all_there(table_spas(old), table_spas(now), same_bytes, gone) ||
	    !all_there(table_maps(old), table_maps(now), same_map, gone) ||
	    !all_there(table_dcrs(old), table_dcrs(now), same_bytes, gone) ||
	    !all_there(table_idts(old), table_idts(now), same_bytes, gone) ||
	    !all_there(table_flushes(old), table_flushes(now), same_bytes, gone))
		return ND_REASON_REFERENCE;
	for (u32 i = 0; i < now->ndevice; i++)
		now->device[i].fresh = !device_of(old, now->device[i].handle);
	return ND_REASON_OK;
}
