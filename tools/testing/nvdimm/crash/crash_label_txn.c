// SPDX-License-Identifier: GPL-2.0
/*
 * Every way in which a change of labels can be interrupted, on 1 to 6 DIMMs:
 * power fails at each 8-byte step; a write fails before, within or after its
 * bytes; power fails while that failure is being taken back. After each, a
 * boot must find all other namespaces untouched and the subject old or new.
 *
 *	SAMPLE_OUT=FILE SAMPLE_EVERY=N	write every Nth state there (label_sample.h)
 */
/* objects: lib/label_sim.c lib/label_sampler.c */
#include "nd_test.h"
#include "label_sampler.h"
#include "label/codec.h"
#include "label/label.h"

#define SUBJECT		100
#define RENAMED		101

enum op { CREATE, DELETE, RESIZE, RENAME, REUUID };

static const struct {
	const char *law;
	enum op op;
} ops[] = {
	{ "create: done or absent", CREATE }, { "delete: done or not", DELETE },
	{ "resize: old or new size", RESIZE }, { "rename: old or new name", RENAME },
	{ "uuid: old or new", REUUID },
};

struct config {
	enum op op;
	u32 dimms;
	u32 size;
	u8 minor;
	bool full;		/* one free slot left, or two to create in */
	bool odd;		/* the other index block is in force */
	bool blank;		/* to create in areas without an index */
};

static const struct ns_want old_ns = { SUBJECT, 'a', 100 * SZ_2M, SZ_2M };
static u64 states;

static struct ns_want wanted(enum op op)
{
	struct ns_want want = old_ns;

	if (op == RESIZE)
		want.size = 3 * SZ_2M;
	if (op == RENAME)
		want.name = 'b';
	if (op == REUUID)
		want.id = RENAMED;
	return want;
}

/* A label of another interleave set, which nothing may touch. */
static bool add_foreign(struct machine *m, u32 dimm)
{
	/* where its set has the DIMM's capacity, ours has none */
	struct ns_want want = { 200, 'f', SZ_1G + m->area[dimm].nfree * 4096ull, 4096 };
	struct nd_label l = machine_label(m, &want, 0);
	struct label_change c = { .add = &l, .nadd = 1, .minor = m->minor };

	l.cookie = 77;
	l.nlabel = 1;
	return !machine_commit(m, dimm, &c);
}

/* How many bystanders an area of few slots has room for. */
static u32 bystanders(const struct config *c)
{
	return c->blank ? 0 : min(3u, label_nslot(c->size, c->minor * 128) - 2);
}

static void build(struct machine *m, const struct config *c)
{
	struct view v;

	machine_init(m, c->dimms, c->size, c->minor);
	machine_load(m);
	for (u32 i = 0; i < bystanders(c); i++) {
		struct ns_want want = { i + 1, '0' + i, i * SZ_2M, SZ_2M };

		assert_int_equal(machine_change(m, NULL, &want), 0);
	}
	if (c->op != CREATE)
		assert_int_equal(machine_change(m, NULL, &old_ns), 0);
	machine_view(m, &v);
	if (c->odd && v.nr)
		assert_int_equal(machine_change(m, &v.ns[0], &v.ns[0].is), 0);
	for (u32 i = 0; c->full && i < m->n; i++)
		while (m->area[i].nfree > 1 + (c->op == CREATE))
			assert_true(add_foreign(m, i));
	media_start(&m->world);
}

static int perform(struct machine *m, enum op op)
{
	struct ns_want want = wanted(op);
	const struct ns_view *subject;
	struct view v;

	machine_view(m, &v);
	subject = view_find(&v, SUBJECT);
	return machine_change(m, op == CREATE ? NULL : subject, op == DELETE ? NULL : &want);
}

static bool same_ns(const struct ns_view *ns, const struct ns_want *want)
{
	return ns->is.id == want->id && ns->is.name == want->name &&
	       ns->is.offset == want->offset && ns->is.size == want->size;
}

/* Which state does the subject show? */
enum shown { SHOWS_OLD, SHOWS_NEW, SHOWS_NONSENSE };

static enum shown show(const struct view *v, enum op op)
{
	const struct ns_view *a = view_find(v, SUBJECT), *b = view_find(v, RENAMED);
	const struct ns_view *ns = a ?: b;
	struct ns_want want = wanted(op);

	if (a && b)
		return SHOWS_NONSENSE;
	if (!ns)
		return op == CREATE ? SHOWS_OLD : op == DELETE ? SHOWS_NEW : SHOWS_NONSENSE;
	if (op != CREATE && same_ns(ns, &old_ns))
		return SHOWS_OLD;
	if (op != DELETE && same_ns(ns, &want))
		return SHOWS_NEW;
	return SHOWS_NONSENSE;
}

/* Others as built, nothing unreadable; @whole: nothing half-done either. */
static enum shown inspect(const struct machine *m, const struct config *c,
			  const struct view *before, bool whole)
{
	enum shown shown;
	struct view v;

	machine_view(m, &v);
	shown = show(&v, c->op);
	assert_int_not_equal(shown, SHOWS_NONSENSE);
	/* nothing stays in doubt */
	assert_int_equal(v.refused, 0);
	assert_int_equal(v.kept, 0);
	assert_reason(v.closed, ND_REASON_OK);
	for (u32 i = 0; i < bystanders(c); i++) {
		const struct ns_view *was = view_find(before, i + 1), *is = view_find(&v, i + 1);

		assert_non_null(is);
		assert_memory_equal(was, is, sizeof(*is));
	}
	assert_int_equal(v.nr, bystanders(c) + (c->op == CREATE ? shown == SHOWS_NEW :
						c->op == DELETE ? shown == SHOWS_OLD : 1));
	for (u32 i = 0; i < m->n; i++) {
		assert_int_equal(v.bad[i], 0);
		assert_int_equal(v.foreign[i], before->foreign[i]);
		if (whole) {
			int more = shown == SHOWS_OLD ? 0 : c->op == CREATE ? 1 :
				   c->op == DELETE ? -1 : 0;

			assert_int_equal(v.norphan[i], 0);
			if (before->valid[i])
				assert_int_equal(v.nfree[i], before->nfree[i] - more);
		}
	}
	for (u32 i = 0; whole && i < v.nr; i++)
		assert_false(v.ns[i].torn);
	return shown;
}

/*
 * A namespace whose labels differ from DIMM to DIMM is read by our rule of
 * position 0; others have none, so they get it as the next write leaves it.
 */
static void sample(struct machine *m, struct view *v)
{
	u32 torn = 0;

	machine_view(m, v);
	for (u32 i = 0; i < v->nr; i++)
		torn += v->ns[i].torn;
	if (torn) {
		machine_recover(m);
		machine_view(m, v);
	}
	sampler_take(m, v, torn);
}

/* Power comes back: what is there, can it be tidied up, and can one go on? */
static void boot(struct machine *m, const struct config *c, const struct view *before)
{
	enum shown shown;

	states++;
	media_repair(&m->world);
	machine_load(m);
	shown = inspect(m, c, before, false);
	if (sampler_wants())
		sample(m, &(struct view){ 0 });
	machine_recover(m);
	assert_int_equal(inspect(m, c, before, true), shown);
	if (shown == SHOWS_OLD) {
		assert_int_equal(perform(m, c->op), 0);
		assert_int_equal(inspect(m, c, before, true), SHOWS_NEW);
	}
}

static void restore(struct machine *m)
{
	media_rewind(&m->world);
	media_start(&m->world);
	machine_load(m);
}

static void cut_everywhere(struct machine *m, const struct config *c, const struct view *before,
			   u64 total)
{
	for (u64 cut = 0; cut < total; cut++) {
		restore(m);
		m->world.cut = cut;
		perform(m, c->op);
		assert_true(m->world.dead);
		boot(m, c, before);
	}
}

/* After a failed write and its undoing, with the DIMMs running. */
static void inspect_running(struct machine *m, const struct config *c, const struct view *before,
			    int rc)
{
	bool stale = false;

	states++;
	for (u32 i = 0; i < m->n; i++) {
		stale |= m->area[i].stale;
		assert_true(m->area[i].stale || machine_agrees(m, i));
	}
	if (rc == 0)
		assert_int_equal(inspect(m, c, before, false), SHOWS_NEW);
	else if (!m->area[0].stale)
		assert_int_equal(inspect(m, c, before, !stale && !m->world.fail_on), SHOWS_OLD);
}

/* Write @fail fails: look around, then cut power at each step from there on. */
static void fail_write(struct machine *m, const struct config *c, const struct view *before,
		       u32 fail, enum media_fault fault, bool on)
{
	u64 upto, cut;

	restore(m);
	m->world.fail = fail;
	m->world.fault = fault;
	m->world.fail_on = on;
	inspect_running(m, c, before, perform(m, c->op));
	assert_true(m->world.broken);
	cut = m->world.broken_at;
	upto = m->world.steps;
	boot(m, c, before);
	for (; !on && cut < upto; cut++) {
		restore(m);
		m->world.fail = fail;
		m->world.fault = fault;
		m->world.cut = cut;
		perform(m, c->op);
		boot(m, c, before);
	}
}

static void enumerate(const struct config *c)
{
	struct view before;
	struct machine m;
	u32 writes;
	u64 steps;

	build(&m, c);
	machine_view(&m, &before);
	restore(&m);
	assert_int_equal(perform(&m, c->op), 0);
	assert_int_equal(inspect(&m, c, &before, true), SHOWS_NEW);
	steps = m.world.steps;
	writes = m.world.xfers;
	boot(&m, c, &before);
	assert_true(writes >= c->dimms && steps >= c->dimms * 32);
	cut_everywhere(&m, c, &before, steps);
	for (u32 fail = 1; fail <= writes; fail++) {
		for (u32 fault = 0; fault < FAULT_MAX; fault++) {
			fail_write(&m, c, &before, fail, fault, false);
			fail_write(&m, c, &before, fail, fault, true);
		}
	}
	machine_free(&m);
}

/* All machines on which @op can be tried. */
static void enumerate_op(enum op op, const char *law)
{
	static const u32 dimms[] = { 1, 2, 4, 6 };
	static const u32 sizes[] = { 1024, 4096, SZ_128K };
	u64 first = states;

	for (u32 i = 0; i < ARRAY_SIZE(dimms); i++)
	for (u32 k = 0; k < ARRAY_SIZE(sizes); k++)
	for (u8 minor = 1; minor <= 2; minor++)
	for (u32 bits = 0; bits < 8; bits++) {
		struct config c = { op, dimms[i], sizes[k], minor, bits & 1, bits & 2, bits & 4 };

		/* filling hundreds of slots shows nothing that a dozen does not */
		if ((c.full && (c.blank || c.size > 4096)) || (c.blank && (op != CREATE || c.odd)))
			continue;
		enumerate(&c);
	}
	printf("## %s: %llu states\n", law, states - first);
}

LAW_OF_EACH(change__that_is_interrupted_is_whole, ops)
{
	enumerate_op(row->op, row->law);
}

LAW(all__a_hundred_thousand_states_were_tried)
{
	sampler_end();
	printf("## all: %llu states\n", states);
	assert_true(states >= 100000);
}

int before_all(void **state)
{
	sampler_start();
	return 0;
}
