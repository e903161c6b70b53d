// SPDX-License-Identifier: GPL-2.0
/* Power cuts at every moment, and what has to hold then: btt_world.h. */
/* objects: lib/btt_sim.c lib/btt_intree.c */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "btt/log_repair.h"
#include "btt_world.h"

u32 world_dice(struct world *w, u32 n)
{
	w->rng ^= w->rng << 13;
	w->rng ^= w->rng >> 7;
	w->rng ^= w->rng << 17;
	return (w->rng >> 20) % n;
}

static u32 *map_word(struct btt_arena *a, u32 lba)
{
	return (u32 *)(a->media->cur + btt_map_at(a, lba));
}

/* As a reader finds it: see btt_map_look_up(). */
static u32 raw_of(struct btt_arena *a, u32 lba)
{
	for (u32 i = 0; i < a->npending; i++)
		if (a->pending[i].lba == lba)
			return a->pending[i].raw;
	return le32_to_cpu(*map_word(a, lba));
}

/* What is to be read of a sector according to @raw in @image. */
static u32 tag_by(const struct btt_arena *a, const u8 *image, u32 lba, u32 raw)
{
	struct btt_mapping m = btt_map_decode(raw, lba);

	must(m.block < a->layout.internal_nlba);
	return m.error ? TAG_ERROR : m.zero ? 0 :
	       machine_tag(image, btt_block_at(a, m.block), a->layout.internal_lbasize);
}

/* ---- what users know ---- */

static struct history *history_of(struct world *w, u32 arena, u32 lba)
{
	must(arena < WORLD_ARENAS && lba < WORLD_SECTORS);
	return &w->history[arena][lba];
}

/* From now on it is @tag and nothing else. */
static void history_is(struct world *w, u32 arena, u32 lba, u32 tag)
{
	*history_of(w, arena, lba) = (struct history){ 1, { { tag, w->now, w->now + 1 } } };
	w->now++;
}

static u32 history_begin(struct world *w, u32 arena, u32 lba, u32 tag)
{
	struct history *h = history_of(w, arena, lba);
	u32 kept = 0;

	for (u32 i = 0; h->nr == WORLD_HISTORY && i < h->nr; i++)
		if (!h->p[i].replaced)
			h->p[kept++] = h->p[i];
	if (h->nr == WORLD_HISTORY)
		h->nr = kept;
	must(h->nr < WORLD_HISTORY);
	h->p[h->nr++] = (struct promise){ .tag = tag, .began = ++w->now };
	return w->now;
}

/* Its user has been told; @replaces: that it is now what the sector is. */
static void history_end(struct world *w, u32 arena, u32 lba, u32 began, bool replaces)
{
	struct history *h = history_of(w, arena, lba);

	w->now++;
	for (u32 i = 0; i < h->nr; i++) {
		struct promise *p = &h->p[i];

		if (p->began == began)
			p->ended = w->now;
		else if (replaces && p->ended && p->ended < began && !p->replaced)
			p->replaced = w->now;
	}
}

/* Could it have been read at, or after, @since? 0: now. */
static bool history_has(struct world *w, u32 arena, u32 lba, u32 tag, u32 since)
{
	const struct history *h = history_of(w, arena, lba);

	for (u32 i = 0; i < h->nr; i++)
		if (h->p[i].tag == tag &&
		    (!h->p[i].replaced || (since && h->p[i].replaced > since)))
			return true;
	return false;
}

/* ---- a state ---- */

static int recover(struct btt_arena *a)
{
	memset(a->lane, 0, a->layout.nfree * sizeof(*a->lane));
	return btt_arena_recover(a, NULL, NULL);
}

/* Without failures: what could be read before power failed is what is read after it. */
static bool is_visible(struct world *w, u32 arena, u32 lba, u32 tag, u32 visible)
{
	bool fine = tag == visible;

	for (u32 k = 0; k < MACHINE_ACTORS; k++)
		fine |= w->flight[k].tag != TAG_NONE && w->flight[k].lba == lba &&
			w->flight[k].arena == arena &&
			(w->flight[k].tag == tag || w->flight[k].was == tag);
	return fine;
}

static void must_have_contents(struct world *w, u32 arena, const u32 *visible, u32 *tags)
{
	struct btt_arena *c = &w->ca[arena];

	for (u32 i = 0; i < c->layout.external_nlba; i++) {
		tags[i] = tag_by(c, w->chk.cur, i, le32_to_cpu(*map_word(c, i)));
		must(history_has(w, arena, i, tags[i], 0));
		must(w->m.losses || w->opening || is_visible(w, arena, i, tags[i], visible[i]));
	}
}

static void must_be_permutation(struct btt_arena *c)
{
	u64 seen[INTREE_BLOCKS / 64] = { 0 };
	u32 n = c->layout.external_nlba;

	for (u32 i = 0; i < c->layout.internal_nlba; i++) {
		u32 b = i < n ? btt_map_decode(le32_to_cpu(*map_word(c, i)), i).block :
				c->lane[i - n].block;

		must(b < c->layout.internal_nlba && !(seen[b / 64] >> b % 64 & 1));
		seen[b / 64] |= 1ull << b % 64;
	}
}

/* Has any lane a second entry? Its place is the same for all; where there is none, it is any. */
static bool has_second(struct btt_arena *c)
{
	const struct btt_log_group *group = (void *)(c->media->cur + btt_log_at(c, 0, 0));
	enum btt_padding pad = BTT_PAD_UNKNOWN;

	for (u32 i = 0; i < c->layout.nfree; i++)
		btt_flog_padding(&group[i], &pad);
	return pad;
}

/* The arena is as @want says. */
static void must_be_same(struct btt_arena *c, const struct intree *want)
{
	must(c->pad == want->second || (!has_second(c)));
	for (u32 i = 0; i < c->layout.external_nlba; i++)
		must(btt_map_decode(le32_to_cpu(*map_word(c, i)), i).block ==
		     intree_block(want->raw[i], i));
	for (u32 i = 0; i < c->layout.nfree; i++)
		must(c->lane[i].block == want->free[i]);
}

/* Recovery changed the map from @before: what if power failed while it did? */
static void must_be_old_or_new(struct world *w, struct btt_arena *c, const u32 *before,
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
		must(!recover(c));
		must_be_same(c, want);
	}
	memcpy(map, after, words * 8);
}

/* Reads that have begun, and have found what they should. */
static void begin_reads(struct btt_arena *c, const u32 *tags, struct btt_read *rd)
{
	for (u32 i = 0; i < c->layout.external_nlba; i++) {
		must(!btt_read_begin(c, i, &rd[i]) == (tags[i] != TAG_ERROR));
		must(tags[i] == TAG_ERROR || machine_tag(c->media->cur, rd[i].at,
							 c->layout.internal_lbasize) == tags[i]);
	}
}

static void end_reads(struct btt_arena *c, const u32 *tags, struct btt_read *rd)
{
	for (u32 i = 0; i < c->layout.external_nlba; i++) {
		if (tags[i] == TAG_ERROR)
			continue;
		must(machine_tag(c->media->cur, rd[i].at, c->layout.internal_lbasize) == tags[i]);
		btt_read_end(&rd[i]);
	}
}

/* Of what has turned writable under readers: sectors are written, and all else stays. */
static void must_take_writes(struct world *w, u32 arena, const u32 *tags)
{
	struct btt_arena *c = &w->ca[arena];
	u32 n = c->layout.external_nlba, lba = world_dice(w, n), lane, i;

	for (lane = 0; lane < c->layout.nfree; lane++)
		must(!machine_write(c, lane, lba, 0x7777 + lane));
	for (i = 0; i < n; i++)
		must(machine_read(c, i) == (i == lba ? 0x7777 + lane - 1 : tags[i]));
	must_be_permutation(c);
}

/*
 * The state comes up read-only: it is read as @tags, which recovery makes of it, and not
 * stored to. Then it turns writable under readers, and is what recovery makes of it.
 */
static void must_stay_read_only(struct world *w, u32 arena, const u32 *tags,
				const struct intree *want)
{
	struct btt_arena *c = &w->ca[arena];
	u64 from = c->start + c->layout.mapoff, len = c->layout.info2off - c->layout.mapoff;
	struct btt_read rd[WORLD_SECTORS];
	u8 before[4096];

	must(len <= sizeof(before) && c->layout.external_nlba <= WORLD_SECTORS);
	memcpy(before, w->chk.cur + from, len);
	c->read_only = true;
	must(!recover(c));
	for (u32 i = 0; i < c->layout.external_nlba; i++)
		must(machine_read(c, i) == tags[i]);
	must(machine_healthy(c));
	must(!memcmp(before, w->chk.cur + from, len));
	begin_reads(c, tags, rd);
	must(!btt_arena_make_writable(c));
	end_reads(c, tags, rd);
	must_be_same(c, want);
	w->count.read_only++;
	if (!(w->count.read_only % 64)) {
		must_take_writes(w, arena, tags);
		memcpy(w->chk.cur, w->m.dur, w->m.size);
		w->count.written++;
	}
	memcpy(w->chk.cur + from, before, len);
}

/* A state that other kernels make sense of. */
static void judge_whole(struct world *w, u32 arena, const u32 *visible, struct intree *other)
{
	struct btt_arena *c = &w->ca[arena];
	u32 before[INTREE_BLOCKS], tags[INTREE_BLOCKS], n = ALIGN(c->layout.external_nlba, 2);
	struct intree again;

	memcpy(before, map_word(c, 0), n * 4);
	must(!recover(c));
	must_be_same(c, other);
	must_be_permutation(c);
	must_have_contents(w, arena, visible, tags);
	must_be_old_or_new(w, c, before, other);
	must(!recover(c));
	must_be_same(c, other);
	must(intree_recover(w->chk.cur + c->start, &c->layout, &again));
	must_be_same(c, &again);
	memcpy(map_word(c, 0), before, n * 4);
	if (w->every && !((w->count.states + w->judged++) % w->every))
		must_stay_read_only(w, arena, tags, other);
	c->read_only = false;
}

/* Each group of the log, read without the code under test. */
bool world_log_makes_sense(struct btt_arena *a, enum btt_padding pad)
{
	const struct btt_log_group *group = (void *)(a->media->cur + btt_log_at(a, 0, 0));

	for (u32 i = 0; i < a->layout.nfree; i++)
		if (btt_flog_newest(le32_to_cpu(group[i].slot[0].seq),
				    le32_to_cpu(group[i].slot[pad].seq)) < 0)
			return false;
	return true;
}

/* The state is refused, read-only too, and not stored to. */
static void must_be_refused(struct btt_arena *c)
{
	u64 from = c->start + c->layout.mapoff, len = c->layout.info2off - c->layout.mapoff;
	u8 before[4096];

	must(len <= sizeof(before));
	memcpy(before, c->media->cur + from, len);
	for (u32 read_only = 0; read_only < 2; read_only++) {
		c->read_only = read_only;
		must(recover(c) < 0);
	}
	c->read_only = false;
	must(!memcmp(before, c->media->cur + from, len));
}

static bool log_is_bad(struct world *w, u32 arena)
{
	struct btt_arena *a = &w->a[arena];

	return btt_media_bad(&w->m, btt_log_at(a, 0, 0), a->layout.nfree * BTT_LOG_GROUP);
}

/* It is as bad when it comes up as when power failed. */
static void must_refuse_poison(struct world *w, u32 arena)
{
	w->count.poisoned++;
	w->chk.bad = w->m.bad;
	w->chk.bad_len = w->m.bad_len;
	must_be_refused(&w->ca[arena]);
	w->chk.bad_len = 0;
}

/* Only amid a repair, or after one that has failed, may power leave what no recovery can use. */
static bool judge_repair(struct world *w, u32 arena)
{
	struct btt_arena *a = &w->a[arena];

	if (log_is_bad(w, arena))
		must_refuse_poison(w, arena);
	if (world_log_makes_sense(&w->ca[arena], a->pad)) {
		w->count.repaired += w->repaired && !w->m.lanes_held;
		return false;
	}
	must(w->m.lanes_held || a->failed || a->log_bad);
	w->count.amid++;
	must_be_refused(&w->ca[arena]);
	return true;
}

static void world_judge(struct world *w, u32 arena, const u32 *visible)
{
	struct btt_arena *c = &w->ca[arena];
	struct intree other;

	if (w->repairs && judge_repair(w, arena))
		return;
	must(intree_recover(w->chk.cur + c->start, &c->layout, &other));
	judge_whole(w, arena, visible, &other);
}

/* Number of states, or more than WORLD_SAMPLES. */
static u64 world_variety(const struct btt_media *m)
{
	u64 product = 1;

	for (u32 i = 0; i < m->npending && product <= WORLD_SAMPLES; i++)
		product *= m->pending[i].nr;
	return product;
}

/* State @n of all, or with @n beyond that a random one, to @image. */
static void world_state(struct world *w, const struct btt_media *m, u64 variety, u64 n, u8 *image)
{
	for (u32 i = 0; i < m->npending; i++) {
		const struct btt_word *p = &m->pending[i];
		u32 pick = variety <= WORLD_SAMPLES ? n % p->nr : world_dice(w, p->nr);

		n /= p->nr;
		memcpy(image + p->word * 8ull, &p->value[pick], 8);
	}
}

void world_cut(struct world *w)
{
	static u32 visible[WORLD_ARENAS][INTREE_BLOCKS];
	u64 variety = world_variety(&w->m), n, states = min_t(u64, variety, WORLD_SAMPLES);

	for (u32 k = 0; k < w->arenas; k++)
		for (u32 i = 0; i < w->a[k].layout.external_nlba; i++)
			visible[k][i] = tag_by(&w->a[k], w->m.cur, i, raw_of(&w->a[k], i));
	memcpy(w->chk.cur, w->m.dur, w->m.size);
	for (n = 0; n < states; n++) {
		world_state(w, &w->m, variety, n, w->chk.cur);
		for (u32 k = 0; k < w->arenas; k++)
			world_judge(w, k, visible[k]);
	}
	w->count.states += states;
	w->count.lossy += w->m.losses ? states : 0;
}

/* ---- tasks ---- */

static void world_turn(struct world *w, int actor)
{
	int me = w->m.actor;

	if (actor == me)
		return;
	w->m.actor = actor;
	pthread_cond_broadcast(&w->turned);
	while (w->m.actor != me)
		pthread_cond_wait(&w->turned, &w->lock);
}

static void world_step(struct btt_media *m, enum btt_step step)
{
	struct world *w = (struct world *)m;

	if (step == STEP_BEFORE_FENCE && !w->uncut)
		world_cut(w);
	if (w->alive[!m->actor] && (step == STEP_PAUSE || world_dice(w, 2)))
		world_turn(w, !m->actor);
	else
		must(step != STEP_PAUSE || !w->alive[m->actor]);
}

struct world_task {
	struct world *w;
	int actor;
};

static void *world_thread(void *arg)
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
void world_run(struct world *w, void (*script)(struct world *w, u32 actor))
{
	struct world_task t[MACHINE_ACTORS] = { { w, 0 }, { w, 1 } };
	pthread_t thread[MACHINE_ACTORS];

	w->script = script;
	w->alive[0] = true;
	w->alive[1] = true;
	w->m.actor = world_dice(w, 2);
	for (int i = 0; i < MACHINE_ACTORS; i++)
		must(!pthread_create(&thread[i], NULL, world_thread, &t[i]));
	for (int i = 0; i < MACHINE_ACTORS; i++)
		pthread_join(thread[i], NULL);
	w->m.actor = 0;
}

/* ---- operations ---- */

static void op_begin(struct world *w, u32 arena, u32 lba, u32 tag)
{
	struct flight *f = &w->flight[w->m.actor], *other = &w->flight[!w->m.actor];

	*f = (struct flight){ arena, lba, tag, tag, ++w->round[arena][lba] };
	f->began = history_begin(w, arena, lba, tag);
	f->alone = other->tag == TAG_NONE || other->arena != arena || other->lba != lba;
}

/* It has returned: when nobody else touched the sector, it is what was wanted. */
static void op_end(struct world *w, bool acknowledged)
{
	struct flight *f = &w->flight[w->m.actor];
	struct btt_arena *a = &w->a[f->arena];

	if (acknowledged && f->alone && w->round[f->arena][f->lba] == f->round)
		must(tag_by(a, w->m.cur, f->lba, le32_to_cpu(*map_word(a, f->lba))) == f->tag);
	history_end(w, f->arena, f->lba, f->began, acknowledged && f->tag != TAG_ERROR);
	f->tag = TAG_NONE;
	if (!w->uncut)
		world_cut(w);
}

/* The lane, or one instead of it, for oneself. */
static void hold_lane(struct world *w, u32 lane)
{
	while (w->m.lane_held[lane])
		world_step(&w->m, STEP_PAUSE);
	w->m.lane_held[lane] = true;
}

static int repair_log(struct world *w, struct btt_arena *a, u32 lane)
{
	int rc;

	w->m.lane_held[lane] = false;
	rc = btt_log_repair(a);
	w->repaired += !rc;
	hold_lane(w, lane);
	return rc;
}

/* In another lane when this one is parked: as long as there is one, there is no failure. */
static int write_somewhere(struct world *w, u32 arena, u32 *lane, u32 lba, u32 tag)
{
	struct btt_arena *a = &w->a[arena];
	u32 next;
	int rc;

	while ((rc = machine_try_write(a, *lane, lba, tag))) {
		if (rc == -EUCLEAN && !repair_log(w, a, *lane))
			continue;
		next = btt_lane_next(a, *lane);
		if (rc != -EAGAIN || next == *lane)
			return -EIO;
		w->m.lane_held[*lane] = false;
		hold_lane(w, next);
		*lane = next;
		w->count.changes++;
	}
	return rc;
}

int op_write(struct world *w, u32 arena, u32 lane, u32 lba)
{
	u32 tag = ++w->tag;
	int rc;

	hold_lane(w, lane);
	op_begin(w, arena, lba, tag);
	rc = write_somewhere(w, arena, &lane, lba, tag);
	must(!rc || w->may_fail);
	op_end(w, !rc);
	w->m.lane_held[lane] = false;
	return rc;
}

/* A read, with time for others before it has copied; then perhaps its failure. */
void op_read(struct world *w, u32 arena, u32 lba, bool fails)
{
	struct btt_arena *a = &w->a[arena];
	u32 tag, began = ++w->now;
	struct btt_read rd;
	int rc;

	if (btt_read_begin(a, lba, &rd))
		return;
	world_step(&w->m, STEP_STORE);
	tag = machine_tag(w->m.cur, rd.at, a->layout.internal_lbasize);
	must(history_has(w, arena, lba, tag, began));
	if (fails) {
		op_begin(w, arena, lba, TAG_ERROR);
		w->flight[w->m.actor].was = tag;
		w->flight[w->m.actor].alone = false;	/* it may have been written meanwhile */
		rc = btt_read_failed(a, lba, &rd);
		must(!rc || w->may_fail);
		op_end(w, !rc);
	}
	btt_read_end(&rd);
}

/* ---- setting up ---- */

/* What is read now is what there is, but for error flags: who is lost is found again. */
void world_settle_history(struct world *w)
{
	for (u32 k = 0; k < w->arenas; k++)
		for (u32 i = 0; i < w->a[k].layout.external_nlba; i++) {
			u32 tag = tag_by(&w->a[k], w->m.cur, i, raw_of(&w->a[k], i));

			if (tag != TAG_ERROR || !w->m.npending)
				history_is(w, k, i, tag);
		}
}

/* Attach it anew, as it lies there: 0, or recovery was refused. */
int world_reopen(struct world *w, bool read_only)
{
	int rc = 0;

	w->opening = true;
	for (u32 k = 0; k < w->arenas && !rc; k++) {
		struct btt_arena *a = &w->a[k];

		a->read_only = read_only;
		rc = recover(a);
	}
	w->opening = false;
	return rc;
}

/* Power fails, and this is the state that the medium was in. */
void world_power_cut(struct world *w)
{
	u64 variety = world_variety(&w->m);

	memcpy(w->m.cur, w->m.dur, w->m.size);
	world_state(w, &w->m, variety, world_dice(w, min_t(u64, variety, WORLD_SAMPLES)), w->m.cur);
	machine_record(&w->m);
	w->m.losses = 0;
	w->m.fail_fence = 0;
}

/* Sectors hold tags 1, 2, …; the media is certain. */
static void world_start(struct world *w)
{
	for (u32 k = 0; k < w->arenas; k++) {
		struct btt_arena *a = &w->a[k];

		must(a->layout.internal_nlba <= INTREE_BLOCKS);
		for (u32 i = 0; i < a->layout.internal_nlba; i++)
			machine_fill(&w->m, btt_block_at(a, i), a->layout.internal_lbasize,
				     ++w->tag);
		must(!btt_arena_recover(a, NULL, NULL));
		machine_arena(&w->ca[k], &w->chk, &a->layout, a->start);
	}
	world_settle_history(w);
	machine_record(&w->m);
	w->m.step = world_step;
	for (u32 i = 0; i < MACHINE_ACTORS; i++)
		w->flight[i].tag = TAG_NONE;
}

static void world_init(struct world *w, u64 size, u64 seed)
{
	memset(w, 0, sizeof(*w));
	machine_init(&w->m, size);
	machine_init(&w->chk, size);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->turned, NULL);
	w->rng = seed * 0x9e3779b97f4a7c15ull ^ 0x123456789abcdefull;
	w->every = getenv("BTT_ALL") ? 1 : 8;
}

/* Small arenas of equal layout, one behind the other. */
void world_small(struct world *w, u32 arenas, u32 nlba, u32 nfree, u32 bsize, enum btt_padding pad,
		 u64 seed)
{
	struct btt_layout l = machine_small(nlba, nfree, bsize);

	world_init(w, arenas * l.size, seed);
	w->arenas = arenas;
	for (u32 k = 0; k < arenas; k++) {
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

void tally_add(struct tally *t, const struct tally *more)
{
	t->states += more->states;
	t->lossy += more->lossy;
	t->read_only += more->read_only;
	t->written += more->written;
	t->changes += more->changes;
	t->amid += more->amid;
	t->poisoned += more->poisoned;
	t->repaired += more->repaired;
}

/* It ends, and what has come of it is added to @t. */
void world_end(struct world *w, struct tally *t)
{
	tally_add(t, &w->count);
	for (u32 k = 0; k < w->arenas; k++) {
		machine_arena_free(&w->a[k]);
		machine_arena_free(&w->ca[k]);
	}
	machine_free(&w->m);
	machine_free(&w->chk);
}
