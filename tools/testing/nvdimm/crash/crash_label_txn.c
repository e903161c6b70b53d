// SPDX-License-Identifier: GPL-2.0
/*
 * Every way in which a change of labels can be interrupted, on 1 to 6 DIMMs:
 * power fails at each 8-byte step; a write fails before, within or after its
 * bytes; power fails while that failure is being taken back. After each, a
 * boot must find all other namespaces untouched and the subject old or new. Then
 * nothing is tidied up but what the driver tidies up, and a second change comes:
 * it succeeds, and wherever power fails in it, the same holds again.
 *
 *	SAMPLE_OUT=FILE SAMPLE_EVERY=N	write every Nth state there (label_sample.h)
 */
/* objects: lib/label_sim.c lib/label_sampler.c drivers/nvdimm/label/image.c */
#include "nd_test.h"
#include "label_sampler.h"
#include "label/label.h"
#include "label/image.h"

#define SUBJECT		100
#define RENAMED		101
#define THIRD		102

enum op { CREATE, DELETE, RESIZE, RENAME, REUUID };

static const struct {
	const char *title;
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
	bool mixed;		/* labels of different versions … */
	bool early;		/* … or what is there has been labelled by early Linux */
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
	return c->blank ? 0 : min(3u, label_nslot(c->size, (c->mixed ? 2 : c->minor) * 128) - 2);
}

static void build(struct machine *m, const struct config *c)
{
	struct view v;

	machine_init_unlike(m, c->dimms, c->size, c->minor, c->mixed, c->early);
	machine_load(m);
	for (u32 i = 0; i < bystanders(c); i++) {
		struct ns_want want = { i + 1, '0' + i, i * SZ_2M, SZ_2M };

		assert_int_equal(machine_change(m, NULL, &want), 0);
	}
	if (c->op != CREATE)
		assert_int_equal(machine_change(m, NULL, &old_ns), 0);
	m->early = false;
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
	return machine_apply(m, op == CREATE ? NULL : subject, op == DELETE ? NULL : &want);
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
	if (op != CREATE && want_same(&ns->is, &old_ns))
		return SHOWS_OLD;
	if (op != DELETE && want_same(&ns->is, &want))
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

/* Power comes back: what is there, and can one go on? */
static void boot(struct machine *m, const struct config *c, const struct view *before)
{
	enum shown shown;

	states++;
	media_repair(&m->world);
	machine_load(m);
	machine_settle(m);
	shown = inspect(m, c, before, false);
	/* in-tree knows labels by the version of the first DIMM's area */
	if (!m->mixed && sampler_wants())
		sample(m, &(struct view){ 0 });
	if (shown == SHOWS_OLD) {
		assert_int_equal(perform(m, c->op), 0);
		assert_int_equal(inspect(m, c, before, c->op != DELETE), SHOWS_NEW);
	}
	/* in the place of what is left over */
	if (c->op == DELETE) {
		assert_int_equal(machine_apply(m, NULL, &old_ns), 0);
		assert_int_equal(inspect(m, c, before, true), SHOWS_OLD);
	}
}

static void restore(struct machine *m)
{
	media_rewind(&m->world);
	media_start(&m->world);
	machine_load(m);
}

/* ---- a second change ---- */

/* To something that neither was; or there is nothing any more, and one is created. */
enum second { TO_NOTHING, TO_TWO, TO_FOUR, TO_NAME, TO_THIRD, SECONDS };

static struct ns_want second_of(const struct ns_view *first, enum second k)
{
	struct ns_want want = first ? first->is : old_ns;

	if (k == TO_TWO || k == TO_FOUR)
		want.size = (k == TO_TWO ? 2 : 4) * SZ_2M;
	if (k == TO_NAME)
		want.name = 'c';
	if (k == TO_THIRD)
		want.id = THIRD;
	return want;
}

/* What there is of the three that the subject may be called: NULL, or the only one. */
static const struct ns_view *the_one(const struct view *v)
{
	const struct ns_view *one = NULL;

	for (u8 id = SUBJECT; id <= THIRD; id++) {
		const struct ns_view *ns = view_find(v, id);

		assert_false(one && ns);
		one = one ?: ns;
	}
	return one;
}

static bool same_view(const struct ns_view *a, const struct ns_view *b)
{
	return !a || !b ? a == b : want_same(&a->is, &b->is);
}

static int perform_second(struct machine *m, const struct ns_view *first, enum second k)
{
	const struct ns_want want = second_of(first, k);

	return machine_apply(m, first, k == TO_NOTHING ? NULL : &want);
}

static void inspect_second(struct machine *m, const struct config *c, const struct view *before,
			   const struct ns_view *first, enum second k)
{
	const struct ns_want want = second_of(first, k);
	const struct ns_view *is;
	struct view v;

	states++;
	media_repair(&m->world);
	machine_load(m);
	machine_settle(m);
	machine_view(m, &v);
	is = the_one(&v);
	assert_true(same_view(is, first) ||
		    (k == TO_NOTHING ? !is : is && want_same(&is->is, &want)));
	assert_int_equal(v.nr, bystanders(c) + !!is);
	assert_int_equal(v.refused + v.kept, 0);
	assert_reason(v.closed, ND_REASON_OK);
	for (u32 i = 0; i < bystanders(c); i++)
		assert_memory_equal(view_find(before, i + 1), view_find(&v, i + 1),
				    sizeof(struct ns_view));
}

/* The first @cut and the boot after it are over: @first is what there is. Power fails again. */
static void cut_second(struct machine *m, const struct config *c, const struct view *before,
		       enum second k)
{
	const struct media_world first_world = m->world;
	u8 *bytes[MACHINE_DIMMS];
	struct ns_view one;
	const struct ns_view *first;
	struct view v;
	u64 total;

	machine_view(m, &v);
	first = the_one(&v);
	if (first)
		one = *first;
	first = first ? &one : NULL;
	if (!first && k == TO_NOTHING)
		return;
	for (u32 i = 0; i < m->n; i++) {
		bytes[i] = malloc(c->size);
		memcpy(bytes[i], m->media[i].bytes, c->size);
	}
	/* a log of its own: that of the first change leads back to the beginning */
	m->world.log = NULL;
	m->world.nlog = m->world.maxlog = 0;
	media_start(&m->world);
	assert_int_equal(perform_second(m, first, k), 0);
	total = m->world.steps;
	inspect_second(m, c, before, first, k);
	for (u64 cut = 0; cut < total; cut++) {
		media_rewind(&m->world);
		media_start(&m->world);
		machine_load(m);
		m->world.cut = cut;
		perform_second(m, first, k);
		inspect_second(m, c, before, first, k);
	}
	for (u32 i = 0; i < m->n; i++) {
		memcpy(m->media[i].bytes, bytes[i], c->size);
		free(bytes[i]);
	}
	free(m->world.log);
	m->world = first_world;
	machine_load(m);
}

/* The labels, by what they say: the same for all cuts between two writes of an index block. */
static u64 fingerprint(const struct machine *m)
{
	u64 sum = 0;

	for (u32 i = 0; i < m->n; i++)
		sum = sum * 31 + m->area[i].seq * 2 + m->area[i].valid;
	return sum;
}

static bool has_seconds(const struct config *c)
{
	return c->size == 1024 && !c->odd && !c->blank &&
	       (c->dimms == 2 || !(c->mixed || c->early));
}

static void cut_everywhere(struct machine *m, const struct config *c, const struct view *before,
			   u64 total)
{
	u64 last = 0;

	for (u64 cut = 0; cut < total; cut++) {
		restore(m);
		m->world.cut = cut;
		perform(m, c->op);
		assert_true(m->world.dead);
		if (has_seconds(c)) {
			media_repair(&m->world);
			machine_load(m);
			machine_settle(m);
			for (enum second k = 0; fingerprint(m) != last && k < SECONDS; k++)
				cut_second(m, c, before, k);
			last = fingerprint(m);
		}
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
static void enumerate_op(enum op op, const char *title)
{
	static const u32 dimms[] = { 1, 2, 4, 6 };
	static const u32 sizes[] = { 1024, 4096, SZ_128K };
	u64 first = states;

	for (u32 i = 0; i < ARRAY_SIZE(dimms); i++)
	for (u32 k = 0; k < ARRAY_SIZE(sizes); k++)
	for (u8 minor = 1; minor <= 2; minor++)
	for (u32 bits = 0; bits < 32; bits++) {
		struct config c = { op, dimms[i], sizes[k], minor, bits & 1, bits & 2, bits & 4,
				    bits & 8, bits & 16 };

		/* filling hundreds of slots shows nothing that a dozen does not */
		if ((c.full && (c.blank || c.size > 4096)) || (c.blank && (op != CREATE || c.odd)))
			continue;
		/* nor do labels that differ from DIMM to DIMM on many DIMMs, or in large areas */
		if ((c.mixed || c.early) &&
		    ((c.mixed && c.early) || c.blank || c.odd || k ||
		     c.dimms < 2 || c.dimms > 4))
			continue;
		enumerate(&c);
	}
	printf("## %s: %llu states\n", title, states - first);
}

TEST_EACH(change__that_is_interrupted_is_whole, ops)
{
	enumerate_op(row->op, row->title);
}

/* ---- an old image of the first DIMM ---- */

/* What the DIMMs are at the beginning of each of many tries, some of which write past the model. */
static u8 at_first[6][4096];

static void keep(const struct machine *m)
{
	for (u32 i = 0; i < m->n; i++)
		memcpy(at_first[i], m->media[i].bytes, sizeof(at_first[i]));
}

static void begin_anew(struct machine *m)
{
	for (u32 i = 0; i < m->n; i++)
		memcpy(m->media[i].bytes, at_first[i], sizeof(at_first[i]));
	media_start(&m->world);
	machine_load(m);
}

/*
 * @old_ns has gone, and @ns been made in its place by a creation that was cut, or not; then the
 * first DIMM gets the image of before. What is complete belongs to nobody else than it did.
 */
static void revive(struct machine *m, const struct ns_want *ns, u64 cut, const u8 *image)
{
	const struct ns_view *alive;
	struct view v;
	bool made;

	begin_anew(m);
	m->world.cut = cut;
	made = !machine_apply(m, NULL, ns);
	media_repair(&m->world);
	memcpy(m->media[0].bytes, image, m->media[0].size);
	machine_load(m);
	machine_settle(m);
	machine_view(m, &v);
	states++;
	alive = view_find(&v, SUBJECT);
	assert_false(made && alive);
	assert_null(view_find(&v, ns->id));
	/* and nobody is given either's place */
	assert_true(alive || v.kept);
}

TEST(image__of_the_first_dimm_alone_serves_nobodys_bytes)
{
	static const u32 dimms[] = { 2, 4, 6 };

	for (u32 i = 0; i < ARRAY_SIZE(dimms); i++) {
		struct ns_want ns = wanted(REUUID);
		u8 image[4096];
		struct machine m;
		struct view v;
		u64 steps;

		machine_init(&m, dimms[i], sizeof(image), 2);
		machine_load(&m);
		assert_int_equal(machine_change(&m, NULL, &old_ns), 0);
		memcpy(image, m.media[0].bytes, sizeof(image));
		machine_view(&m, &v);
		assert_int_equal(machine_change(&m, &v.ns[0], NULL), 0);
		keep(&m);
		begin_anew(&m);
		assert_int_equal(machine_apply(&m, NULL, &ns), 0);
		steps = m.world.steps;
		for (u64 cut = 0; cut < steps; cut++)
			revive(&m, &ns, cut, image);
		revive(&m, &ns, U64_MAX, image);
		machine_free(&m);
	}
}

/* Power fails at @cut, while the one namespace is changed. */
static void change_half(struct machine *m, enum op op, u64 cut)
{
	begin_anew(m);
	m->world.cut = cut;
	perform(m, op);
	media_repair(&m->world);
	machine_load(m);
}

/* The labels of all other DIMMs are given up before anybody has made it whole. */
static void lose_others(struct machine *m)
{
	struct label_change none = { .minor = m->minor };
	struct view v;

	for (u32 i = 1; i < m->n; i++)
		memset(m->media[i].bytes, 0, m->media[i].size);
	machine_load(m);
	for (u32 i = 1; i < m->n; i++)
		assert_int_equal(machine_commit(m, i, &none), 0);
	machine_load(m);
	machine_view(m, &v);
	states++;
	assert_int_equal(v.nr, 0);
	assert_int_equal(v.kept, 1);
	assert_int_equal(v.closed, ND_REASON_OK);
}

/* DIMM @i gets the labels of @image again: ndctl write-labels writes its file. */
static void write_image(struct machine *m, u32 i, const struct label_image *image)
{
	label_image_read(image, 0, m->media[i].bytes, m->media[i].size);
	machine_load(m);
}

/* The image of the first DIMM of then is written back when another namespace lies in its place. */
static void revive_half(struct machine *m)
{
	/* only its uuid is another */
	const struct ns_want next = { THIRD, old_ns.name, old_ns.offset, old_ns.size };
	static u8 bytes[4096];
	struct label_image image = { .data = bytes };
	struct view v;

	label_image_take(&image, &m->area[0]);
	machine_settle(m);
	machine_load(m);
	machine_view(m, &v);
	assert_int_equal(v.nr, 1);
	assert_false(v.ns[0].torn);
	assert_int_equal(machine_apply(m, &v.ns[0], NULL), 0);
	assert_int_equal(machine_apply(m, NULL, &next), 0);
	write_image(m, 0, &image);
	machine_settle(m);
	machine_view(m, &v);
	states++;
	assert_int_equal(v.nr, 0);
	assert_true(v.kept);
}

static void amid(enum op op, u32 dimms, void (*then)(struct machine *m))
{
	struct machine m;
	u64 steps;

	machine_init(&m, dimms, 4096, 2);
	machine_load(&m);
	if (op != CREATE)
		assert_int_equal(machine_change(&m, NULL, &old_ns), 0);
	keep(&m);
	change_half(&m, op, U64_MAX);
	steps = m.world.steps;
	for (u64 cut = 0; cut < steps; cut++) {
		change_half(&m, op, cut);
		then(&m);
	}
	machine_free(&m);
}

TEST(image__taken_amid_a_change_of_uuid_serves_nobodys_bytes)
{
	for (u32 dimms = 2; dimms <= 6; dimms += 2)
		amid(REUUID, dimms, revive_half);
}

TEST(labels__lost_amid_a_change_of_uuid_cost_no_space)
{
	for (u32 dimms = 2; dimms <= 6; dimms += 2)
		amid(REUUID, dimms, lose_others);
}

/* What DIMM @i has right now, taken and written back. */
static void write_now(struct machine *m, u32 i)
{
	static u8 bytes[4096];
	struct label_image image = { .data = bytes };

	if (!m->area[i].valid)
		return;
	label_image_take(&image, &m->area[i]);
	assert_true(label_image_same(&image, &m->area[i]));
	write_image(m, i, &image);
}

/*
 * Of any DIMM, that gives nothing away. An image has no mark of an update: a namespace whose uuid
 * is being changed is kept, and served no more, until the other DIMMs have their labels back, too.
 */
static void write_each_now(struct machine *m)
{
	struct view was, is;

	machine_view(m, &was);
	for (u32 i = 0; i < m->n; i++) {
		write_now(m, i);
		machine_view(m, &is);
		states++;
		assert_true(is.nr == was.nr || (is.nr < was.nr && is.kept > was.kept));
		assert_true(!is.nr || want_same(&is.ns[0].is, &was.ns[0].is));
		assert_true(is.kept >= was.kept);
		was = is;
	}
}

TEST(image__of_right_now_gives_nothing_away)
{
	for (u32 i = 0; i < ARRAY_SIZE(ops); i++)
		for (u32 dimms = 1; dimms <= 4; dimms++)
			amid(ops[i].op, dimms, write_each_now);
}

static void create_nth(struct machine *m, u32 i)
{
	const struct ns_want want = { i + 1, 'a' + i, i * SZ_2M, SZ_2M };

	assert_int_equal(machine_change(m, NULL, &want), 0);
}

TEST(image__reads_as_an_area_with_the_same_labels)
{
	struct machine m, copy;
	static u8 bytes[SZ_128K];
	struct label_image image = { .data = bytes };
	struct view a, b;

	machine_init(&m, 1, SZ_128K, 2);
	machine_load(&m);
	for (u32 i = 0; i < 7; i++)
		create_nth(&m, i);
	machine_view(&m, &a);
	assert_int_equal(machine_change(&m, view_find(&a, 3 + 1), NULL), 0);
	label_image_take(&image, &m.area[0]);
	machine_init(&copy, 1, SZ_128K, 2);
	/* in pieces, as a file is read */
	for (u32 at = 0; at < SZ_128K; at += 192)
		label_image_read(&image, at, copy.media[0].bytes + at, min(192u, SZ_128K - at));
	machine_load(&copy);
	machine_view(&m, &a);
	machine_view(&copy, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	create_nth(&m, 20);
	assert_false(label_image_same(&image, &m.area[0]));
	machine_free(&m);
	machine_free(&copy);
}

/* What a snapshot is worth: without this no other would be taken. */
TEST(image__is_another_when_area_or_version_is)
{
	static u8 bytes[SZ_128K];
	struct label_image image = { .data = bytes };
	struct label_area other;
	struct machine m;

	machine_init(&m, 1, SZ_128K, 2);
	machine_load(&m);
	create_nth(&m, 0);
	label_image_take(&image, &m.area[0]);
	assert_true(label_image_same(&image, &m.area[0]));
	other = m.area[0];
	other.minor = 1;
	assert_false(label_image_same(&image, &other));
	other = m.area[0];
	other.size *= 2;
	assert_false(label_image_same(&image, &other));
	machine_free(&m);
}

/* ---- leftovers ---- */

/*
 * A namespace whose labels lie apart is deleted, and power fails; then another comes where some of
 * its labels lie: they all go.
 */
TEST(leftovers__of_one_namespace_go_together)
{
	const struct ns_want next = { THIRD, 'q', old_ns.offset, SZ_2M };
	struct machine m;
	struct view v;
	u64 steps;

	machine_init(&m, 3, 4096, 2);
	machine_load(&m);
	for (u32 i = 0; i < 3; i++) {
		struct nd_label l = machine_label(&m, &old_ns, i);
		struct label_change c = { .add = &l, .nadd = 1, .minor = 2 };

		l.dpa += i % 2 * 8 * SZ_2M;
		assert_int_equal(machine_commit(&m, i, &c), 0);
	}
	media_start(&m.world);
	assert_int_equal(perform(&m, DELETE), 0);
	steps = m.world.steps;
	for (u64 cut = 0; cut < steps; cut++) {
		restore(&m);
		m.world.cut = cut;
		perform(&m, DELETE);
		media_repair(&m.world);
		machine_load(&m);
		machine_settle(&m);
		machine_view(&m, &v);
		states++;
		assert_int_equal(v.kept, 0);
		if (view_find(&v, SUBJECT))
			continue;
		assert_int_equal(machine_apply(&m, NULL, &next), 0);
		machine_load(&m);
		machine_view(&m, &v);
		assert_non_null(view_find(&v, THIRD));
		assert_int_equal(v.nrest, 0);
	}
	machine_free(&m);
}

TEST(all__a_hundred_thousand_states_were_tried)
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
