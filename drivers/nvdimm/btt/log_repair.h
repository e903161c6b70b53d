/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sectors of the log that turn bad while the arena is attached. Pure.
 *
 * Nouns. A *log sector* is 512 bytes of the log: the groups of eight lanes. Poison is cleared in
 * such units, and clearing leaves zeros, or anything, where the medium was bad.
 *
 * When the log is needed. A write is acknowledged after the fence of its commit word; its map
 * entry is a plain store after that fence (arena.h). So until the lane writes again, or the sector
 * is written again, the log entry can be the only durable record of an acknowledged write.
 *
 * Attach therefore refuses an arena with a group that cannot be read or makes no sense. The medium
 * does not show whether that group's last exchange (L, old, new) is in the map: if map[L] is new,
 * then old is the one block that neither map nor log names; if map[L] is still old, it is new,
 * which has the acknowledged sector. There are as many unnamed blocks as lost lanes in both cases,
 * so no count of blocks permits a guess. A test has both states (unit/test_btt_log_repair.c).
 *
 * While the arena is attached, memory has what the log records. The order of a repair:
 *
 *	1  map entries of the eight lanes are written back	-> fence: the log is not needed
 *	2  the platform clears the sector
 *	3  the sequence number of each first entry becomes 0	-> fence: no group makes sense
 *	4  each group is written as formatted, with the lane's free block, but for the word with
 *	   the sequence number					-> fence
 *	5  that word						-> fence
 *
 * What is durable when. Before 2 the sector is bad. From 2 to 5 some group makes no sense: if power
 * fails there, attach refuses the arena, as it would have without the repair. After 5 the log is as
 * any kernel leaves it. Step 3 is there because words become durable in any order, and a group of
 * old and new words could make sense, of another block.
 *
 * If the sector stays bad, the arena acknowledges no more writes, and each write tries again: no
 * kernel could attach the arena, so nothing more may depend on that. Reads go on.
 *
 * Owner and rank. The sector belongs to the task that holds its lanes. A repair begins with no
 * lane, and one task at a time repairs (btt_media_begin_repair()). A writer that holds one lane
 * waits for no other lane, so the repair gets each lane in the end.
 */
#ifndef _ND_BTT_LOG_REPAIR_H
#define _ND_BTT_LOG_REPAIR_H

#include <linux/compiler.h>
#include <linux/types.h>
#include "btt/arena.h"
#include "btt/media.h"

/* Is a sector of the log known to be bad, or has a repair failed? */
static inline bool btt_log_bad(struct btt_arena *a)
{
	return READ_ONCE(a->log_bad) ||
	       btt_media_bad(a->media, btt_log_at(a, 0, 0), (u64)a->layout.nfree * BTT_LOG_GROUP);
}

/*
 * btt_log_repair() - repair the log of an arena in use
 *
 * Context: no lane held; waits for lanes, and for a repair of another arena of the BTT. Return:
 * 0; -ENXIO: a sector stays bad; -EIO: the arena has failed.
 */
int btt_log_repair(struct btt_arena *a);

#endif /* _ND_BTT_LOG_REPAIR_H */
