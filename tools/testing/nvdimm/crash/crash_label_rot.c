// SPDX-License-Identifier: GPL-2.0
/* weekly: ROT=1 */
/*
 * One label slot, one index block or the whole area of one DIMM goes bad, in sets of 1 to 6 DIMMs
 * and at any point of their lives; then namespaces are created (the first of them is interrupted),
 * resized and deleted. Never is a byte of a namespace that a label on some DIMM still names given
 * to another one; what is whole is served; and as much can be created as is said to be free.
 *
 *	ROT=N		every Nth state (default 20; 1: all of them)
 *	SAMPLE_OUT=FILE SAMPLE_EVERY=N	write every Nth state there (label_sample.h)
 */
/* objects: lib/label_sim.c lib/label_sampler.c drivers/nvdimm/layout/dpa.c */
#include "nd_test.h"
#include "label_sampler.h"
#include "label/label.h"

#define SPACE		(32ull * SZ_2M)
#define AREA		4096
#define NEW		77

/* What has happened last, before the media goes bad: an index block remembers what was before. */
enum last { CREATED, DELETED, RESIZED, RENAMED, UNSETTLED, APART, SHRINKING, LASTS };
enum order { CREATE_FIRST, RESIZE_FIRST, DELETE_FIRST, ORDERS };

/* A namespace as it truly is. */
struct truth {
	struct ns_want is;
	bool gone;			/* deleted, or resized, since */
	bool told;			/* a label that says so is readable, or may come back */
	bool whole;			/* all of them are, and nothing speaks against */
	u32 slot[MACHINE_DIMMS];
};

struct scene {
	struct machine m;
	struct truth ns[VIEW_MAX];
	u32 nr;
	enum last last;
	u8 good[MACHINE_DIMMS][AREA];
};

static u64 states, tried, every, closed, kept, broken;
static struct {
	u32 dimm, at, bits, order, step;
} where;

static void change(struct machine *m, u8 id, const struct ns_want *want)
{
	struct view v;

	machine_view(m, &v);
	assert_int_equal(machine_change(m, id ? view_find(&v, id) : NULL, want), 0);
}

/* Power fails when all labels are there, before the last one of them loses its mark. */
static void create_cut(struct machine *m, const struct ns_want *want)
{
	struct view v;
	u64 steps;

	media_start(&m->world);
	change(m, 0, want);
	steps = m->world.steps;
	media_rewind(&m->world);
	media_start(&m->world);
	machine_load(m);
	/* a label and an index block before the end */
	m->world.cut = steps - (m->area[0].label_size + m->area[0].index_size) / 8;
	machine_change(m, NULL, want);
	media_repair(&m->world);
	machine_load(m);
	machine_view(m, &v);
	assert_true(view_find(&v, want->id)->unsettled);
}

/* Power fails before the last DIMM is written, which is the one that decides. */
static void shrink_cut(struct machine *m, u8 id, const struct ns_want *want)
{
	struct view v;
	u64 steps;

	media_start(&m->world);
	change(m, id, want);
	steps = m->world.steps;
	media_rewind(&m->world);
	media_start(&m->world);
	machine_load(m);
	machine_view(m, &v);
	m->world.cut = steps - (m->area[0].label_size + m->area[0].index_size) / 8;
	machine_change(m, view_find(&v, id), want);
	media_repair(&m->world);
	machine_load(m);
	machine_view(m, &v);
	assert_true(view_find(&v, id)->torn);
	assert_true(view_find(&v, id)->is.size > want->size);
}

/* A namespace as in-tree places it where an interrupted change has left labels on some DIMMs. */
static void create_apart(struct machine *m, const struct ns_want *want)
{
	struct view v;

	for (u32 i = 0; i < m->n; i++) {
		struct nd_label l = machine_label(m, want, i);
		struct label_change c = { .add = &l, .nadd = 1, .minor = m->minor };

		l.dpa += i % 2 * 8 * SZ_2M;
		assert_int_equal(machine_commit(m, i, &c), 0);
	}
	machine_view(m, &v);
	assert_true(m->minor == 1 || m->turned || view_find(&v, want->id)->apart);
}

static void build(struct scene *s, u32 dimms, u8 minor, enum last last, u32 turned)
{
	/* no bit that is flipped makes one uuid another */
	static const struct ns_want ns[] = {
		{ 1, 'a', 0, 2 * SZ_2M }, { 2, 'b', 2 * SZ_2M, SZ_2M },
		{ 4, 'c', 6 * SZ_2M, 2 * SZ_2M }, { 7, 'd', 3 * SZ_2M, SZ_2M },
	};
	const struct ns_want big = { 2, 'b', 2 * SZ_2M, 3 * SZ_2M }, named = { 4, 'n', 6 * SZ_2M,
									       2 * SZ_2M };
	const struct ns_want small = { 4, 'c', 6 * SZ_2M, SZ_2M };
	struct view v;

	s->last = last;
	machine_init(&s->m, dimms, AREA, minor);
	s->m.turned = turned;
	machine_load(&s->m);
	for (u32 i = 0; i < 3; i++)
		change(&s->m, 0, &ns[i]);
	if (last == CREATED)
		change(&s->m, 0, &ns[3]);
	else if (last == UNSETTLED && dimms > 1)
		create_cut(&s->m, &ns[3]);
	else if (last == DELETED)
		change(&s->m, 1, NULL);
	else if (last == APART && dimms > 1)
		create_apart(&s->m, &ns[3]);
	else if (last == SHRINKING && dimms > 1)
		shrink_cut(&s->m, 4, &small);
	else if (last == RESIZED || last == RENAMED)
		change(&s->m, last == RESIZED ? 2 : 4, last == RESIZED ? &big : &named);
	machine_view(&s->m, &v);
	/* refused without checksums, it is there all the same */
	if (last == APART && (minor == 1 || turned) && dimms > 1)
		v.ns[v.nr++] = (struct ns_view){ .is = ns[3], .slot = { 3, 3, 3, 3, 3, 3 } };
	s->nr = v.nr;
	for (u32 i = 0; i < v.nr; i++) {
		s->ns[i].is = v.ns[i].is;
		for (u32 k = 0; k < dimms; k++)
			s->ns[i].slot[k] = v.ns[i].slot[k];
	}
	for (u32 i = 0; i < dimms; i++)
		memcpy(s->good[i], s->m.media[i].bytes, AREA);
}

/* ---- what is true ---- */

static bool tells(const struct machine *m, const struct truth *t, u32 dimm)
{
	struct nd_label l;

	for (u32 slot = 0; slot < m->area[dimm].nslot; slot++)
		if (label_area_get(&m->area[dimm], slot, &l) == ND_REASON_OK &&
		    l.cookie == MACHINE_COOKIE && l.uuid.b[0] == t->is.id &&
		    l.dpa == t->is.offset && l.size == t->is.size)
			return true;
	return false;
}

/* The label is there, but cannot be read: what it names is not free either. */
static bool hides(const struct machine *m, const struct truth *t, u32 dimm)
{
	struct nd_label l;

	return m->ruined[dimm] ||
	       (label_slot_active(&m->area[dimm], t->slot[dimm]) &&
		label_area_get(&m->area[dimm], t->slot[dimm], &l) != ND_REASON_OK);
}

static void learn(struct scene *s, bool proven)
{
	for (u32 i = 0; i < s->nr; i++) {
		struct truth *t = &s->ns[i];

		t->gone = t->told = false;
		t->whole = proven;
		for (u32 k = 0; k < s->m.n; k++) {
			bool tells_it = tells(&s->m, t, k);

			t->told |= tells_it || hides(&s->m, t, k);
			t->whole &= tells_it;
		}
	}
}

/* Is @ns the namespace @t, whatever its labels may call it now? */
static bool is(const struct machine *m, const struct ns_view *ns, const struct truth *t)
{
	if (ns->is.id == t->is.id)
		return true;
	for (u32 i = 0; i < m->n && ns->is.offset == t->is.offset && ns->torn; i++)
		if (ns->slot[i] == t->slot[i])
			return true;
	return false;
}

static bool overlap(const struct ns_want *a, const struct ns_want *b)
{
	return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

static void check(const struct scene *s, const struct view *v, bool first)
{
	for (u32 i = 0; i < s->nr; i++) {
		const struct truth *t = &s->ns[i];

		if (t->gone || !t->told)
			continue;
		for (u32 k = 0; k < v->nr; k++) {
			if (is(&s->m, &v->ns[k], t) || !overlap(&v->ns[k].is, &t->is))
				continue;
			fail_msg("DIMM %u byte %u ^ %#x, order %u step %u: %u takes from %u",
				 where.dimm, where.at, where.bits, where.order, where.step,
				 v->ns[k].is.id, t->is.id);
		}
		if (first && t->whole) {
			const struct ns_view *ns = view_find(v, t->is.id);

			assert_non_null(ns);
			assert_true(ns->is.offset == t->is.offset && ns->is.size == t->is.size);
		}
	}
}

/* ---- what is done ---- */

static void boot(struct scene *s, struct view *v, bool first)
{
	machine_load(&s->m);
	machine_settle(&s->m);
	machine_view(&s->m, v);
	if (!v->down)
		check(s, v, first);
}

static struct dpa_space space(const struct scene *s, const struct view *v, struct dpa_extent *busy)
{
	return (struct dpa_space){ .size = SPACE, .align = SZ_2M, .busy = busy,
				   .nr = machine_busy(&s->m, v, busy) };
}

/*
 * Power fails at some step of a creation, or a write of it, and that comes back: nothing of anybody
 * else's may have changed. What there is then takes no more than was free.
 */
static void create_broken(struct scene *s, const struct ns_want *want)
{
	static u32 turn;
	struct view v;

	media_start(&s->m.world);
	turn++;
	if (turn % 3)
		s->m.world.cut = turn * 37 % (s->m.n * 60);
	else
		s->m.world.fail = 1 + turn / 3 % (2 * s->m.n + 1);
	s->m.world.fault = turn % FAULT_MAX;
	machine_apply(&s->m, NULL, want);
	broken += s->m.world.dead || s->m.world.broken;
	media_repair(&s->m.world);
	boot(s, &v, false);
	media_start(&s->m.world);
}

/* Everything that is free is taken, the largest extent first; the first of them meets trouble. */
static void create_all(struct scene *s)
{
	struct dpa_extent busy[MACHINE_DIMMS * VIEW_MAX], big;
	struct ns_want want = { NEW, 'z' };
	struct dpa_space free;
	struct view v;

	machine_view(&s->m, &v);
	if (v.closed != ND_REASON_OK) {
		closed++;
		return;
	}
	for (; want.id < NEW + 5; want.id++) {
		free = space(s, &v, busy);
		big = dpa_largest(&free);
		if (!big.size)
			break;
		want.offset = big.start;
		want.size = big.size;
		if (view_find(&v, want.id))
			continue;
		if (want.id == NEW) {
			create_broken(s, &want);
			machine_view(&s->m, &v);
			if (v.closed != ND_REASON_OK)
				break;
			continue;
		}
		assert_int_equal(machine_apply(&s->m, NULL, &want), 0);
		boot(s, &v, false);
		assert_non_null(view_find(&v, want.id));
	}
}

static struct truth *truth_of(struct scene *s, const struct ns_view *ns)
{
	for (u32 i = 0; i < s->nr; i++)
		if (is(&s->m, ns, &s->ns[i]))
			return &s->ns[i];
	return NULL;
}

static bool damaged(const struct machine *m)
{
	for (u32 i = 0; i < m->n; i++)
		if (m->ruined[i] || !m->area[i].valid)
			return true;
	return false;
}

/* Of all there are: by as much as there is room, then to one unit. */
static void resize_all(struct scene *s)
{
	struct dpa_extent busy[MACHINE_DIMMS * VIEW_MAX];
	struct ns_want want;
	struct dpa_space free;
	struct truth *t;
	struct view v;
	u64 room;

	machine_view(&s->m, &v);
	for (u32 i = 0; i < v.nr && !damaged(&s->m); i++) {
		t = truth_of(s, &v.ns[i]);
		free = space(s, &v, busy);
		want = v.ns[i].is;
		room = v.ns[i].apart || v.closed != ND_REASON_OK ? 0 :
		       dpa_room(&free, want.offset + want.size);
		want.size += room;
		if (t)
			t->gone = true;
		if (room && want.offset + want.size <= SPACE)
			assert_int_equal(machine_apply(&s->m, &v.ns[i], &want), 0);
		boot(s, &v, false);
		want.size = v.ns[i].apart ? want.size : SZ_2M;
		assert_int_equal(machine_apply(&s->m, &v.ns[i], &want), 0);
		boot(s, &v, false);
		if (t) {
			t->is = want;
			t->gone = false;
		}
	}
}

static void delete_all(struct scene *s)
{
	struct truth *t;
	struct view v;

	machine_view(&s->m, &v);
	while (v.nr && !damaged(&s->m)) {
		t = truth_of(s, &v.ns[0]);
		if (t)
			t->gone = true;
		assert_int_equal(machine_apply(&s->m, &v.ns[0], NULL), 0);
		boot(s, &v, false);
	}
}

static void (*const step[])(struct scene *s) = { create_all, resize_all, delete_all };

/*
 * Can in-tree be asked? Where a label of the first DIMM lacks its siblings it gives up the
 * whole region; where labels disagree it takes the sum of their sizes. And it serves what lies
 * apart without checksums, too.
 */
static bool intree_can(const struct scene *s, const struct view *v)
{
	if ((s->last == APART && s->m.minor == 1) || s->m.turned)
		return false;
	for (u32 i = 0; i < v->nr; i++)
		if (v->ns[i].torn && !v->ns[i].unsettled)
			return false;
	for (u32 i = 0; i < v->nrest; i++)
		if (!v->rest[i].dimm)
			return false;
	/* a sample is of bytes, all of which can be read */
	for (u32 i = 0; i < s->m.n; i++)
		if (s->m.media[i].nlost)
			return false;
	return !v->down;
}

/* The media is as it is now; three things happen, in three orders. */
static void live(struct scene *s, bool proven)
{
	u8 bad[MACHINE_DIMMS][AREA];
	u32 nlost[MACHINE_DIMMS];
	struct view v;

	if (tried++ % every)
		return;
	for (u32 i = 0; i < s->m.n; i++) {
		memcpy(bad[i], s->m.media[i].bytes, AREA);
		nlost[i] = s->m.media[i].nlost;
	}
	for (enum order order = 0; order < ORDERS; order++) {
		states++;
		machine_load(&s->m);
		learn(s, proven);
		boot(s, &v, true);
		kept += v.kept;
		if (!order && proven && intree_can(s, &v) && sampler_wants())
			sampler_take(&s->m, &v, false);
		for (u32 i = 0; i < 3 && !v.down; i++) {
			where.order = order;
			where.step = i;
			step[(order + i) % 3](s);
			boot(s, &v, false);
		}
		for (u32 i = 0; i < s->m.n; i++) {
			memcpy(s->m.media[i].bytes, bad[i], AREA);
			s->m.media[i].nlost = nlost[i];
		}
	}
}

static void mend(struct scene *s)
{
	for (u32 i = 0; i < s->m.n; i++) {
		memcpy(s->m.media[i].bytes, s->good[i], AREA);
		s->m.media[i].dead = false;
		s->m.media[i].nlost = 0;
	}
	for (u32 i = 0; i < s->nr; i++)
		s->ns[i].gone = false;
	media_start(&s->m.world);
	machine_load(&s->m);
}

static void flip(struct scene *s, u32 dimm, u32 off, u32 len, u32 stride, bool proven)
{
	static const u8 bits[] = { 0x01, 0x80, 0xff, 0x08, 0x20 };
	struct truth ns[VIEW_MAX];

	memcpy(ns, s->ns, sizeof(ns));
	for (u32 at = off; at < off + len; at += stride) {
		for (u32 i = 0; i < ARRAY_SIZE(bits); i++) {
			s->m.media[dimm].bytes[at] ^= bits[i];
			where.dimm = dimm;
			where.at = at;
			where.bits = bits[i];
			live(s, proven);
			memcpy(s->ns, ns, sizeof(ns));
			mend(s);
		}
	}
}

static void every_slot(struct scene *s, u32 dimm)
{
	const struct label_area *area = &s->m.area[dimm];
	u32 off = area->label_off, size = area->label_size;

	for (u32 slot = 0; slot < s->m.area[dimm].nslot; slot++) {
		if (!label_slot_active(&s->m.area[dimm], slot))
			continue;
		/* a checksum tells of any bit alike; without one each byte says something else */
		if (s->m.minor == 1)
			flip(s, dimm, off + slot * size, 104, 1, false);
		else
			flip(s, dimm, off + slot * size, 256, 8, true);
	}
}

static void every_index(struct scene *s, u32 dimm)
{
	u32 size = s->m.area[dimm].index_size;

	flip(s, dimm, 0, 80, 4, true);
	flip(s, dimm, size, 80, 4, true);
}

/* A line that cannot be read, by itself or with what is read along, until it is written. */
static void every_line(struct scene *s, u32 dimm)
{
	const struct label_area *area = &s->m.area[dimm];
	u32 index = area->label_off, end = index + 6 * area->label_size;
	struct truth ns[VIEW_MAX];

	memcpy(ns, s->ns, sizeof(ns));
	for (u32 at = 0; at < end; at += 64) {
		s->m.media[dimm].lost = at;
		s->m.media[dimm].nlost = 64;
		where.dimm = dimm;
		where.at = at;
		where.bits = 0;
		/* of the newest block nothing else tells what it said */
		machine_load(&s->m);
		assert_int_equal(s->m.unreadable[dimm], at < index);
		live(s, true);
		memcpy(s->ns, ns, sizeof(ns));
		mend(s);
	}
}

enum whole { BLANK, GARBAGE, BOTH_BLOCKS, UNREADABLE, WHOLES };

static void whole_area(struct scene *s, u32 dimm, enum whole how)
{
	u8 *bytes = s->m.media[dimm].bytes;
	struct truth ns[VIEW_MAX];

	memcpy(ns, s->ns, sizeof(ns));
	if (how == BLANK)
		memset(bytes, 0, AREA);
	for (u32 i = 0; how == GARBAGE && i < AREA; i++)
		bytes[i] = i * 37 + 11;
	if (how == BOTH_BLOCKS)
		bytes[20] ^= bytes[s->m.area[dimm].index_size + 20] ^= 0xff;
	s->m.media[dimm].dead = how == UNREADABLE;
	tried = 0;
	live(s, true);
	memcpy(s->ns, ns, sizeof(ns));
	mend(s);
}

/* A power cut leaves one of the two last changes of a DIMM half done: here, not done at all. */
static void rot(u32 dimms, u8 minor, enum last last, u32 turned)
{
	struct scene s = { 0 };

	build(&s, dimms, minor, last, turned);
	for (u32 dimm = 0; dimm < dimms; dimm++) {
		every_slot(&s, dimm);

		/* what is unsettled is settled before it is used, so that it is never that old */
		if (last != UNSETTLED) {
			every_index(&s, dimm);
			every_line(&s, dimm);
		}
		for (enum whole how = 0; how < WHOLES; how++)
			whole_area(&s, dimm, how);
	}
	machine_free(&s.m);
}

static const struct {
	const char *title;
	u32 dimms;
} sets[] = {
	{ "one DIMM", 1 }, { "two DIMMs", 2 }, { "four DIMMs", 4 }, { "six DIMMs", 6 },
};

TEST_EACH(rot__takes_nothing_from_anyone, sets)
{
	u64 first = states;

	for (u8 minor = 1; minor <= 2; minor++)
		for (enum last last = 0; last < LASTS; last++)
			for (u32 turned = 0; turned < min(row->dimms, 2u); turned++)
				rot(row->dimms, minor, last, turned);
	printf("## %s: %llu states\n", row->title, states - first);
	assert_true(states > first);
}

TEST(rot__enough_states_were_tried)
{
	sampler_end();
	printf("## %llu states, %llu labels kept, %llu times nothing could be created, %llu creations interrupted\n",
	       states, kept, closed, broken);
	assert_true(states >= 200000 / every);
	assert_true(kept > states / 10);
	assert_true(closed > 0);
	assert_true(broken > states / 10);
}

int before_all(void **state)
{
	every = getenv("ROT") ? strtoull(getenv("ROT"), NULL, 0) : 20;
	sampler_start();
	return 0;
}
