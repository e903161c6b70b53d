/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access of nd_btt to media. The pure files are compiled against these
 * prototypes twice: in the module the functions are the inlines below, in the
 * tests they are functions that record every store until its fence.
 *
 * Offsets count from the start of the first arena, and have been bounded by who
 * read the info-block.
 */
#ifndef _ND_BTT_MEDIA_H
#define _ND_BTT_MEDIA_H

#include <linux/types.h>

struct btt_arena;
struct btt_locks;
struct btt_media;

#ifdef __KERNEL__
#include "btt/media_kernel.h"
#else

/* Copy out, surviving poison: 0 or -EIO. */
int btt_media_read(struct btt_media *m, u64 at, void *buf, size_t len);

/*
 * Replace bytes, for making arenas: not atomic, cures poison of whole sectors,
 * durable with the next fence. 0 or -EIO.
 */
int btt_media_write(struct btt_media *m, u64 at, const void *buf, size_t len);

/* An aligned word, whole: 0 or -EIO. */
int btt_media_load32(struct btt_media *m, u64 at, u32 *out);
/* The same of a word that has just been loaded. */
u32 btt_media_reload32(struct btt_media *m, u64 at);

/*
 * Store an aligned word, whole. The 32-bit one stays in the cache until it is
 * written back; the 64-bit one, two halves of little endian, goes past it.
 */
void btt_media_store32(struct btt_media *m, u64 at, u32 value);
void btt_media_store64(struct btt_media *m, u64 at, __le32 low, __le32 high);

/* Would a store to [at, at + len) be lost, because the medium is known to be bad there? */
bool btt_media_bad(struct btt_media *m, u64 at, size_t len);
/* Is it known to be bad anywhere? */
bool btt_media_any_bad(struct btt_media *m);
/* Cure the block [at, at + len), which is nobody's, of the poison it has: 0 or -EIO. */
int btt_media_repair(struct btt_media *m, u64 at, size_t len);

/* Clear the poison of whole sectors; what was bad there is zeros then, or anything: 0 or -EIO. */
int btt_media_clear(struct btt_media *m, u64 at, size_t len);

/* Begin to write back the cache line of a word, whoever stored it. */
void btt_media_writeback(struct btt_media *m, u64 at);
/* Everything this task stored past the cache or wrote back is durable afterwards: 0 or -EIO. */
int btt_media_fence(struct btt_media *m);
/*
 * How many fences of the medium have failed, whose ever: all that was stored before the
 * last of them, and not durable yet, is to be stored again; a fence alone, although it
 * succeeds, does not help it any more. Counted before a later fence can succeed.
 */
u32 btt_media_losses(struct btt_media *m);

/* Let somebody else go on; @tries counts how often in a row. */
void btt_media_pause(struct btt_media *m, unsigned int tries);

/*
 * The lanes that a repair of the log needs: between begin and end, which one task at a time is,
 * without a lane of its own. Each lane is waited for until its writer has released it.
 */
void btt_media_begin_repair(struct btt_media *m);
void btt_media_hold(struct btt_media *m, u32 lane);
void btt_media_release(struct btt_media *m, u32 lane);
void btt_media_end_repair(struct btt_media *m);

/* Stripe @i of the locks of a map; may be held across fences. */
void btt_media_lock(struct btt_locks *locks, u32 i);
/* The same without waiting. False: another task holds it. */
bool btt_media_trylock(struct btt_locks *locks, u32 i);
void btt_media_unlock(struct btt_locks *locks, u32 i);

#endif

#endif /* _ND_BTT_MEDIA_H */
