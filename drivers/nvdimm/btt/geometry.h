/* SPDX-License-Identifier: GPL-2.0 */
/* Where the parts of an arena lie, and the arenas of a namespace. Pure. */
#ifndef _ND_BTT_GEOMETRY_H
#define _ND_BTT_GEOMETRY_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/reason.h>
#include "layout/btt_info.h"

/**
 * btt_layout_make() - lay out an arena
 * @size: bytes, at least BTT_ARENA_MIN unless a test knows better
 * @lbasize: external sector size
 * @nfree: lanes
 * @out: sizes and offsets are set, the rest (uuids, version, next) is left alone
 *
 * Return: false when there is no room for a single sector.
 */
bool btt_layout_make(u64 size, u32 lbasize, u32 nfree, struct btt_layout *out);

/*
 * struct btt_recipe - what all arenas of a new BTT have in common
 * @arena_min, @arena_max: bytes, BTT_ARENA_MIN and _MAX but in tests
 */
struct btt_recipe {
	uuid_t uuid;
	uuid_t parent_uuid;
	u16 major, minor;
	u32 lbasize;
	u32 nfree;
	u64 arena_min, arena_max;
};

/* How many arenas a namespace of @rawsize bytes is divided into. */
u32 btt_arena_count(const struct btt_recipe *r, u64 rawsize);

/* Layout of arena @i of a namespace of @rawsize bytes, and its @start. False: no such arena. */
bool btt_recipe_layout(const struct btt_recipe *r, u64 rawsize, u32 i, struct btt_layout *out,
		       u64 *start);

/* btt_copy_at(), by the sizes of @r; 0: nowhere. */
u64 btt_recipe_copy(const struct btt_recipe *r, u64 room);

/* The byte of a namespace at which its first arena starts, by the version of its info-blocks. */
static inline u32 btt_origin(u16 major)
{
	return major == 2 ? 0 : ND_INFO_OFFSET;
}

/**
 * btt_arena_judge() - can an arena that was found be attached, and with those before it?
 * @l: its layout
 * @first: that of the first arena; NULL: it is the first
 * @arena_min: bytes, BTT_ARENA_MIN but in tests
 * @lanes: writers that there can be at a time, each with a free block of its own
 *
 * Return: ND_REASON_OK; ND_REASON_SIZE: it has less than @arena_min bytes (UEFI 2.10 §6.1),
 * and memory is needed for each; or its sectors are of another size than the first one's;
 * ND_REASON_UNSUPPORTED: it has fewer free blocks than there are lanes; ND_REASON_UUID: it is
 * of another BTT.
 */
enum nd_reason btt_arena_judge(const struct btt_layout *l, const struct btt_layout *first,
			       u64 arena_min, u32 lanes);

#endif /* _ND_BTT_GEOMETRY_H */
