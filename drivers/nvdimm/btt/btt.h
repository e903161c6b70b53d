/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nd_btt: sectors that are written as a whole or not at all (UEFI 2.10 §6).
 *
 * Pure, compiled into the module and into the tests:
 *	geometry.c	where the parts of an arena lie, and the arenas of a namespace
 *	map.c		map entries
 *	flog.c		log slots: padding, sequence, which entry is newest
 *	readers.c	who is reading which block
 *	arena.c		an arena from its media: lanes, recovery, health
 *	format.c	arenas of a namespace: found, or made
 *	io.c		reading and writing a sector
 * layout/btt_info.h has the info-block, which libnvdimm must know before it serves bytes raw.
 *
 * Shell:
 *	media.h		access to media (the tests bring their own)
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
 *	lane, its free block, its log group	who holds the lane (region/lane.c)
 *	a map entry, while it is exchanged	who holds its stripe of the map lock
 *	a block that is being read		nobody: it is not written to until its
 *						last reader has left (readers.c)
 * The order: lane, then stripe. A reader holds neither.
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
#ifndef _ND_BTT_H
#define _ND_BTT_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/why.h>
#include "layout/btt_info.h"

#define BTT_MAP_STRIPES		256u

struct btt_media;
struct btt_locks;

/* ---- geometry ---- */

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

/* ---- map ---- */

/* A decoded map entry: at most one of the flags is set. */
struct btt_mapping {
	u32 block;
	bool zero;		/* reads as zeros */
	bool error;		/* reads fail, until written */
};

/* @raw as lies in the map at @lba. Any 32 bits mean something; @block may be out of bounds. */
struct btt_mapping btt_map_decode(u32 raw, u32 lba);
u32 btt_map_encode(const struct btt_mapping *m);

/* ---- log ---- */

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

/* ---- readers ---- */

#define BTT_READ_GROUPS		64u
#define BTT_READ_SLOTS		8u	/* one cache line */

struct btt_readers;

/* Bytes of, and an empty table; @mem is aligned to its cache lines and zeroed. */
size_t btt_readers_size(void);

/* Announce a read of @block; waits while 8 other blocks of its group are being read. */
void *btt_readers_enter(struct btt_readers *r, struct btt_media *media, u32 block);
void btt_readers_leave(void *token);
/* Is somebody reading @block? Call after the map has ceased to name it. */
bool btt_readers_busy(struct btt_readers *r, u32 block);

/* ---- arenas ---- */

/*
 * struct btt_lane - one free block and its log group
 * @block: the free block
 * @sub: which of the two entries is written next
 * @seq: with which sequence number
 * @behind: the map entry of @behind_lba was stored and perhaps is not durable
 * @had_error: the free block was given up with an error
 * @parked: nothing can be written in it: the free block or the log group is bad for good
 */
struct btt_lane {
	u32 block;
	u32 behind_lba;
	u8 sub;
	u8 seq;
	bool behind;
	bool had_error;
	bool parked;
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
 * @why: reason of a refusal; may be NULL
 * @where: lane it is about; may be NULL
 *
 * Replays in the order of lanes: a log entry whose old block is still in the
 * map was committed, and its new block is put there. Changes nothing else, and
 * nothing at all when it refuses. Where nothing may be stored, because @a is read-only
 * or says that it has an error, it is remembered in @a->pending instead: sectors are
 * read as if it had been.
 *
 * Return: 0; -EIO: unreadable; -ENXIO: makes no sense.
 */
int btt_arena_recover(struct btt_arena *a, enum nd_why *why, u32 *where);

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

/**
 * btt_arena_probe() - read the info-block of an arena
 * @media: namespace
 * @start: byte where the arena is to begin
 * @room: bytes from there on
 * @info: room for the block
 * @out: the layout
 * @why: reason; ND_WHY_SIGNATURE when there is nothing
 *
 * Return: 0, -EIO (unreadable), -ENODEV (nothing there), -ENXIO (not usable).
 */
int btt_arena_probe(struct btt_media *media, u64 start, u64 room, struct nd_media_btt *info,
		    struct btt_layout *out, enum nd_why *why);

/*
 * btt_arena_find() - is there an arena at @start? See btt_find()
 * @r: sizes, and the uuid that is wanted
 * @own: the namespace's uuid, or NULL
 * @room: bytes from @start on
 */
enum btt_found btt_arena_find(struct btt_media *media, const struct btt_recipe *r,
			      const uuid_t *own, u64 start, u64 room, struct nd_media_btt *info,
			      struct btt_layout *out, enum nd_why *why);

/* Put the copy that was read to @info back to where it was made from: 0 or -EIO. */
int btt_arena_restore(struct btt_media *media, u64 start, const struct nd_media_btt *info);

/*
 * btt_format() - make a BTT
 * @rawsize: bytes from the first arena's start to the end of the namespace
 * @info: room for an info-block
 *
 * From the last arena to the first, and of each the info-block at its start
 * last: there is a BTT when all of it is there, and not before.
 *
 * Return: 0, or the errno of a write; -ENOSPC: too small.
 */
int btt_format(struct btt_media *media, const struct btt_recipe *r, u64 rawsize,
	       struct nd_media_btt *info);

/* ---- sectors ---- */

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
 * Cures the block of poison. A lane where that fails, or whose log is bad, is
 * parked; it is asked again, each time, whether that is still so.
 *
 * Context: lane held. Return: 0; -EIO: the arena takes no writes; -EAGAIN: the
 * lane is parked, see btt_lane_next().
 */
int btt_write_begin(struct btt_arena *a, u32 lane, u64 *at);

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

#endif /* _ND_BTT_H */
