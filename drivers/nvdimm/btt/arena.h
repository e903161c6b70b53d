/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nd_btt: sectors that are written as a whole or not at all (UEFI 2.10 §6).
 *
 * Pure, compiled into the module and into the tests:
 *	geometry.c	where the parts of an arena lie, and the arenas of a namespace
 *	map.c		map entries
 *	flog.c		log slots: padding, sequence, which entry is newest
 *	readers.c	which blocks are being read
 *	arena.c		an arena from its media: lanes, recovery, health
 *	format.c	arenas of a namespace: found, or made
 *	io.c		reading and writing a sector
 *	log_repair.c	bad sectors of the log, rewritten
 * layout/btt_info.h has the info-block, which libnvdimm must know before it serves bytes raw.
 *
 * Shell:
 *	media.h		access to media (the tests bring their own)
 *	lanes.c		the lanes of a BTT
 *	attach.c	the module, from a btt device to its arenas and disk
 *	disk.c		the disk: bios, integrity metadata
 *	error.c		sectors whose error flag could not be written
 *	debugfs.c	layout and health
 *
 * Nouns. An *arena*, up to 512 GiB, has external_nlba sectors that are seen and
 * nfree blocks more. The *map* says which block holds a sector. A *lane* is the
 * right to write: it owns one *free block* and one *log* group of two entries,
 * used in turns. A write fills the free block, logs the exchange, and puts the
 * block into the map; what the map named before is the lane's next free block.
 *
 * Who owns what.
 *	lane, its free block, its log group	the task that holds the lane (lanes.h)
 *	a map entry, while it is exchanged	the task that holds its stripe of the map lock
 *	a block that is being read		nobody: it is not written to until its
 *						last reader has left (readers.c)
 * The order: lane, then stripe. A reader holds neither. A repair of the log holds several lanes:
 * log_repair.h.
 *
 * Durability, in three steps with a fence after the first two; docs/btt.md has
 * the argument that fewer do not suffice and these do:
 *
 *	1  data; first half of the log entry (sector, old block); write back the
 *	   map entries of this sector and of the lane's previous write	-> fence
 *	2  second half (new block, sequence number): the commit		-> fence
 *	3  map entry, a plain store. Made durable by step 1 of the lane's next
 *	   write or of the next write to the sector, whichever comes first.
 */
#ifndef _ND_BTT_ARENA_H
#define _ND_BTT_ARENA_H

#include <linux/types.h>
#include <nd/reason.h>
#include "btt/ondisk.h"
#include "layout/btt_info.h"

struct btt_locks;
struct btt_media;
struct btt_readers;

#define BTT_MAP_STRIPES		256u

#define BTT_LANE_BYTES		64u	/* a cache line: lanes in use do not meet in one */

/*
 * struct btt_lane - one free block and its log group
 * @block: the free block
 * @sub: which of the two entries is written next
 * @seq: with which sequence number
 * @behind_lba: the sector last written in this lane, whose block @block was before
 * @new: at recovery, the block that the log has for that sector; @block: none
 * @behind: the map entry of @behind_lba was stored and perhaps is not durable
 * @had_error: the free block was given up with an error
 * @parked: nothing can be written in it: the free block, or the map entry of @behind_lba is bad for
 *	good
 * @due: recovery could not read that map entry: what the log has of it may be known nowhere else,
 *	and is kept until the arena is attached anew
 * @log_lost: of the first lane of a log sector: a repair of the sector has failed
 */
struct btt_lane {
	u32 block;
	u32 behind_lba;
	u32 new;
	u8 sub;
	u8 seq;
	bool behind;
	bool had_error;
	bool parked;
	bool due;
	bool log_lost;
	u8 apart[BTT_LANE_BYTES - 19];
};

/* A map entry as recovery would store it, of an arena that must not be stored to. */
struct btt_pending {
	u32 lba;
	u32 raw;
};

/*
 * struct btt_arena - an arena in use
 * @media: access to the namespace
 * @start: byte of the namespace, counted from the first arena, where it begins
 * @first: its first sector in the disk's count of sectors
 * @pad: where log entries lie
 * @failed: nothing is written any more: a fence has failed, or the info-block says
 *	so; or @read_only
 * @read_only: the medium must not be stored to
 * @log_bad: the last repair of the log has failed
 * @losses: btt_media_losses() when all that counts was stored anew
 * @lanes: how many of its lanes are used: layout.nfree, or fewer
 * @lane: [layout.nfree]
 * @pending: [layout.nfree]; what the log tells of and the map, not to be stored to, does
 *	not: in order of sectors, and what is read by as long as there are @npending
 * @locks: BTT_MAP_STRIPES of them
 */
struct btt_arena {
	struct btt_media *media;
	u64 start;
	u64 first;
	struct btt_layout layout;
	enum btt_padding pad;
	bool failed;
	bool read_only;
	bool log_bad;
	u32 losses;
	u32 lanes;
	struct btt_lane *lane;
	struct btt_pending *pending;
	u32 npending;
	struct btt_readers *readers;
	struct btt_locks *locks;
};

static inline u64 btt_map_at(const struct btt_arena *a, u32 lba)
{
	return a->start + a->layout.mapoff + (u64)lba * sizeof(__le32);
}

static inline u64 btt_block_at(const struct btt_arena *a, u32 block)
{
	return a->start + a->layout.dataoff + (u64)block * a->layout.internal_lbasize;
}

static inline u64 btt_log_at(const struct btt_arena *a, u32 lane, u32 sub)
{
	return a->start + a->layout.logoff + (u64)lane * BTT_LOG_GROUP +
	       (sub ? a->pad : 0) * sizeof(struct btt_log_entry);
}

/* Neighbours in a cache line share a lock: a word of media has one writer at a time. */
static inline u32 btt_map_stripe(u32 lba)
{
	return lba / 16 % BTT_MAP_STRIPES;
}

/**
 * btt_arena_recover() - find the lanes, finish what was interrupted
 * @a: media, start, layout, read_only, lane (zeroed) and pending are set
 * @reason: reason of a refusal; may be NULL
 * @where: lane it is about; may be NULL
 *
 * Replays in the order of lanes: a log entry whose old block is still in the
 * map was committed, and its new block is put there. A lane whose map entry cannot be read
 * is parked. Changes nothing else, and nothing at all when it refuses: a group of the log that
 * cannot be read or makes no sense, among others (log_repair.h has the reason why it is not
 * guessed). Where nothing may be stored, because @a is read-only
 * or says that it has an error, it is remembered in @a->pending instead: sectors are
 * read as if it had been.
 *
 * Return: 0; -EIO: unreadable; -ENXIO: makes no sense.
 */
int btt_arena_recover(struct btt_arena *a, enum nd_reason *reason, u32 *where);

/*
 * btt_arena_make_writable() - finish what was interrupted, of an arena that came up read-only
 *
 * Nobody writes meanwhile; readers may be there, and notice nothing. Return: 0, from when
 * on it takes writes; -EIO: it is as it was.
 */
int btt_arena_make_writable(struct btt_arena *a);

/* Make the map durable as it is, whatever has failed before. Nobody writes meanwhile. */
int btt_arena_settle(struct btt_arena *a);

/* The fence of an arena in use: -EIO too when somebody else's has failed. */
int btt_arena_fence(struct btt_arena *a);

/*
 * struct btt_health - does every block have exactly one place?
 * @mapped: sectors whose entry names a block
 * @twice: blocks that the map or the free blocks name more than once
 * @lost: blocks nobody names
 * @bounds: entries that name no block of the arena
 * @zeros, @errors: sectors with these flags
 */
struct btt_health {
	u32 mapped, twice, lost, bounds, zeros, errors;
};

/*
 * btt_arena_check() - is map ∪ free blocks a permutation?
 * @seen: a zeroed bit for each internal block
 *
 * Nobody writes meanwhile. Return: 0 or -EIO.
 */
int btt_arena_check(struct btt_arena *a, unsigned long *seen, struct btt_health *out);

static inline bool btt_healthy(const struct btt_health *h)
{
	return !h->twice && !h->lost && !h->bounds;
}

#endif /* _ND_BTT_ARENA_H */
