// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot of a label area is restored, and power fails at each 8-byte step, or
 * a write fails before, within or after its bytes: the area has the labels it
 * had, or those of the snapshot; and nothing is given out that was not before.
 */
/* objects: lib/label_sim.c drivers/nvdimm/label/image.c */
#include "nd_test.h"
#include "label/image.h"
#include "label_sim.h"
#include "label/codec.h"

/* What has become of the area since the snapshot. */
enum since { CHANGED, GROWN, INITIALISED, ZEROED, RUINED, UNSIGNED, SINCE };

static const char * const since_names[] = {
	"changed", "grown", "initialised", "zeroed", "ruined", "unsigned",
};

static u64 states;

static struct ns_want numbered(u32 i)
{
	return (struct ns_want){ i + 1, 'a' + i, i * SZ_2M, SZ_2M };
}

static void create(struct machine *m, u32 i)
{
	struct ns_want want = numbered(i);

	assert_int_equal(machine_change(m, NULL, &want), 0);
}

static void destroy(struct machine *m, u32 i)
{
	struct view v;

	machine_view(m, &v);
	assert_int_equal(machine_change(m, view_find(&v, i + 1), NULL), 0);
}

static struct label_image take(const struct machine *m)
{
	struct label_image image = { .data = malloc(label_image_bytes(&m->area[0])) };

	label_image_take(&image, &m->area[0]);
	assert_true(label_image_same(&image, &m->area[0]));
	return image;
}

static void change(struct machine *m, enum since since, u32 nr)
{
	switch (since) {
	case CHANGED:
		destroy(m, 0);
		create(m, nr);
		break;
	case GROWN:
		create(m, nr);
		break;
	case UNSIGNED:
		/* the newest block, of another label in the first one's slot, is not signed */
		destroy(m, 0);
		create(m, nr);
		m->media[0].bytes[m->area[0].current_index * m->area[0].index_size] ^= 0xff;
		m->media[0].bytes[!m->area[0].current_index * m->area[0].index_size + 20] ^= 0xff;
		break;
	case RUINED:
		m->media[0].bytes[20] ^= 0xff;
		m->media[0].bytes[m->area[0].index_size + 20] ^= 0xff;
		break;
	default:
		memset(m->media[0].bytes, 0, m->media[0].size);
	}
	machine_load(m);
	if (since == INITIALISED) {
		struct label_change c = { .minor = m->minor };

		assert_int_equal(machine_commit(m, 0, &c), 0);
	}
}

static int restore(struct machine *m, const struct label_image *image, enum nd_reason *reason)
{
	struct nd_label *add = calloc(image->nlabel + 1, sizeof(*add));
	u32 *drop = calloc(m->area[0].nslot + 1, sizeof(*drop));
	int rc = label_image_restore(image, &m->area[0], &m->io[0], add, drop, reason);

	free(add);
	free(drop);
	return rc;
}

static void refuses_version(struct machine *m, const struct label_image *image)
{
	enum nd_reason reason;

	media_start(&m->world);
	assert_int_equal(restore(m, image, &reason), -EINVAL);
	assert_reason(reason, ND_REASON_VERSION);
	assert_int_equal(m->world.xfers, 0);
}

/* The same namespaces, wherever their labels lie? */
static bool same_view(const struct view *a, const struct view *b)
{
	if (a->nr != b->nr || a->bad[0] || b->bad[0] || a->closed != b->closed)
		return false;
	for (u32 i = 0; i < a->nr; i++) {
		const struct ns_view *ns = view_find(b, a->ns[i].is.id);

		if (!ns || memcmp(&ns->is, &a->ns[i].is, sizeof(ns->is)))
			return false;
	}
	return true;
}

struct scene {
	struct label_image image;
	struct view snapshot, before;
	bool had_index;
};

static void judge(struct machine *m, const struct scene *s, int rc)
{
	struct view v;
	enum nd_reason reason;

	states++;
	media_repair(&m->world);
	machine_load(m);
	machine_view(m, &v);
	assert_true(same_view(&v, &s->before) || same_view(&v, &s->snapshot));
	assert_true(v.valid[0] || !s->had_index);
	/* an area that has come to have an index block has the snapshot's labels */
	assert_true(s->had_index || !v.valid[0] || same_view(&v, &s->snapshot));
	if (!rc)
		assert_true(same_view(&v, &s->snapshot));
	/* and once more, with power */
	assert_int_equal(restore(m, &s->image, &reason), 0);
	machine_load(m);
	machine_view(m, &v);
	assert_true(same_view(&v, &s->snapshot));
}

static void rewind_to(struct machine *m)
{
	media_rewind(&m->world);
	media_start(&m->world);
	machine_load(m);
}

static void enumerate(struct machine *m, const struct scene *s)
{
	u64 steps;
	u32 writes;
	enum nd_reason reason;

	rewind_to(m);
	assert_int_equal(restore(m, &s->image, &reason), 0);
	steps = m->world.steps;
	writes = m->world.xfers;
	assert_true(writes > 0);
	judge(m, s, 0);
	for (u64 cut = 0; cut < steps; cut++) {
		rewind_to(m);
		m->world.cut = cut;
		judge(m, s, restore(m, &s->image, &reason));
	}
	for (u32 fail = 1; fail <= writes; fail++) {
		for (u32 fault = 0; fault < FAULT_MAX; fault++) {
			rewind_to(m);
			m->world.fail = fail;
			m->world.fault = fault;
			judge(m, s, restore(m, &s->image, &reason));
		}
	}
}

static void scene(u32 size, u8 minor, enum since since, u32 nr)
{
	struct machine m;
	struct scene s = { 0 };

	machine_init(&m, 1, size, minor);
	machine_load(&m);
	for (u32 i = 0; i < nr; i++)
		create(&m, i);
	s.image = take(&m);
	machine_view(&m, &s.snapshot);
	change(&m, since, nr);
	machine_view(&m, &s.before);
	s.had_index = m.area[0].valid;
	media_start(&m.world);
	enumerate(&m, &s);
	free(s.image.data);
	machine_free(&m);
}

LAW(restore__has_the_labels_of_before_or_of_the_snapshot)
{
	static const u32 sizes[] = { 1024, 4096, SZ_128K };

	for (enum since since = 0; since < SINCE; since++) {
		u64 first = states;

		for (u32 i = 0; i < ARRAY_SIZE(sizes); i++)
		for (u8 minor = 1; minor <= 2; minor++)
		for (u32 nr = 1; nr <= 9; nr += 4)
			/* a slot is free for what has come since, and one for what comes back */
			if (nr + 2 <= label_nslot(sizes[i], minor * 128) ||
			    (nr < label_nslot(sizes[i], minor * 128) && since > GROWN))
				scene(sizes[i], minor, since, nr);
		printf("## restore what was %s: %llu states\n", since_names[since], states - first);
		assert_true(states > first);
	}
}

LAW(image__reads_as_an_area_with_the_same_labels)
{
	struct machine m, copy;
	struct label_image image;
	struct view a, b;

	machine_init(&m, 1, SZ_128K, 2);
	machine_load(&m);
	for (u32 i = 0; i < 7; i++)
		create(&m, i);
	destroy(&m, 3);
	image = take(&m);
	machine_init(&copy, 1, SZ_128K, 2);
	/* in pieces, as a file is read */
	for (u32 at = 0; at < SZ_128K; at += 192)
		label_image_read(&image, at, copy.media[0].bytes + at, min(192u, SZ_128K - at));
	machine_load(&copy);
	machine_view(&m, &a);
	machine_view(&copy, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	create(&m, 20);
	assert_false(label_image_same(&image, &m.area[0]));
	free(image.data);
	machine_free(&m);
	machine_free(&copy);
}

/* What a snapshot is worth: without this no other would be taken. */
LAW(image__is_another_when_area_or_version_is)
{
	struct label_image image;
	struct label_area other;
	struct machine m;

	machine_init(&m, 1, SZ_128K, 2);
	machine_load(&m);
	create(&m, 0);
	image = take(&m);
	assert_true(label_image_same(&image, &m.area[0]));
	other = m.area[0];
	other.minor = 1;
	assert_false(label_image_same(&image, &other));
	other = m.area[0];
	other.size *= 2;
	assert_false(label_image_same(&image, &other));
	free(image.data);
	machine_free(&m);
}

/* Until the index is there what is left of the labels is left, should the restore be cut. */
LAW(restore__puts_labels_of_a_blank_area_where_they_were)
{
	enum nd_reason reason;
	struct machine m;

	for (u8 minor = 1; minor <= 2; minor++) {
		struct label_image image;
		u32 from, labels;
		u8 *were;

		machine_init(&m, 1, 4096, minor);
		machine_load(&m);
		for (u32 i = 0; i < 7; i++)
			create(&m, i);
		destroy(&m, 0);
		destroy(&m, 4);
		image = take(&m);
		from = m.area[0].label_off;
		labels = 4096 - from;
		were = malloc(labels);
		memcpy(were, m.media[0].bytes + from, labels);
		memset(m.media[0].bytes, 0, from);
		machine_load(&m);
		assert_false(m.area[0].valid);
		assert_int_equal(restore(&m, &image, &reason), 0);
		assert_memory_equal(m.media[0].bytes + from, were, labels);
		machine_load(&m);
		assert_true(label_image_same(&image, &m.area[0]));
		free(were);
		free(image.data);
		machine_free(&m);
	}
}

/* What older kernels wrote of a namespace that is one DIMM's own comes back as it was. */
LAW(restore__has_extents_of_one_dimm)
{
	const struct ns_want own = { 9, 'x', SZ_1G, SZ_2M };

	for (u8 minor = 1; minor <= 2; minor++) {
		struct label_change c = { .nadd = 1, .minor = minor };
		struct label_image image;
		enum nd_reason reason;
		struct nd_label l;
		struct machine m;
		struct view v;

		machine_init(&m, 1, 4096, minor);
		machine_load(&m);
		create(&m, 0);
		l = machine_label(&m, &own, 0);
		l.flags = ND_LABEL_LOCAL;
		l.nlabel = l.position = minor == 1 ? 0 : ND_LABEL_EXTENT;
		l.cookie = 0;
		c.add = &l;
		assert_int_equal(machine_commit(&m, 0, &c), 0);
		image = take(&m);
		memset(m.media[0].bytes, 0, 4096);
		machine_load(&m);
		assert_int_equal(restore(&m, &image, &reason), 0);
		machine_load(&m);
		assert_true(label_image_same(&image, &m.area[0]));
		machine_view(&m, &v);
		assert_int_equal(v.nr, 1);
		assert_int_equal(v.foreign[0], 1);
		assert_reason(v.closed, ND_REASON_OK);
		free(image.data);
		machine_free(&m);
	}
}

/* Labels 1.2 in slots of 128 bytes, as some firmware has them: nobody lays out such an area. */
LAW(restore__changes_no_version)
{
	struct label_image image;
	enum nd_reason reason;
	struct machine m;

	machine_init(&m, 1, 4096, 1);
	machine_load(&m);
	create(&m, 0);
	image = take(&m);
	image.minor = 2;
	refuses_version(&m, &image);
	memset(m.media[0].bytes, 0, 2 * m.area[0].index_size);
	machine_load(&m);
	refuses_version(&m, &image);
	image.minor = 1;
	assert_int_equal(restore(&m, &image, &reason), 0);
	free(image.data);
	machine_free(&m);
}

LAW(restore__refuses_other_slots_and_too_few)
{
	struct label_change format = { .minor = 1 };
	struct label_image image;
	struct machine m;
	enum nd_reason reason;

	machine_init(&m, 1, 1024, 2);
	machine_load(&m);
	create(&m, 0);
	image = take(&m);
	destroy(&m, 0);
	create(&m, 1);
	/* two slots: one has the new label, so the old one still fits */
	assert_int_equal(restore(&m, &image, &reason), 0);
	m.area[0].stale = true;
	assert_int_equal(restore(&m, &image, &reason), -ESTALE);
	memset(m.media[0].bytes, 0, 1024);
	machine_load(&m);
	assert_int_equal(machine_commit(&m, 0, &format), 0);
	refuses_version(&m, &image);
	free(image.data);
	machine_free(&m);
}
