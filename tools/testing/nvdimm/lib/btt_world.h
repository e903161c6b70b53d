/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arenas at work, and a power cut at every moment: all states the medium can be
 * in are tried before each fence and after each operation. Whatever a state,
 * both recoveries (ours, and the one of other kernels) have to find
 *
 *	every sector as it was visible, or as an operation under way wants it,
 *	each block in one place, map or lane,
 *	the same things again when they, interrupted or not, run once more.
 *
 * Two tasks take turns by a seeded dice, at every store.
 */
#ifndef _BTT_WORLD_H
#define _BTT_WORLD_H

#include <pthread.h>
#include "btt_machine.h"
#include "btt_intree.h"

#define WORLD_ARENAS	2
#define WORLD_SAMPLES	4096

/* Not cmocka's: laws are checked in any thread. */
#define law(expr) do {							\
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
	u32 round;
	bool alone;
};

struct world {
	struct btt_media m;		/* first: the step hook gets it */
	struct btt_arena a[WORLD_ARENAS];
	u32 arenas;
	struct btt_media chk;		/* the image of a state … */
	struct btt_arena ca[WORLD_ARENAS]; /* … and its arenas */
	struct flight flight[MACHINE_ACTORS];
	u32 round[WORLD_ARENAS][INTREE_BLOCKS];	/* operations begun on a sector */
	bool lane_held[WORLD_ARENAS][INTREE_BLOCKS];
	u32 tag;
	u64 rng;
	u64 states, points, cut_recoveries;
	/* tasks */
	pthread_mutex_t lock;
	pthread_cond_t turned;
	bool alive[MACHINE_ACTORS];
	void (*script)(struct world *w, u32 actor);
};

static inline u32 world_dice(struct world *w, u32 n)
{
	w->rng ^= w->rng << 13;
	w->rng ^= w->rng >> 7;
	w->rng ^= w->rng << 17;
	return (w->rng >> 20) % n;
}

static inline u32 *map_word(struct btt_arena *a, u32 lba)
{
	return (u32 *)(a->media->cur + btt_map_at(a, lba));
}

/* What is to be read of a sector according to @raw in @image. */
static inline u32 tag_by(const struct btt_arena *a, const u8 *image, u32 lba, u32 raw)
{
	struct btt_mapping m = btt_map_decode(raw, lba);

	law(m.block < a->layout.internal_nlba);
	return m.error ? TAG_ERROR : m.zero ? 0 :
	       machine_tag(image, btt_block_at(a, m.block), a->layout.internal_lbasize);
}

/* ---- a state ---- */

static inline void law_contents(struct world *w, u32 arena, const u32 *visible)
{
	struct btt_arena *c = &w->ca[arena];
	u32 i, k;

	for (i = 0; i < c->layout.external_nlba; i++) {
		u32 tag = tag_by(c, w->chk.cur, i, le32_to_cpu(*map_word(c, i)));
		bool fine = tag == visible[i];

		for (k = 0; k < MACHINE_ACTORS; k++)
			fine |= w->flight[k].tag != TAG_NONE && w->flight[k].lba == i &&
				w->flight[k].arena == arena &&
				(w->flight[k].tag == tag || w->flight[k].was == tag);
		law(fine);
	}
}

static inline void law_permutation(struct btt_arena *c)
{
	u64 seen[INTREE_BLOCKS / 64] = { 0 };
	u32 i, n = c->layout.external_nlba;

	for (i = 0; i < c->layout.internal_nlba; i++) {
		u32 b = i < n ? btt_map_decode(le32_to_cpu(*map_word(c, i)), i).block :
				c->lane[i - n].block;

		law(b < c->layout.internal_nlba && !(seen[b / 64] >> b % 64 & 1));
		seen[b / 64] |= 1ull << b % 64;
	}
}

/* The arena is as @want says. */
static inline void law_same(struct btt_arena *c, const struct intree *want)
{
	u32 i;

	law(c->pad == want->second);
	for (i = 0; i < c->layout.external_nlba; i++)
		law(btt_map_decode(le32_to_cpu(*map_word(c, i)), i).block ==
		    intree_block(want->raw[i], i));
	for (i = 0; i < c->layout.nfree; i++)
		law(c->lane[i].block == want->free[i]);
}

/* Recovery changed the map from @before: what if power failed while it did? */
static inline void law_interrupted(struct world *w, struct btt_arena *c, const u32 *before,
				   const struct intree *want)
{
	u32 words = DIV_ROUND_UP(c->layout.external_nlba, 2), n = 0, i, sub;
	u32 changed[32];
	u64 after[INTREE_BLOCKS / 2], *map = (u64 *)map_word(c, 0);

	memcpy(after, map, words * 8);
	for (i = 0; i < words && n < 32; i++)
		if (after[i] != ((const u64 *)before)[i])
			changed[n++] = i;
	for (sub = 0; n && n <= 8 && sub + 1 < 1u << n; sub++) {
		memcpy(map, before, words * 8);
		for (i = 0; i < n; i++)
			if (sub >> i & 1)
				map[changed[i]] = after[changed[i]];
		law(!btt_arena_recover(c, NULL, NULL));
		law_same(c, want);
		w->cut_recoveries++;
	}
	memcpy(map, after, words * 8);
}

static inline void world_judge(struct world *w, u32 arena, const u32 *visible)
{
	struct btt_arena *c = &w->ca[arena];
	u32 before[INTREE_BLOCKS], n = ALIGN(c->layout.external_nlba, 2);
	struct intree other, again;

	memcpy(before, map_word(c, 0), n * 4);
	law(intree_recover(w->chk.cur + c->start, &c->layout, &other));
	law(!btt_arena_recover(c, NULL, NULL));
	law_same(c, &other);
	law_permutation(c);
	law_contents(w, arena, visible);
	law_interrupted(w, c, before, &other);
	law(!btt_arena_recover(c, NULL, NULL));
	law_same(c, &other);
	law(intree_recover(w->chk.cur + c->start, &c->layout, &again));
	law_same(c, &again);
	memcpy(map_word(c, 0), before, n * 4);
}

/* Number of states, or more than WORLD_SAMPLES. */
static inline u64 world_variety(const struct btt_media *m)
{
	u64 product = 1;
	u32 i;

	for (i = 0; i < m->npending && product <= WORLD_SAMPLES; i++)
		product *= m->pending[i].nr;
	return product;
}

/* State @n of all, or with @n beyond that a random one, to @image. */
static inline void world_state(struct world *w, const struct btt_media *m, u64 variety, u64 n,
			       u8 *image)
{
	u32 i;

	for (i = 0; i < m->npending; i++) {
		const struct btt_word *p = &m->pending[i];
		u32 pick = variety <= WORLD_SAMPLES ? n % p->nr : world_dice(w, p->nr);

		n /= p->nr;
		memcpy(image + p->word * 8ull, &p->value[pick], 8);
	}
}

static inline void world_cut(struct world *w)
{
	static u32 visible[WORLD_ARENAS][INTREE_BLOCKS];
	u64 variety = world_variety(&w->m), n, states = min_t(u64, variety, WORLD_SAMPLES);
	u32 i, k;

	for (k = 0; k < w->arenas; k++)
		for (i = 0; i < w->a[k].layout.external_nlba; i++)
			visible[k][i] = tag_by(&w->a[k], w->m.cur, i,
					       le32_to_cpu(*map_word(&w->a[k], i)));
	memcpy(w->chk.cur, w->m.dur, w->m.size);
	for (n = 0; n < states; n++) {
		world_state(w, &w->m, variety, n, w->chk.cur);
		for (k = 0; k < w->arenas; k++)
			world_judge(w, k, visible[k]);
	}
	w->states += states;
	w->points++;
}

/* ---- tasks ---- */

static inline void world_turn(struct world *w, int actor)
{
	int me = w->m.actor;

	if (actor == me)
		return;
	w->m.actor = actor;
	pthread_cond_broadcast(&w->turned);
	while (w->m.actor != me)
		pthread_cond_wait(&w->turned, &w->lock);
}

static inline void world_step(struct btt_media *m, enum btt_step step)
{
	struct world *w = (struct world *)m;

	if (step == STEP_BEFORE_FENCE)
		world_cut(w);
	if (w->alive[!m->actor] && (step == STEP_PAUSE || world_dice(w, 2)))
		world_turn(w, !m->actor);
	else
		law(step != STEP_PAUSE);
}

struct world_task {
	struct world *w;
	int actor;
};

static inline void *world_thread(void *arg)
{
	struct world_task *t = arg;
	struct world *w = t->w;

	pthread_mutex_lock(&w->lock);
	while (w->m.actor != t->actor)
		pthread_cond_wait(&w->turned, &w->lock);
	w->script(w, t->actor);
	w->alive[t->actor] = false;
	if (w->alive[!t->actor]) {
		w->m.actor = !t->actor;
		pthread_cond_broadcast(&w->turned);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Both tasks run @script to its end. */
static inline void world_run(struct world *w, void (*script)(struct world *w, u32 actor))
{
	struct world_task t[MACHINE_ACTORS] = { { w, 0 }, { w, 1 } };
	pthread_t thread[MACHINE_ACTORS];
	int i;

	w->script = script;
	w->alive[0] = true;
	w->alive[1] = true;
	w->m.actor = world_dice(w, 2);
	for (i = 0; i < MACHINE_ACTORS; i++)
		law(!pthread_create(&thread[i], NULL, world_thread, &t[i]));
	for (i = 0; i < MACHINE_ACTORS; i++)
		pthread_join(thread[i], NULL);
	w->m.actor = 0;
}

/* ---- operations ---- */

static inline void op_begin(struct world *w, u32 arena, u32 lba, u32 tag)
{
	struct flight *f = &w->flight[w->m.actor], *other = &w->flight[!w->m.actor];

	*f = (struct flight){ arena, lba, tag, tag, ++w->round[arena][lba], true };
	f->alone = other->tag == TAG_NONE || other->arena != arena || other->lba != lba;
}

/* It has returned: when nobody else touched the sector, it is what was wanted. */
static inline void op_end(struct world *w)
{
	struct flight *f = &w->flight[w->m.actor];
	struct btt_arena *a = &w->a[f->arena];

	if (f->alone && w->round[f->arena][f->lba] == f->round)
		law(tag_by(a, w->m.cur, f->lba, le32_to_cpu(*map_word(a, f->lba))) == f->tag);
	f->tag = TAG_NONE;
	world_cut(w);
}

static inline void op_write(struct world *w, u32 arena, u32 lane, u32 lba)
{
	u32 tag = ++w->tag;

	while (w->lane_held[arena][lane])
		world_step(&w->m, STEP_PAUSE);
	w->lane_held[arena][lane] = true;
	op_begin(w, arena, lba, tag);
	law(!machine_write(&w->a[arena], lane, lba, tag));
	op_end(w);
	w->lane_held[arena][lane] = false;
}

/* A read, with time for others before it has copied; then perhaps its failure. */
static inline void op_read(struct world *w, u32 arena, u32 lba, bool fails)
{
	struct btt_arena *a = &w->a[arena];
	struct btt_read rd;
	u32 tag;

	if (btt_read_begin(a, lba, &rd))
		return;
	world_step(&w->m, STEP_STORE);
	tag = machine_tag(w->m.cur, rd.at, a->layout.internal_lbasize);
	law(tag != TAG_TORN);
	if (fails) {
		op_begin(w, arena, lba, TAG_ERROR);
		w->flight[w->m.actor].was = tag;
		w->flight[w->m.actor].alone = false;	/* it may have been written meanwhile */
		law(!btt_read_failed(a, lba, &rd));
		op_end(w);
	}
	btt_read_end(&rd);
}

/* ---- setting up ---- */

/* Sectors hold tags 1, 2, …; the media is certain. */
static inline void world_start(struct world *w)
{
	u32 i, k;

	for (k = 0; k < w->arenas; k++) {
		struct btt_arena *a = &w->a[k];

		law(a->layout.internal_nlba <= INTREE_BLOCKS);
		for (i = 0; i < a->layout.internal_nlba; i++)
			machine_fill(&w->m, btt_block_at(a, i), a->layout.internal_lbasize,
				     ++w->tag);
		law(!btt_arena_recover(a, NULL, NULL));
		machine_arena(&w->ca[k], &w->chk, &a->layout, a->start);
	}
	machine_record(&w->m);
	w->m.step = world_step;
	for (i = 0; i < MACHINE_ACTORS; i++)
		w->flight[i].tag = TAG_NONE;
}

static inline void world_init(struct world *w, u64 size, u64 seed)
{
	memset(w, 0, sizeof(*w));
	machine_init(&w->m, size);
	machine_init(&w->chk, size);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->turned, NULL);
	w->rng = seed * 0x9e3779b97f4a7c15ull ^ 0x123456789abcdefull;
}

/* Small arenas of equal layout, one behind the other. */
static inline void world_small(struct world *w, u32 arenas, u32 nlba, u32 nfree, u32 bsize,
			       enum btt_padding pad, u64 seed)
{
	struct btt_layout l = machine_small(nlba, nfree, bsize);
	u32 k;

	world_init(w, arenas * l.size, seed);
	w->arenas = arenas;
	for (k = 0; k < arenas; k++) {
		machine_blank(&w->m, &l, k * l.size);
		machine_arena(&w->a[k], &w->m, &l, k * l.size);
		if (pad == BTT_PAD_OLD) {
			struct btt_log_group *g = (void *)(w->m.cur + k * l.size + l.logoff);

			/* half an entry, of an old kernel whose power failed */
			g->slot[2].old_map = cpu_to_le32(1);
		}
	}
	world_start(w);
}

static inline void world_free(struct world *w)
{
	u32 k;

	for (k = 0; k < w->arenas; k++) {
		machine_arena_free(&w->a[k]);
		machine_arena_free(&w->ca[k]);
	}
	machine_free(&w->m);
	machine_free(&w->chk);
}

#endif /* _BTT_WORLD_H */
