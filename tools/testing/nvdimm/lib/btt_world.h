/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arenas at work, and a power cut at every moment: all states the medium can be
 * in are tried before each fence and after each operation. Whatever a state,
 * both recoveries (ours, and the one of other kernels) have to find
 *
 *	every sector as it was acknowledged to who wrote it, or as an operation that
 *	has not been acknowledged wants it,
 *	each block in one place, map or lane,
 *	the same things again when they, interrupted or not, run once more.
 *
 * And an arena that comes up read-only from it has to be read the same, to store
 * nothing, and to change nothing below its readers when it turns writable.
 *
 * Two tasks take turns by a seeded dice, at every store.
 */
#pragma once

#include <pthread.h>
#include "btt_sim.h"
#include "btt_intree.h"
#include "btt/ondisk.h"

#define WORLD_ARENAS	2
#define WORLD_SAMPLES	4096
#define WORLD_SECTORS	16
#define WORLD_HISTORY	48

/* Not cmocka's: tests are checked in any thread. */
#define must(expr) do {							\
	if (!(expr)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr); \
		abort();						\
	}								\
} while (0)

/*
 * What an operation wants a sector to be; tag TAG_NONE: no operation. An error
 * flag may be seen before it is certain: then what was there is fine as well.
 */
struct flight {
	u32 arena, lba, tag, was;
	u32 round, began;
	bool alone;
};

/*
 * What a sector may be read as, by what its users know: what was @wanted from @began to
 * @ended, when they were told how it went, until another write that began later was
 * acknowledged. Times are the world's; 0: has not happened.
 */
struct promise {
	u32 tag, began, ended, replaced;
};

struct history {
	u32 nr;
	struct promise p[WORLD_HISTORY];
};

/* What worlds have come to. */
struct tally {
	u64 states;
	u64 lossy;			/* of them after a fence has failed */
	u64 read_only, written;		/* that came up so; that were written to then */
	u64 changes;			/* of lanes, because one was parked */
	u64 amid;			/* amid a repair, whose log makes no sense */
	u64 poisoned;			/* whose log is bad */
	u64 repaired;			/* after a repair has succeeded */
};

struct world {
	struct btt_media m;		/* first: the step hook gets it */
	struct btt_arena a[WORLD_ARENAS];
	u32 arenas;
	struct btt_media chk;		/* the image of a state … */
	struct btt_arena ca[WORLD_ARENAS]; /* … and its arenas */
	struct flight flight[MACHINE_ACTORS];
	u32 round[WORLD_ARENAS][INTREE_BLOCKS];	/* operations begun on a sector */
	struct history history[WORLD_ARENAS][WORLD_SECTORS];
	u32 now;			/* time */
	u32 tag;
	u64 rng;
	u32 every;			/* of how many states one does; 0: none */
	u64 judged;
	bool uncut;			/* no states for the moment */
	bool opening;			/* recovery is at work, of the map among others */
	bool may_fail;			/* operations */
	bool repairs;			/* the log turns bad and is repaired */
	u32 repaired;			/* how often */
	struct tally count;
	/* tasks */
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool alive[MACHINE_ACTORS];
	void (*script)(struct world *w, u32 actor);
};

u32 world_dice(struct world *w, u32 n);
void world_cut(struct world *w);
void world_run(struct world *w, void (*script)(struct world *w, u32 actor));
int op_write(struct world *w, u32 arena, u32 lane, u32 lba);
void op_read(struct world *w, u32 arena, u32 lba, bool fails);
void world_settle_history(struct world *w);
int world_reopen(struct world *w, bool read_only);
void world_power_cut(struct world *w);
bool world_log_makes_sense(struct btt_arena *a, enum btt_padding pad);
void world_small(struct world *w, u32 arenas, u32 nlba, u32 nfree, u32 bsize, enum btt_padding pad,
		 u64 seed);
void tally_add(struct tally *t, const struct tally *more);
void world_end(struct world *w, struct tally *t);
