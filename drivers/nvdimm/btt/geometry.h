/* SPDX-License-Identifier: GPL-2.0 */
/* Where the parts of an arena lie, and the arenas of a namespace. Pure. */
#ifndef _ND_BTT_GEOMETRY_H
#define _ND_BTT_GEOMETRY_H

#include <linux/types.h>
#include <linux/uuid.h>
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

#endif /* _ND_BTT_GEOMETRY_H */
