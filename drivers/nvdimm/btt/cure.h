/* SPDX-License-Identifier: GPL-2.0 */
/* Bad sectors of the log, written anew from memory. Pure. */
#ifndef _ND_BTT_CURE_H
#define _ND_BTT_CURE_H

#include <linux/types.h>
#include <asm/byteorder.h>
#include "btt/arena.h"

/*
 * A mark: word 1 of the older entry of a lane, which nobody looks at. It says that @lane, of
 * another sector of the log, has everything in the map, and @block is free.
 */
#define BTT_MARK	0xffff0000u

/* Lanes of a sector of the log. */
#define BTT_SECTOR_LANES	(512u / BTT_LOG_GROUP)

/* Lane that an older entry of lane @at is a mark of; @nfree or more: it is none. */
static inline u32 btt_mark_of(const struct btt_log_entry *e, u32 at)
{
	u32 lane = le32_to_cpu(e->lba) - BTT_MARK;

	return lane / BTT_SECTOR_LANES == at / BTT_SECTOR_LANES ? ~0u : lane;
}

/* Is the lane's log all that tells of its last exchange, for the map cannot? */
bool btt_lane_needed(struct btt_arena *a, const struct btt_lane *lane);

/* Does the log have anything to cure? */
bool btt_log_bad(struct btt_arena *a);

/*
 * btt_log_cure() - cure the log of an arena in use
 *
 * Context: no lane held: it waits for those that it needs, and for who cures another log of the
 * region. Return: 0; -ENXIO: the medium stays bad; -EIO: the arena has failed.
 */
int btt_log_cure(struct btt_arena *a);

/* The same of an arena in which nobody writes, whether or not it takes writes. */
int btt_log_cure_alone(struct btt_arena *a);

#endif /* _ND_BTT_CURE_H */
