/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A BTT from end to end, by the driver's own code: info-blocks and their copies, the log, the map,
 * and whether each block has one place. Pure, but for reading: nothing is stored.
 */
#ifndef _NDSTACK_CHECK_BTT_H
#define _NDSTACK_CHECK_BTT_H

#include <linux/types.h>
#include "btt/arena.h"
#include "layout/btt_info.h"

struct btt_media;

enum check_blocks {
	CHECK_BLOCKS_WHOLE,
	CHECK_BLOCKS_FIRST_LOST,	/* the copy has it */
	CHECK_BLOCKS_COPY_LOST,
	CHECK_BLOCKS_BOTH_LOST,		/* and what is in the arena proves what they were */
	CHECK_BLOCKS_UNKNOWN,		/* and nothing does */
	CHECK_BLOCKS_UNUSABLE,		/* the first is whole, and cannot be used: see @reason */
};

/**
 * struct check_arena - what was found of one
 * @start: byte, counted from the first arena, where it begins
 * @layout: as its info-block says, or said
 * @block: its info-block, of these two the one that serves, or as it would be made
 * @blocks: what has become of that and its copy
 * @reason: unless WHOLE, what is wrong
 * @log: OK, or what is wrong with the log
 * @lane: of which lane
 * @pending: writes that a power failure has interrupted, and which the driver ends
 * @counted: @health is known
 * @health: of the map and the free blocks
 */
struct check_arena {
	u64 start;
	struct btt_layout layout;
	struct nd_media_btt block;
	enum check_blocks blocks;
	enum nd_reason reason;
	enum nd_reason log;
	u32 lane;
	u32 pending;
	bool counted;
	struct btt_health health;
};

/**
 * struct check_subject - what is looked at
 * @media: bytes from the first arena's start on
 * @room: how many
 * @arena_min: BTT_ARENA_MIN but in tests
 * @own: uuid of the namespace; NULL: not known
 * @labelled: a label says that it holds a BTT
 */
struct check_subject {
	struct btt_media *media;
	u64 room;
	u64 arena_min;
	const uuid_t *own;
	bool labelled;
};

/*
 * check_arena_at() - the @nr-th arena, which begins at @start
 * @first: the first arena, of which the others have uuid and sector size; NULL: it is that
 *
 * Return: 1 with @out filled; 0: there is none; -ENOMEM; -EIO: it cannot be read.
 */
int check_arena_at(const struct check_subject *subject, u32 nr, u64 start,
		   const struct check_arena *first, struct check_arena *out);

/* Is nothing wrong with it? */
bool check_arena_good(const struct check_arena *arena);

/**
 * struct check_write - 4096 bytes to be written
 * @at: byte, counted as check_arena.start
 * @block: what
 */
struct check_write {
	u64 at;
	struct nd_media_btt block;
};

/*
 * check_arena_repair() - what makes its info-blocks whole
 * @out: of two; the copy is written before the first, so that a power cut leaves what was, or one
 *	that is whole
 *
 * Return: how many; 0: nothing is to be written, or nothing is sure enough.
 */
unsigned int check_arena_repair(const struct check_arena *arena, struct check_write *out);

#endif /* _NDSTACK_CHECK_BTT_H */
