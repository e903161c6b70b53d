// SPDX-License-Identifier: GPL-2.0
/* nightly: CUTS=100 */
/* weekly: CUTS=3000 */
/*
 * The interleave sets of machines/table, and sets of 1 to 16 DIMMs at their bases with the
 * smallest and the largest label areas. A namespace is created, resized and deleted in each of
 * them, and power fails at an 8-byte step of that. A boot finds it old or new and all others as
 * they were, each at pages of the region that no other has; and the change can be made then.
 *
 *	CUTS=N		at most so many steps of each change, evenly spread (default 10; 3000
 *			are all of them but in the largest label areas)
 */
/* objects: lib/label_sim.c drivers/nvdimm/layout/dpa.c */
#include "nd_test.h"
#include "label_sim.h"
#include "machine_row.h"
#include "label/label.h"

#define TABLE		"tools/testing/nvdimm/machines/table"
#define SUBJECT		100
#define SETS		256

enum op { CREATE, RESIZE, DELETE, OPS };

/* A region as its labels see it. */
struct set {
	char id[16];
	u64 start, size;
	u32 ways, area;
	u8 minor;
	bool turned;			/* the positions of the DIMMs are permuted */
};

/* One change in one of them. */
struct scene {
	const struct set *set;
	enum op op;
	struct machine m;
	struct ns_want old, want;	/* of the subject */
	struct view before;
};

static struct set sets[SETS];
static u64 bases[SETS];
static u32 nsets, nbases;
static u64 states, cuts;

/* ---- the table ---- */

static bool same_labels(const struct set *a, const struct set *b)
{
	return a->ways == b->ways && a->area == b->area && a->minor == b->minor &&
	       a->turned == b->turned;
}

/* One of each kind is enough. */
static void add_set(const struct set *s)
{
	for (u32 i = 0; i < nsets; i++)
		if (same_labels(&sets[i], s))
			return;
	assert_true(nsets < SETS);
	sets[nsets++] = *s;
}

static void add_range(const char *id, u8 minor, const char *range)
{
	struct set s = {
		.size = row_number(range), .start = row_word(range, "@", 0),
		.ways = row_word(range, ":dimms=", 1), .area = row_word(range, ":labels=", 0),
		.minor = minor, .turned = strstr(range, ":order="),
	};

	snprintf(s.id, sizeof(s.id), "%s", id);
	assert_true(nbases < SETS);
	bases[nbases++] = s.start;
	if (s.area)
		add_set(&s);
}

static void add_machine(struct machine_row *row)
{
	char *at = row->ranges, *range;

	while ((range = strsep(&at, ",")))
		add_range(row->id, strcmp(row->labels, "1.1") ? 2 : 1, range);
}

static void add_ways(u32 ways)
{
	static const u32 areas[] = { SZ_1K, SZ_128K, ND_LABEL_AREA_MAX };

	for (u32 i = 0; i < 2 * ARRAY_SIZE(areas); i++) {
		struct set s = {
			.id = "sweep", .start = bases[nsets % nbases],
			.size = ways * 126ull * SZ_1G, .ways = ways, .area = areas[i / 2],
			.minor = 1 + i % 2, .turned = ways > 1 && nsets % 2,
		};

		add_set(&s);
	}
}

/* ---- places ---- */

static struct dpa_space space_of(const struct set *s)
{
	u64 align = dpa_default_align(s->size, s->ways, SZ_4K);

	return (struct dpa_space){
		.size = s->size / s->ways, .align = align / s->ways,
		.phase = dpa_phase(s->start, s->ways, align, SZ_4K),
	};
}

/* Where a new namespace goes, as the driver has it. */
static u64 place(const struct scene *s, u64 size)
{
	struct dpa_extent busy[MACHINE_DIMMS * VIEW_MAX];
	struct dpa_space space = space_of(s->set);
	struct view v;
	u64 offset = 0;

	machine_view(&s->m, &v);
	space.busy = busy;
	space.nr = machine_busy(&s->m, &v, busy);
	assert_true(dpa_find(&space, size, &offset));
	return offset;
}

static void check_places(const struct set *s, const struct view *v)
{
	for (u32 i = 0; i < v->nr; i++) {
		const struct ns_want *a = &v->ns[i].is;

		assert_int_equal((s->start + s->ways * a->offset) % SZ_4K, 0);
		assert_int_equal(a->offset % SZ_4K, 0);
		assert_true(s->ways * (a->offset + a->size) <= s->size);
		for (u32 k = 0; k < i; k++) {
			const struct ns_want *b = &v->ns[k].is;

			assert_true(a->offset + a->size <= b->offset ||
				    b->offset + b->size <= a->offset);
		}
	}
}

/* ---- changes ---- */

static void add(struct scene *s, struct ns_want *want, u8 id, u64 size)
{
	*want = (struct ns_want){ id, 'a', place(s, size), size };
	assert_int_equal(machine_change(&s->m, NULL, want), 0);
}

/* Others, as many as a small area has room for; and the subject, unless it is created. */
static void build(struct scene *s, const struct set *set, enum op op)
{
	u64 unit = space_of(set).align;
	struct ns_want other;

	memset(s, 0, sizeof(*s));
	s->set = set;
	s->op = op;
	machine_init(&s->m, set->ways, set->area, set->minor);
	s->m.turned = set->turned;
	machine_load(&s->m);
	for (u32 i = 0; i < min(2u, label_nslot(set->area, set->minor * 128) - 2); i++)
		add(s, &other, i + 1, unit);
	if (op == CREATE)
		s->want = (struct ns_want){ SUBJECT, 'a', place(s, 2 * unit), 2 * unit };
	else
		add(s, &s->old, SUBJECT, 2 * unit);
	if (op == RESIZE) {
		s->want = s->old;
		s->want.size += unit;
	}
	machine_view(&s->m, &s->before);
	media_start(&s->m.world);
}

static int perform(struct scene *s)
{
	struct view v;

	machine_view(&s->m, &v);
	return machine_apply(&s->m, s->op == CREATE ? NULL : view_find(&v, SUBJECT),
			     s->op == DELETE ? NULL : &s->want);
}

static void begin_anew(struct scene *s, u64 cut)
{
	media_rewind(&s->m.world);
	media_start(&s->m.world);
	machine_load(&s->m);
	s->m.world.cut = cut;
}

/* No other namespace has changed. Is the subject as it is wanted? */
static bool is_done(const struct scene *s)
{
	const struct ns_view *is;
	u32 others = s->before.nr - (s->op != CREATE);
	struct view v;

	states++;
	machine_view(&s->m, &v);
	assert_int_equal(v.refused + v.kept, 0);
	assert_reason(v.closed, ND_REASON_OK);
	check_places(s->set, &v);
	for (u32 id = 1; id <= others; id++) {
		is = view_find(&v, id);
		assert_non_null(is);
		assert_true(want_same(&is->is, &view_find(&s->before, id)->is));
	}
	is = view_find(&v, SUBJECT);
	assert_int_equal(v.nr, others + !!is);
	if (!is || (s->op != DELETE && want_same(&is->is, &s->want)))
		return is ? true : s->op == DELETE;
	assert_true(s->op != CREATE && want_same(&is->is, &s->old));
	return false;
}

static void cut_at(struct scene *s, u64 cut)
{
	begin_anew(s, cut);
	perform(s);
	assert_true(s->m.world.dead);
	media_repair(&s->m.world);
	machine_load(&s->m);
	machine_settle(&s->m);
	if (is_done(s))
		return;
	assert_int_equal(perform(s), 0);
	assert_true(is_done(s));
}

static void change(const struct set *set, enum op op)
{
	static struct scene s;
	u64 total, every;

	build(&s, set, op);
	begin_anew(&s, U64_MAX);
	assert_int_equal(perform(&s), 0);
	assert_true(is_done(&s));
	total = s.m.world.steps;
	assert_true(total >= set->ways * 32);
	every = DIV_ROUND_UP(total, cuts);
	/* not the same steps of each DIMM */
	for (u64 cut = op % every; cut < total; cut += every)
		cut_at(&s, cut);
	machine_free(&s.m);
}

TEST(change__in_sets_of_the_field_is_whole)
{
	for (u32 i = 0; i < nsets; i++) {
		printf("# %s: %u DIMMs, areas of %u KiB, labels 1.%u\n", sets[i].id, sets[i].ways,
		       sets[i].area / SZ_1K, sets[i].minor);
		for (enum op op = 0; op < OPS; op++)
			change(&sets[i], op);
	}
	printf("## %u sets: %llu states\n", nsets, states);
}

int before_all(void **state)
{
	static struct machine_row row;
	FILE *table = fopen(TABLE, "r");

	assert_non_null(table);
	while (row_next(table, &row))
		add_machine(&row);
	fclose(table);
	for (u32 ways = 1; ways <= MACHINE_DIMMS; ways++)
		add_ways(ways);
	cuts = getenv("CUTS") ? strtoull(getenv("CUTS"), NULL, 0) : 10;
	return 0;
}
