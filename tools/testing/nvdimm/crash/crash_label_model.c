// SPDX-License-Identifier: GPL-2.0
/* nightly: STEPS=1000000 */
/* weekly: STEPS=20000000 */
/*
 * A random life of a region: create, delete, resize, rename, change uuid, with
 * power cuts and failing writes between. After every step a plain list of
 * namespaces, the labels in memory and the labels on media are the same; and what
 * an interruption has left stays until a change meets it, as the driver leaves it.
 *
 *	STEPS=N		how many steps (default 1000000)
 */
/* objects: lib/label_sim.c drivers/nvdimm/layout/dpa.c */
#include "nd_test.h"
#include "label_sim.h"
#include "label/label.h"

#define SPACE		(64ull * SZ_2M)
#define LIFE		400		/* steps of one machine */

struct model {
	struct ns_want ns[VIEW_MAX];
	u32 nr;
	u8 next_id;
};

static struct {
	u64 steps, cuts, faults, refused, done;
} count;

static u32 dice(u32 n)
{
	static u64 x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (x >> 20) % n;
}

/* What is busy, but for what @except has: also by labels that a change has left on some DIMMs. */
static u32 busy_of(const struct machine *m, const struct ns_want *except, struct dpa_extent *busy)
{
	struct view v;
	u32 n = 0, nr;

	machine_view(m, &v);
	nr = machine_busy(m, &v, busy);
	for (u32 i = 0; i < nr; i++)
		if (!except || busy[i].start != except->offset)
			busy[n++] = busy[i];
	return n;
}

/* Has a label on some DIMM this uuid, whoever it is? */
static bool is_taken(const struct machine *m, u8 id)
{
	struct nd_label l;

	for (u32 i = 0; i < m->n; i++)
		for (u32 slot = 0; slot < m->area[i].nslot; slot++)
			if (label_area_get(&m->area[i], slot, &l) == ND_REASON_OK &&
			    l.uuid.b[0] == id)
				return true;
	return false;
}

static u8 new_id(const struct machine *m, struct model *mo)
{
	do {
		mo->next_id++;
	} while (!mo->next_id || is_taken(m, mo->next_id));
	return mo->next_id;
}

/* What to change @old into (NULL: create); false when there is no room. */
static bool invent(const struct machine *m, struct model *mo, const struct ns_want *old,
		   struct ns_want *want)
{
	struct dpa_extent busy[MACHINE_DIMMS * VIEW_MAX];
	struct dpa_space space = { .size = SPACE, .align = SZ_2M, .busy = busy };

	space.nr = busy_of(m, old, busy);
	if (!old) {
		*want = (struct ns_want){ new_id(m, mo), 'a' + dice(26), 0, (1 + dice(6)) * SZ_2M };
		return dpa_find(&space, want->size, &want->offset);
	}
	*want = *old;
	switch (dice(3)) {
	case 0:
		want->name = 'a' + dice(26);
		break;
	case 1:
		want->id = new_id(m, mo);
		break;
	default:
		want->size = (1 + dice(dpa_room(&space, old->offset) / SZ_2M)) * SZ_2M;
	}
	return true;
}

static bool equal(const struct ns_want *a, const struct ns_want *b)
{
	return a->id == b->id && a->name == b->name && a->offset == b->offset &&
	       a->size == b->size;
}

/* Is every namespace of the model but @skip there as it should be? */
static bool agrees(const struct model *mo, const struct view *v, const struct ns_want *skip)
{
	for (u32 i = 0; i < mo->nr; i++) {
		const struct ns_view *ns;

		if (&mo->ns[i] == skip)
			continue;
		ns = view_find(v, mo->ns[i].id);
		if (!ns || !equal(&ns->is, &mo->ns[i]) || ns->unsettled)
			return false;
	}
	return true;
}

static void model_apply(struct model *mo, struct ns_want *old, const struct ns_want *want)
{
	if (old && want)
		*old = *want;
	else if (want)
		mo->ns[mo->nr++] = *want;
	else
		*old = mo->ns[--mo->nr];
}

/* A step was disturbed: did it happen? Others must not have noticed. */
static bool happened(const struct model *mo, const struct view *v, const struct ns_want *old,
		     const struct ns_want *want)
{
	const struct ns_view *is_old = old ? view_find(v, old->id) : NULL;
	const struct ns_view *is_new = want ? view_find(v, want->id) : NULL;

	assert_true(agrees(mo, v, old));
	assert_int_equal(v->nr, mo->nr - !!old + (is_old || is_new));
	if (is_new && equal(&is_new->is, want))
		return true;
	if (!old) {
		assert_null(is_new);
		return false;
	}
	if (!want)
		return !is_old;
	assert_non_null(is_old);
	assert_true(equal(&is_old->is, old));
	return false;
}

static void verify(const struct machine *m, const struct model *mo)
{
	struct view v;

	machine_view(m, &v);
	assert_true(agrees(mo, &v, NULL));
	assert_int_equal(v.nr, mo->nr);
	assert_int_equal(v.refused + v.kept, 0);
	for (u32 i = 0; i < m->n; i++) {
		assert_true(machine_agrees(m, i));
		assert_int_equal(v.bad[i], 0);
		if (v.valid[i])
			assert_int_equal(v.nfree[i], m->area[i].nslot - mo->nr - v.norphan[i]);
	}
}

/* Trouble ahead, perhaps. */
static void conjure(struct machine *m)
{
	struct media_world *w = &m->world;

	media_start(w);
	switch (dice(7)) {
	case 0:
	case 1:
		w->cut = dice(70 * m->n);
		break;
	case 2:
		w->fail = 1 + dice(2 * m->n);
		w->fault = dice(FAULT_MAX);
		w->fail_on = dice(2);
		if (!dice(4))
			w->cut = dice(70 * m->n);
		break;
	}
}

static void step(struct machine *m, struct model *mo)
{
	struct ns_want *old = mo->nr && dice(5) > 1 ? &mo->ns[dice(mo->nr)] : NULL;
	struct ns_want fresh, *want = old && !dice(3) ? NULL : &fresh;
	bool broken, disturbed = false;
	struct view v;
	int rc;

	if (want && !invent(m, mo, old, want))
		return;
	machine_view(m, &v);
	conjure(m);
	rc = machine_apply(m, old ? view_find(&v, old->id) : NULL, want);
	count.cuts += m->world.dead;
	count.faults += m->world.broken;
	for (u32 i = 0; i < m->n; i++)
		disturbed |= m->area[i].stale;
	disturbed |= m->world.dead || (m->world.broken && (m->world.fail_on || !want));
	broken = m->world.broken;
	media_repair(&m->world);
	if (disturbed) {
		machine_load(m);
		machine_settle(m);
		machine_view(m, &v);
		if (happened(mo, &v, old, want))
			model_apply(mo, old, want);
	} else if (!rc) {
		count.done++;
		model_apply(mo, old, want);
	} else {
		count.refused++;
		assert_int_equal(rc, broken ? -EIO : -ENOSPC);
	}
	verify(m, mo);
}

TEST(label_model__memory_media_and_model_agree)
{
	u64 steps = getenv("STEPS") ? strtoull(getenv("STEPS"), NULL, 0) : 1000000;

	while (count.steps < steps) {
		struct model mo = { .next_id = dice(256) };
		struct machine m;

		machine_init(&m, 1 + dice(MACHINE_DIMMS), 1024 << dice(4), 1 + dice(2));
		machine_load(&m);
		for (u32 i = 0; i < LIFE && count.steps < steps; i++, count.steps++)
			step(&m, &mo);
		machine_free(&m);
	}
	printf("## %llu steps: %llu changes, %llu power cuts, %llu write errors, %llu refused\n",
	       count.steps, count.done, count.cuts, count.faults, count.refused);
	assert_true(count.done > steps / 4);
	assert_true(count.cuts > steps / 12);
	assert_true(count.faults > steps / 50);
}
