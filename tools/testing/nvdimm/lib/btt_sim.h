/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Media for the BTT tests: what the CPUs see, what the medium has, and between
 * the two every 8-byte word with the values it may have when power fails.
 *
 * A word's values in memory follow one another; a fence of the task that wrote
 * a value back (or past the cache) makes that value, or a later one, certain.
 * Until then the medium may have any of them.
 */
#pragma once

#include <linux/types.h>
#include <asm/byteorder.h>
#include <stdio.h>
#include <stdlib.h>
#include "btt/ondisk.h"
#include "btt/io.h"
#include "btt/readers.h"
#include "btt/media.h"

#define MACHINE_ACTORS	2
#define MACHINE_VALUES	16
#define MACHINE_LANES	256

/* A word that is not certain: the medium has one of value[0 … nr). */
struct btt_word {
	u32 word;
	u32 nr;
	u64 value[MACHINE_VALUES];
	s8 sent[MACHINE_ACTORS];	/* value that each actor's fence makes certain; 0: none */
	bool given_up;			/* a fence failed: it is on no way to the medium any more */
};

enum btt_step {
	STEP_STORE, STEP_LOADED, STEP_BEFORE_FENCE, STEP_FENCED, STEP_LOCK, STEP_PAUSE
};

struct btt_media {
	u8 *cur;			/* what loads see */
	u64 size;
	bool record;			/* stores are uncertain; else they are just done */
	int actor;
	struct btt_word *pending;
	u32 npending, maxpending;
	u32 *index;			/* word -> its place in pending + 1 */
	u8 *dur;			/* what is certain */
	void (*step)(struct btt_media *m, enum btt_step step);
	void *ctx;
	u32 fences, writes, loads, clear_calls;
	u32 fail_fence;			/* this fence fails, counted from 1, … */
	u32 fail_fences;		/* … and so many after it */
	u32 losses;			/* how many have */
	u32 fail_write;
	u64 bad, bad_len;		/* poison */
	u64 line;			/* stays bad until all of it is stored at once; 0: none */
	u8 line_words;			/* of it, that were stored since the last fence */
	bool cures;			/* writing whole sectors cures it */
	u8 leaves;			/* what clearing it leaves, in each byte */
	bool lane_held[MACHINE_LANES];
	bool lanes_held;		/* a repair is under way */
	bool threads;			/* real ones: waiting is for somebody else */
};

struct btt_locks {
	struct btt_media *media;
	bool held[BTT_MAP_STRIPES];
};

#define TAG_TORN	(~0u)
#define TAG_ERROR	(~0u - 1)
#define TAG_NONE	(~0u - 2)

void machine_init(struct btt_media *m, u64 size);
void machine_free(struct btt_media *m);
void machine_record(struct btt_media *m);
void machine_arena(struct btt_arena *a, struct btt_media *m, const struct btt_layout *l, u64 start);
void machine_arena_free(struct btt_arena *a);
struct btt_layout machine_small(u32 nlba, u32 nfree, u32 bsize);
void machine_blank(struct btt_media *m, const struct btt_layout *l, u64 start);
void machine_fill(struct btt_media *m, u64 at, u32 len, u32 tag);
u32 machine_tag(const u8 *image, u64 at, u32 len);
int machine_try_write(struct btt_arena *a, u32 lane, u32 lba, u32 tag);
int machine_write(struct btt_arena *a, u32 lane, u32 lba, u32 tag);
u32 machine_read(struct btt_arena *a, u32 lba);
bool machine_healthy(struct btt_arena *a);
