// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/label/set.c */
#include "nd_test.h"
#include <linux/errno.h>
#include <linux/sizes.h>
#include "label/set.h"

#define MAX_DIMMS	32
#define MAX_LABELS	64

/* The labels of a set, filled by put(), sorted by begin(). */
static struct nd_label labels[MAX_DIMMS][MAX_LABELS];
static struct label_ref refs[MAX_DIMMS][MAX_LABELS];
static struct label_ref *by_uuid[MAX_DIMMS][MAX_LABELS];
static struct label_dimm dimms[MAX_DIMMS];
static struct label_state states[MAX_DIMMS];
static struct label_ref *found[MAX_DIMMS];
static u32 cursor[MAX_DIMMS], ndimms;
static struct label_found out;
static enum nd_why why;

int before_each(void **state)
{
	u32 i;

	for (i = 0; i < MAX_DIMMS; i++)
		dimms[i] = (struct label_dimm){ .refs = refs[i], .by_uuid = by_uuid[i] };
	for (i = 0; i < MAX_DIMMS; i++)
		states[i] = (struct label_state){ .valid = true };
	memset(refs, 0x11, sizeof(refs));
	ndimms = 2;
	return 0;
}

/* DIMM @i has a label of namespace @id at @offset; mappings start at 1 GiB x the position. */
static struct nd_label *put(u32 i, u8 id, u64 offset, u64 size)
{
	u32 n = dimms[i].nr++;
	struct nd_label *l = &labels[i][n];

	*l = (struct nd_label){ .uuid = {{ id }}, .nlabel = ndimms, .position = i, .cookie = 42,
				.dpa = offset + i * SZ_1G, .size = size, .slot = n };
	refs[i][n].label = l;
	refs[i][n].offset = offset;
	return l;
}

static void put_all(u8 id, u64 offset, u64 size)
{
	u32 i;

	for (i = 0; i < ndimms; i++)
		put(i, id, offset, size);
}

static void begin(void)
{
	u32 i;

	for (i = 0; i < ndimms; i++)
		label_dimm_sort(&dimms[i]);
	memset(cursor, 0, sizeof(cursor));
	out = (struct label_found){ .ref = found };
}

static int next(void)
{
	return label_set_next(dimms, ndimms, cursor, &out, &why);
}

static void expect_found(u8 id, bool torn)
{
	u32 i;

	assert_int_equal(next(), 1);
	assert_int_equal(out.lead->uuid.b[0], id);
	assert_ptr_equal(out.lead, out.ref[0]->label);
	assert_int_equal(out.torn, torn);
	for (i = 0; i < ndimms; i++) {
		assert_true(out.ref[i]->taken);
		assert_int_equal(out.ref[i]->label->position, i);
		assert_true(out.ref[i]->offset == out.ref[0]->offset);
	}
}

static void expect_refused(u8 id, enum nd_why want)
{
	assert_int_equal(next(), -EINVAL);
	assert_int_equal(out.lead->uuid.b[0], id);
	assert_why(why, want);
}

static void expect_end(void)
{
	assert_int_equal(next(), 0);
	assert_int_equal(next(), 0);
}

LAW(set__empty)
{
	begin();
	expect_end();
}

LAW(set__silly_number_of_dimms_finds_nothing)
{
	put_all(1, 0, 100);
	begin();
	assert_int_equal(label_set_next(dimms, 0, cursor, &out, &why), 0);
	assert_int_equal(label_set_next(dimms, 33, cursor, &out, &why), 0);
}

LAW(set__namespaces_come_by_offset)
{
	for (ndimms = 1; ndimms <= 32; ndimms++) {
		u32 i;

		for (i = 0; i < MAX_DIMMS; i++)
			dimms[i].nr = 0;
		put_all(3, 300, 100);
		put_all(1, 100, 100);
		put_all(2, 200, 100);
		begin();
		expect_found(1, false);
		expect_found(2, false);
		expect_found(3, false);
		expect_end();
	}
}

LAW(set__same_uuid_at_another_offset_is_found_apart)
{
	put(0, 1, 100, 100);
	put(1, 1, 300, 100);
	put_all(2, 200, 100);
	begin();
	assert_int_equal(next(), 1);
	assert_true(out.apart);
	assert_false(out.torn);
	assert_ptr_equal(out.ref[1]->label, &labels[1][0]);
	expect_found(2, false);
	assert_false(out.apart);
	expect_end();
}

LAW(set__two_of_a_uuid_are_not_found_apart)
{
	u32 dimm;

	for (dimm = 0; dimm < 2; dimm++) {
		before_each(state);
		put(0, 1, 100, 100);
		put(1, 1, 300, 100);
		put(dimm, 1, 500, 100);
		begin();
		expect_refused(1, ND_WHY_INCOMPLETE);
	}
	before_each(state);
	put(0, 1, 100, 100);
	put(1, 1, 300, 50);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
}

/* What in-tree's interrupted creation of 1, then a creation of 2, leaves. */
LAW(set__a_stranger_is_not_taken_for_a_renamed_one)
{
	put(0, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	put(0, 2, 100, 100);
	put(1, 2, 0, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
	assert_int_equal(next(), 1);
	assert_int_equal(out.lead->uuid.b[0], 2);
	assert_true(out.apart);
	expect_end();
	assert_int_equal(label_set_rest(dimms, states, 2), 0);
	assert_true(refs[0][0].leftover);
}

LAW(set__a_leftover_is_not_taken_for_a_renamed_one)
{
	put(0, 1, 0, 100);
	put(1, 2, 0, 100)->flags = ND_LABEL_UPDATING;
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
}

LAW(set__a_change_of_uuid_has_one_new_uuid)
{
	ndimms = 3;
	put(0, 1, 0, 100);
	put(1, 8, 0, 100);
	put(2, 9, 0, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
}

LAW(set__a_size_that_siblings_deny_reaches_into_nobody)
{
	put(0, 1, 0, 150);
	put(1, 1, 0, 100);
	put_all(2, 100, 100);
	begin();
	expect_refused(1, ND_WHY_OVERLAP);
	expect_found(2, false);
	expect_end();
	/* nor into what only another DIMM knows */
	before_each(state);
	put(0, 1, 0, 150);
	put(1, 1, 0, 100);
	put(1, 2, 100, 100);
	begin();
	expect_refused(1, ND_WHY_OVERLAP);
	expect_end();
}

LAW(set__only_the_mark_differs_is_unsettled)
{
	put_all(1, 0, 100);
	labels[1][0].flags = ND_LABEL_UPDATING;
	begin();
	expect_found(1, true);
	assert_true(out.unsettled);
	before_each(state);
	put_all(1, 0, 100);
	labels[1][0].flags = ND_LABEL_UPDATING;
	labels[1][0].name[0] = 'x';
	begin();
	expect_found(1, true);
	assert_false(out.unsettled);
}

/* ---- what is left ---- */

static u32 rest(void)
{
	begin();
	while (next())
		;
	return label_set_rest(dimms, states, ndimms);
}

LAW(rest__marked_labels_without_position_0_are_nobodys)
{
	ndimms = 3;
	put(2, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	put(1, 1, 0, 100);
	assert_int_equal(rest(), 0);
	assert_true(refs[1][0].leftover && refs[2][0].leftover);
	before_each(state);
	ndimms = 3;
	put(2, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	assert_int_equal(rest(), 0);
}

LAW(rest__labels_without_mark_are_kept)
{
	u32 lost, i;

	ndimms = 3;
	for (lost = 0; lost < 3; lost++) {
		before_each(state);
		ndimms = 3;
		for (i = 0; i < 3; i++)
			if (i != lost)
				put(i, 1, 0, 100);
		assert_int_equal(rest(), 2);
		for (i = 0; i < 3; i++)
			assert_int_equal(states[i].lacking, i == lost);
	}
}

LAW(rest__a_mark_elsewhere_or_with_position_0_proves_nothing)
{
	ndimms = 3;
	put(1, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	put(2, 1, 0, 100);
	assert_int_equal(rest(), 2);
	before_each(state);
	ndimms = 3;
	put(0, 1, 0, 100);
	put(2, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	assert_int_equal(rest(), 2);
	before_each(state);
	put(1, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	put(1, 1, 200, 100)->flags = ND_LABEL_UPDATING;
	assert_int_equal(rest(), 2);
	before_each(state);
	put(1, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	labels[1][0].nlabel = 3;
	assert_int_equal(rest(), 1);
}

LAW(rest__nothing_is_nobodys_while_something_cannot_be_read)
{
	put(1, 1, 0, 100)->flags = ND_LABEL_UPDATING;
	states[0].bad = 1;
	assert_int_equal(rest(), 1);
	states[0].bad = 0;
	states[1].bad = 1;
	assert_int_equal(rest(), 1);
	states[1].bad = 0;
	states[0].ruined = true;
	states[0].valid = false;
	assert_int_equal(rest(), 1);
	states[0].ruined = false;
	assert_int_equal(rest(), 0);
}

static enum nd_why closed(u32 kept, u32 *which)
{
	*which = 99;
	return label_set_closed(states, ndimms, kept, which);
}

LAW(closed__by_what_may_have_named_anything)
{
	u32 which;

	assert_why(closed(0, &which), ND_WHY_OK);
	assert_why(closed(5, &which), ND_WHY_OK);
	states[1].bad = 1;
	assert_why(closed(0, &which), ND_WHY_CHECKSUM);
	assert_int_equal(which, 1);
	states[1].lacking = 1;
	assert_why(closed(1, &which), ND_WHY_OK);
	states[1].bad = 2;
	assert_why(closed(1, &which), ND_WHY_CHECKSUM);
	/* the first DIMM's labels are the ones that say where */
	before_each(state);
	states[0] = (struct label_state){ .valid = true, .bad = 1, .lacking = 1 };
	assert_why(closed(1, &which), ND_WHY_CHECKSUM);
	before_each(state);
	states[0].valid = false;
	assert_why(closed(0, &which), ND_WHY_OK);
	assert_why(closed(1, &which), ND_WHY_NO_INDEX);
	states[0].ruined = true;
	assert_why(closed(0, &which), ND_WHY_NO_INDEX);
	assert_int_equal(which, 0);
}

LAW(set__interrupted_create_is_absent)
{
	ndimms = 3;
	put_all(1, 0, 100);
	put(2, 2, 100, 100);
	put(1, 2, 100, 100);
	begin();
	expect_found(1, false);
	expect_end();
}

LAW(set__position_0_alone_is_incomplete)
{
	put_all(1, 0, 100);
	put(0, 2, 100, 100);
	put_all(3, 200, 100);
	begin();
	expect_found(1, false);
	expect_refused(2, ND_WHY_INCOMPLETE);
	expect_found(3, false);
	expect_end();
}

LAW(set__interrupted_resize_has_the_size_of_position_0)
{
	put(0, 1, 0, 100);
	put(1, 1, 0, 150);
	begin();
	expect_found(1, true);
	assert_int_equal(out.lead->size, 100);
	expect_end();
}

LAW(set__interrupted_rename_is_torn)
{
	put_all(1, 0, 100);
	strcpy(labels[1][0].name, "new");
	begin();
	expect_found(1, true);
	assert_string_equal(out.lead->name, "");
}

LAW(set__each_differing_field_is_torn)
{
	struct nd_label *l = &labels[1][0];

#define TORN(field) do {		\
	before_each(state);			\
	put_all(1, 0, 100);		\
	l->field++;			\
	begin();			\
	expect_found(1, true);		\
} while (0)
	TORN(flags);
	TORN(cookie);
	TORN(lbasize);
	TORN(type.b[15]);
	TORN(abstraction.b[0]);
	TORN(name[0]);
#undef TORN
	before_each(state);
	put_all(1, 0, 100);
	l->slot = 77;
	begin();
	expect_found(1, false);
}

LAW(set__updating_lead_is_torn)
{
	put_all(1, 0, 100);
	labels[0][0].flags = labels[1][0].flags = ND_LABEL_UPDATING;
	begin();
	expect_found(1, true);
}

LAW(set__interrupted_change_of_uuid_is_the_old_one)
{
	ndimms = 3;
	put(0, 1, 0, 100);
	put(1, 1, 0, 100);
	put(2, 9, 0, 100);
	put_all(2, 100, 100);
	begin();
	expect_found(1, true);
	assert_int_equal(out.ref[2]->label->uuid.b[0], 9);
	expect_found(2, false);
	expect_end();
}

LAW(set__other_uuid_and_other_size_is_incomplete)
{
	put(0, 1, 0, 100);
	put(1, 9, 0, 101);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
}

LAW(set__label_of_the_uuid_beats_a_renamed_one)
{
	put(0, 5, 0, 100);
	put(1, 1, 0, 100);
	put(1, 5, 0, 100);
	put(1, 9, 0, 100);
	begin();
	expect_found(5, false);
	expect_end();
}

LAW(set__label_of_the_size_beats_another)
{
	put(0, 5, 0, 100);
	put(1, 5, 0, 90);
	put(1, 5, 0, 100);
	put(1, 5, 0, 110);
	begin();
	expect_found(5, false);
}

LAW(set__two_leads_at_one_offset_do_not_share)
{
	/* neither may take the other's label as a renamed one */
	put(0, 1, 0, 100);
	put(0, 2, 0, 100);
	put(1, 2, 0, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_found(2, false);
	expect_end();
}

LAW(set__overlap_goes_to_the_first)
{
	put_all(1, 0, 100);
	put_all(2, 99, 100);
	put_all(3, 100, 100);
	begin();
	expect_found(1, false);
	expect_refused(2, ND_WHY_OVERLAP);
	expect_found(3, false);
	expect_end();
}

LAW(set__incomplete_label_overlaps_nobody)
{
	put(0, 1, 0, 1000);
	put_all(2, 100, 100);
	put_all(3, 250, 100);
	put_all(4, 300, 100);
	put_all(5, 340, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_found(2, false);
	expect_found(3, false);
	expect_refused(4, ND_WHY_OVERLAP);
	expect_refused(5, ND_WHY_OVERLAP);
	expect_end();
}

LAW(set__uuid_twice_goes_to_the_first)
{
	put_all(1, 0, 100);
	put_all(2, 100, 100);
	put_all(1, 200, 100);
	put_all(3, 300, 100);
	put_all(1, 400, 100);
	begin();
	expect_found(1, false);
	expect_found(2, false);
	expect_refused(1, ND_WHY_DUPLICATE);
	expect_found(3, false);
	expect_refused(1, ND_WHY_DUPLICATE);
	expect_end();
}

LAW(set__uuid_of_an_incomplete_one_is_free)
{
	put(0, 1, 0, 100);
	put_all(1, 200, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_found(1, false);
	expect_end();
}

LAW(set__twins_are_refused_like_the_first)
{
	put(0, 1, 0, 100);
	put(0, 1, 0, 100);
	put(0, 1, 0, 50);
	put_all(2, 100, 100);
	put(0, 2, 100, 100);
	begin();
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_refused(1, ND_WHY_INCOMPLETE);
	expect_found(2, false);
	expect_refused(2, ND_WHY_OVERLAP);
	expect_end();
}

LAW(set__wrong_position_or_count_is_passed_over)
{
	put_all(1, 0, 100);
	labels[0][0].position = 1;
	put_all(2, 100, 100);
	labels[0][1].nlabel = 3;
	put_all(3, 200, 100);
	labels[1][2].position = 0;
	put_all(4, 300, 100);
	labels[1][3].nlabel = 1;
	put_all(5, 400, 100);
	begin();
	expect_refused(1, ND_WHY_BOUNDS);
	expect_refused(2, ND_WHY_BOUNDS);
	expect_refused(3, ND_WHY_INCOMPLETE);
	expect_refused(4, ND_WHY_INCOMPLETE);
	expect_found(5, false);
	expect_end();
}

LAW(sort__does_not_depend_on_the_order_before)
{
	u32 i, round;

	srandom(3);
	for (round = 0; round < 200; round++) {
		before_each(state);
		for (i = 0; i < 40; i++)
			put(0, random() % 3, random() % 10, 1);
		label_dimm_sort(&dimms[0]);
		for (i = 1; i < 40; i++) {
			const struct label_ref *a = &refs[0][i - 1], *b = &refs[0][i];
			int order = a->offset < b->offset ? -1 : a->offset > b->offset;

			if (!order)
				order = a->label->uuid.b[0] - b->label->uuid.b[0];
			if (!order)
				order = (int)a->label->slot - (int)b->label->slot;
			assert_true(order < 0);
			assert_false(b->taken || b->leftover || b->known || b->limit);
		}
	}
}
