/* SPDX-License-Identifier: GPL-2.0 */
/* Reading and writing a sector. Pure. */
#ifndef _ND_BTT_IO_H
#define _ND_BTT_IO_H

#include <linux/types.h>
#include "btt/arena.h"

/*
 * struct btt_read - a sector being read
 * @at: byte of its block, when not @zero
 * @raw: map entry it was found by
 */
struct btt_read {
	u64 at;
	u32 raw;
	bool zero;
	void *token;
};

/*
 * btt_read_begin() - find a sector and keep its block from being written
 *
 * Return: 0: copy the data, then call btt_read_end(); -EIO: the map cannot be
 * read, or says that the sector has an error.
 */
int btt_read_begin(struct btt_arena *a, u32 lba, struct btt_read *rd);
void btt_read_end(struct btt_read *rd);

/*
 * btt_read_failed() - its block cannot be read: say so in the map
 * @rd: the read, before its btt_read_end(): as long as it goes on the block
 *	cannot be filled anew and come back to the sector
 *
 * Return: 0: said, or not needed because the sector was written meanwhile;
 * -EIO: it could not be written.
 */
int btt_read_failed(struct btt_arena *a, u32 lba, const struct btt_read *rd);

/* The map entry of a sector, as recovery leaves it or would: 0 or -EIO. */
int btt_map_look_up(struct btt_arena *a, u32 lba, u32 *raw);

/*
 * btt_write_begin() - have the lane's free block to oneself
 * @at: byte of the block, to be filled with memory that bypasses caches or is
 *	written back; durable with the fences of btt_write_commit()
 *
 * Cures the block of poison. A lane where that fails is parked; it is asked again, each time,
 * whether that is still so.
 *
 * Context: lane held. Return: 0; -EIO: the arena takes no writes; -EAGAIN: the
 * lane is parked, see btt_lane_next(); -EUCLEAN: the log is bad: let the lane go, and begin
 * again after btt_log_repair().
 */
int btt_write_begin(struct btt_arena *a, u32 lane, u64 *at);

/* Is the lane's log needed, because the map entry of its last exchange is bad? */
bool btt_lane_needed(struct btt_arena *a, const struct btt_lane *lane);

/*
 * btt_lane_next() - which lane could be used instead of one that is parked
 *
 * A hint: to be held, and then asked by btt_write_begin().
 *
 * Context: any. Return: the next after @lane, all around; @lane: all others are parked.
 */
u32 btt_lane_next(const struct btt_arena *a, u32 lane);

/* How many lanes are parked. A glance. */
u32 btt_lanes_parked(const struct btt_arena *a);

/*
 * btt_write_commit() - exchange the lane's block for that of a sector
 *
 * Context: lane held; takes the map stripe. Return: 0: durable, old or new
 * never a mixture; -EIO: the map entry cannot be used, nothing has changed; or the
 * arena has failed.
 */
int btt_write_commit(struct btt_arena *a, u32 lane, u32 lba);

/*
 * The same two without waiting, for a medium whose fences do not sleep.
 *
 * Context: lane held. Return: as above, or -EAGAIN: a reader has the block, the lane or the log
 * needs repair, or another task has the stripe. The sector has not changed then.
 */
int btt_write_try_begin(struct btt_arena *a, u32 lane, u64 *at);
int btt_write_try_commit(struct btt_arena *a, u32 lane, u32 lba);

#endif /* _ND_BTT_IO_H */
