/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes of a BTT: map entries, log groups, and where the parts of an arena lie (UEFI 2.10
 * §6.3). Pure.
 */
#ifndef _ND_BTT_ONDISK_H
#define _ND_BTT_ONDISK_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/reason.h>
#include "layout/btt_info.h"

/* ---- map entries ---- */

/* A decoded map entry: at most one of the flags is set. */
struct btt_mapping {
	u32 block;
	bool zero;		/* reads as zeros */
	bool error;		/* reads fail, until written */
};

/* @raw as lies in the map at @lba. Any 32 bits mean something; @block may be out of bounds. */
struct btt_mapping btt_map_decode(u32 raw, u32 lba);
u32 btt_map_encode(const struct btt_mapping *m);

/* ---- the log: padding, sequence, which entry is the newest ---- */

struct btt_log_entry {
	__le32 lba;
	__le32 old_map;		/* block, and BTT_MAP_ERROR when it had an error */
	__le32 new_map;
	__le32 seq;		/* 1, 2, 3, 1, ...; 0: never used */
};

struct btt_log_group {
	struct btt_log_entry slot[4];
};

/*
 * Where the second entry lies. Kernels before 4.15 padded after each entry;
 * the specification and everybody since pads at the end.
 */
enum btt_padding {
	BTT_PAD_UNKNOWN = 0,
	BTT_PAD_NEW = 1,		/* slots 0 and 1; values are the second slot */
	BTT_PAD_OLD = 2,		/* slots 0 and 2 */
};

/**
 * btt_flog_padding() - take one more group into account
 * @group: a log group
 * @pad: what groups before have shown: UNKNOWN at first; updated
 *
 * When it is still UNKNOWN after the last group nothing was ever written, and
 * the padding is NEW.
 *
 * Return: false when the group fits no padding, or not that of the others.
 */
bool btt_flog_padding(const struct btt_log_group *group, enum btt_padding *pad);

/*
 * btt_flog_newest() - which of the two entries tells the lane's last exchange
 * Return: 0 or 1, or -1 when the sequence numbers are none.
 */
int btt_flog_newest(u32 seq0, u32 seq1);

static inline u32 btt_flog_next(u32 seq)
{
	return seq >= 3 ? 1 : seq + 1;
}

/* ---- arenas of a namespace, and the parts of an arena ---- */

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

#endif /* _ND_BTT_ONDISK_H */
