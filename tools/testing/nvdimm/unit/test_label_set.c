// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/label/set.c */
#include "nd_test.h"
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
static enum nd_reason reason;

int before_each(void **state)
{
	for (u32 i = 0; i < MAX_DIMMS; i++)
		dimms[i] = (struct label_dimm){ .refs = refs[i], .by_uuid = by_uuid[i],
						.size = SZ_1G };
	for (u32 i = 0; i < MAX_DIMMS; i++)
		states[i] = (struct label_state){ .valid = true };
	memset(refs, 0x11, sizeof(refs));
	ndimms = 2;
	return 0;
}

/* DIMM @i has a label of namespace @id at @offset; mappings start at 1 GiB x the position. */
static struct nd_label *put_bytes(u32 i, u8 id, u64 offset, u64 size)
{
	u32 n = dimms[i].nr++;
	struct nd_label *l = &labels[i][n];

	*l = (struct nd_label){ .uuid = {{ id }}, .nlabel = ndimms, .position = i, .cookie = 42,
				.dpa = offset + i * SZ_1G, .size = size, .slot = n };
	refs[i][n].label = l;
	refs[i][n].offset = offset;
	return l;
}

static struct nd_label *put(u32 i, u8 id, u64 offset, u64 size)
{
	return put_bytes(i, id, offset * ND_LABEL_UNIT, size * ND_LABEL_UNIT);
}

static void begin(void)
{
	for (u32 i = 0; i < ndimms; i++)
		label_dimm_sort(&dimms[i]);
	memset(cursor, 0, sizeof(cursor));
	out = (struct label_found){ .ref = found };
}

static int next(void)
{
	return label_set_next(dimms, ndimms, cursor, &out, &reason);
}

static void expect_found(u8 id, bool torn, bool apart)
{
	assert_int_equal(next(), 1);
	assert_int_equal(out.lead->uuid.b[0], id);
	assert_ptr_equal(out.lead, out.ref[0]->label);
	assert_int_equal(out.torn || out.unsettled, torn);
	assert_int_equal(out.apart, apart);
	for (u32 i = 0; i < ndimms; i++) {
		assert_true(out.ref[i]->taken);
		assert_int_equal(out.ref[i]->label->position, i);
		assert_true(apart || out.ref[i]->offset == out.ref[0]->offset);
		assert_true(torn || uuid_equal(&out.ref[i]->label->uuid, &out.lead->uuid));
	}
}

static void expect_refused(u8 id, const char *token)
{
	assert_int_equal(next(), -EINVAL);
	assert_int_equal(out.lead->uuid.b[0], id);
	assert_string_equal(nd_reason_token(reason), token);
}

/* Labels, "[DIMM:]ID@OFFSET+SIZE[*]" each: on that DIMM or all; * is marked as being changed. */
static void put_words(const char *words)
{
	u32 id, offset, size, len;

	for (; *words; words += len + strspn(words + len, " ")) {
		bool one = words[1] == ':';
		u32 dimm = one ? words[0] - '0' : 0, end = one ? dimm + 1 : ndimms;

		assert_int_equal(sscanf(words + 2 * one, "%u@%u+%u", &id, &offset, &size), 3);
		len = strcspn(words, " ");
		for (; dimm < end; dimm++)
			put(dimm, id, offset, size)->flags =
				words[len - 1] == '*' ? ND_LABEL_UPDATING : 0;
	}
}

/* What comes of them, in this order: "ID", "ID torn", "ID apart" or "ID REASON", by commas. */
static void expect_words(const char *words)
{
	char what[32];
	u32 id;

	for (; *words; words += strcspn(words, ","), words += strspn(words, ", ")) {
		what[0] = '\0';
		assert_true(sscanf(words, "%u %31[a-z_]", &id, what) >= 1);
		if (!what[0] || !strcmp(what, "torn") || !strcmp(what, "apart"))
			expect_found(id, what[0] == 't', what[0] == 'a');
		else
			expect_refused(id, what);
	}
	assert_int_equal(next(), 0);
	assert_int_equal(next(), 0);
}

static const struct {
	const char *title;
	u32 ndimms;
	const char *labels, *found;
} sets[] = {
	{ "empty", 2, "", "" },
	{ "same uuid at another offset is found apart", 2,
	  "0:1@100+100 1:1@300+100 2@200+100", "1 apart, 2" },
	{ "two of a uuid are not found apart: on the first DIMM", 2,
	  "0:1@100+100 1:1@300+100 0:1@500+100", "1 incomplete, 1 incomplete" },
	{ "two of a uuid are not found apart: on the second", 2,
	  "0:1@100+100 1:1@300+100 1:1@500+100", "1 incomplete" },
	{ "of another size they are not found apart", 2, "0:1@100+100 1:1@300+50", "1 incomplete" },
	{ "a leftover is not taken for a renamed one", 2, "0:1@0+100 1:2@0+100*", "1 incomplete" },
	{ "nor is who lies where one lay that an old image has", 2,
	  "0:1@0+100 1:2@0+100 3@100+100", "1 incomplete, 3" },
	{ "a change of uuid has one new uuid", 3,
	  "0:1@0+100* 1:8@0+100 2:9@0+100", "1 incomplete" },
	{ "a change of uuid, then a deletion, both interrupted", 3,
	  "0:1@0+100* 1:9@0+100 2:9@0+100*", "1 torn" },
	{ "Linux' own change of uuid, interrupted, is the new one", 3,
	  "0:9@0+100* 1:9@0+100* 2:1@0+100", "9 torn" },
	{ "a size that siblings deny reaches into nobody", 2,
	  "0:1@0+150 1:1@0+100 2@100+100", "1 overlap, 2" },
	{ "nor into what only another DIMM knows", 2,
	  "0:1@0+150 1:1@0+100 1:2@100+100", "1 overlap" },
	{ "interrupted create is absent", 3, "1@0+100 2:2@100+100 1:2@100+100", "1" },
	{ "position 0 alone is incomplete", 2,
	  "1@0+100 0:2@100+100 3@200+100", "1, 2 incomplete, 3" },
	{ "updating lead is torn", 2, "1@0+100*", "1 torn" },
	{ "interrupted change of uuid is the old one", 3,
	  "0:1@0+100* 1:1@0+100 2:9@0+100 2@100+100", "1 torn, 2" },
	{ "other uuid and other size is incomplete", 2, "0:1@0+100* 1:9@0+101", "1 incomplete" },
	{ "label of the uuid beats a renamed one", 2,
	  "0:5@0+100 1:1@0+100 1:5@0+100 1:9@0+100", "5" },
	{ "label of the size beats another", 2,
	  "0:5@0+100 1:5@0+90 1:5@0+100 1:5@0+110", "5" },
	{ "two leads at one offset do not share a renamed label", 2,
	  "0:1@0+100 0:2@0+100 1:2@0+100", "1 incomplete, 2" },
	{ "overlap goes to the first", 2, "1@0+100 2@99+100 3@100+100", "1, 2 overlap, 3" },
	{ "incomplete label overlaps nobody", 2,
	  "0:1@0+1000 2@100+100 3@250+100 4@300+100 5@340+100",
	  "1 incomplete, 2, 3, 4 overlap, 5 overlap" },
	{ "uuid twice goes to the first", 2,
	  "1@0+100 2@100+100 1@200+100 3@300+100 1@400+100",
	  "1, 2, 1 duplicate, 3, 1 duplicate" },
	{ "uuid of an incomplete one is free", 2, "0:1@0+100 1@200+100", "1 incomplete, 1" },
	{ "twins are refused like the first", 2,
	  "0:1@0+100 0:1@0+100 0:1@0+50 2@100+100 0:2@100+100",
	  "1 incomplete, 1 incomplete, 1 incomplete, 2, 2 overlap" },
};

TEST_EACH(set__is_found_or_refused, sets)
{
	ndimms = row->ndimms;
	put_words(row->labels);
	begin();
	expect_words(row->found);
}

TEST(set__silly_number_of_dimms_finds_nothing)
{
	put_words("1@0+100");
	begin();
	assert_int_equal(label_set_next(dimms, 0, cursor, &out, &reason), 0);
	assert_int_equal(label_set_next(dimms, 33, cursor, &out, &reason), 0);
}

TEST(set__namespaces_come_by_offset)
{
	for (ndimms = 1; ndimms <= 32; ndimms++) {
		for (u32 i = 0; i < MAX_DIMMS; i++)
			dimms[i].nr = 0;
		put_words("3@300+100 1@100+100 2@200+100");
		begin();
		expect_words("1, 2, 3");
	}
}

/* What in-tree's interrupted creation of 1, then a creation of 2, leaves. */
TEST(set__a_stranger_is_not_taken_for_a_renamed_one)
{
	put_words("0:1@0+100* 0:2@100+100 1:2@0+100");
	begin();
	expect_words("1 incomplete, 2 apart");
	assert_int_equal(label_set_rest(dimms, states, 2), 1);
	assert_false(refs[0][0].leftover);
}

TEST(set__only_the_mark_differs_is_unsettled)
{
	put_words("0:1@0+100 1:1@0+100*");
	begin();
	expect_words("1 torn");
	assert_true(out.unsettled);
	before_each(state);
	put_words("0:1@0+100 1:1@0+100*");
	labels[1][0].name[0] = 'x';
	begin();
	expect_words("1 torn");
	assert_false(out.unsettled);
}

TEST(set__whose_uuid_is_being_changed_is_unsettled)
{
	put_words("0:1@0+100* 1:9@0+100");
	begin();
	expect_words("1 torn");
	assert_true(out.torn && out.unsettled);
}

/* What comes of @words once one of them says something else, whatever it is. */
static void expect_of_each_field(void **state, const char *words, const char *found)
{
	struct nd_label *l = &labels[1][0];

#define OTHER(field) do {		\
	before_each(state);		\
	put_words(words);		\
	l->field++;			\
	begin();			\
	expect_words(found);		\
} while (0)
	OTHER(flags);
	OTHER(lbasize);
	OTHER(abstraction.b[0]);
	OTHER(name[0]);
#undef OTHER
}

/* Of another version has another cookie, a type or none, and says of the abstraction nothing. */
static void expect_of_version(void **state, const char *words, const char *found)
{
	before_each(state);
	put_words(words);
	labels[1][0].cookie++;
	labels[1][0].type.b[0] = 1;
	labels[1][0].abstraction.b[0] = 1;
	begin();
	expect_words(found);
}

TEST(set__of_two_versions_is_one)
{
	expect_of_version(state, "1@0+100", "1");
	assert_false(out.torn || out.unsettled);
	expect_of_version(state, "0:1@0+100* 1:1@0+100", "1 torn");
	assert_true(out.unsettled && !out.torn);
	expect_of_version(state, "0:1@0+100* 1:9@0+100", "1 torn");
	assert_true(out.unsettled && out.torn);
}

/* Nothing else changes with a uuid. */
TEST(set__of_another_uuid_and_otherwise_unlike_is_a_stranger)
{
	expect_of_each_field(state, "0:1@0+100* 1:9@0+100", "1 incomplete");
}

TEST(set__interrupted_resize_has_the_size_of_position_0)
{
	put_words("0:1@0+100 1:1@0+150");
	begin();
	expect_found(1, true, false);
	assert_int_equal(out.lead->size, 100 * ND_LABEL_UNIT);
	expect_words("");
}

TEST(set__interrupted_change_of_uuid_has_the_new_label)
{
	ndimms = 3;
	put_words("0:1@0+100* 1:1@0+100 2:9@0+100");
	begin();
	expect_found(1, true, false);
	assert_int_equal(out.ref[2]->label->uuid.b[0], 9);
}

TEST(set__interrupted_rename_is_torn)
{
	put_words("1@0+100");
	strcpy(labels[1][0].name, "new");
	begin();
	expect_found(1, true, false);
	assert_string_equal(out.lead->name, "");
}

TEST(set__each_differing_field_is_torn)
{
	expect_of_each_field(state, "1@0+100", "1 torn");
	before_each(state);
	put_words("1@0+100");
	labels[1][0].slot = 77;
	begin();
	expect_words("1");
}

TEST(set__wrong_position_or_count_is_passed_over)
{
	put_words("1@0+100 2@100+100 3@200+100 4@300+100 5@400+100");
	labels[0][0].position = 1;
	labels[0][1].nlabel = 3;
	labels[1][2].position = 0;
	labels[1][3].nlabel = 1;
	begin();
	expect_words("1 bounds, 2 bounds, 3 incomplete, 4 incomplete, 5");
}

/* ---- where a namespace may lie ---- */

static const struct {
	const char *title;
	u64 offset, size, mapping;
	enum nd_reason reason;
} places[] = {
	{ "all of a mapping", 0, SZ_1G, SZ_1G, ND_REASON_OK },
	{ "the smallest namespace, at the end", SZ_1G - 4096, 4096, SZ_1G, ND_REASON_OK },
	/* a kernel before 5.7: 50 GiB + 16 KiB in six ways, twice; then a multiple of 12 MiB */
	{ "50 GiB + 16 KiB in six ways", 0, 53687107584 / 6, 811748818944 / 6, ND_REASON_OK },
	{ "the second of these", 53687107584 / 6, 53687107584 / 6, 811748818944 / 6, ND_REASON_OK },
	{ "no bytes", 0, 0, SZ_1G, ND_REASON_SIZE },
	{ "an odd offset", 1, 4096, SZ_1G, ND_REASON_ALIGN },
	{ "an odd size", 0, 4097, SZ_1G, ND_REASON_ALIGN },
	{ "a sector", 512, 4096, SZ_1G, ND_REASON_ALIGN },
	{ "one unit too many", 0, SZ_1G + 4096, SZ_1G, ND_REASON_BOUNDS },
	{ "the end of the mapping", SZ_1G, 4096, SZ_1G, ND_REASON_BOUNDS },
	{ "an end that wraps", 4096, -4096ull, SZ_1G, ND_REASON_BOUNDS },
	{ "an offset that wraps", -4096ull, 8192, SZ_1G, ND_REASON_BOUNDS },
};

TEST_EACH(place__is_judged, places)
{
	assert_reason(label_judge_place(row->offset, row->size, row->mapping), row->reason);
}

TEST(set__misplaced_lead_is_refused_and_keeps_its_labels)
{
	static const struct { u64 offset, size; const char *found; } bad[] = {
		{ 512, 4096, "1 align, 2" }, { 0, 4608, "1 align, 2" },
		{ 4096, SZ_1G, "1 bounds, 2" }, { 0, 1ull << 40, "1 bounds, 2" },
	};

	for (u32 b = 0; b < ARRAY_SIZE(bad); b++) {
		/* on a single DIMM the neighbour that it meets is refused, too */
		for (ndimms = b < 2 ? 1 : 2; ndimms < 4; ndimms++) {
			for (u32 i = 0; i < MAX_DIMMS; i++)
				dimms[i].nr = 0;
			for (u32 i = 0; i < ndimms; i++)
				put_bytes(i, 1, bad[b].offset, bad[b].size);
			put_words("2@300+100");
			begin();
			assert_int_equal(next(), -EINVAL);
			assert_true(out.misplaced);
			begin();
			expect_words(bad[b].found);
			assert_int_equal(label_set_rest(dimms, states, ndimms), ndimms);
		}
	}
}

TEST(set__misplaced_label_of_another_dimm_is_refused)
{
	put_words("0:1@0+100 2@300+100");
	put_bytes(1, 1, 512, 100 * ND_LABEL_UNIT);
	begin();
	expect_words("1 align, 2");
	before_each(state);
	dimms[1].size = 50 * ND_LABEL_UNIT;
	put_words("1@0+100");
	begin();
	expect_words("1 bounds");
}

TEST(set__incomplete_change_of_uuid_is_unsettled)
{
	ndimms = 3;
	put_words("0:1@0+100* 1:9@0+100 2:1@0+100");
	labels[2][0].lbasize = 4096;
	begin();
	expect_words("1 torn");
	assert_true(out.unsettled);
}

/* ---- what is left ---- */

static u32 kept(void)
{
	begin();
	while (next())
		;
	return label_set_rest(dimms, states, ndimms);
}

/* What is left over of labels: how many are kept, or nobody's. */
static const struct {
	const char *title;
	u32 ndimms;
	const char *labels;
	u32 kept;
} rests[] = {
	{ "marked labels without position 0 are nobody's", 3, "2:1@0+100* 1:1@0+100", 0 },
	{ "so is a single one of the last position", 3, "2:1@0+100*", 0 },
	{ "labels without mark are kept: 0 is lost", 3, "1:1@0+100 2:1@0+100", 2 },
	{ "labels without mark are kept: 1 is lost", 3, "0:1@0+100 2:1@0+100", 2 },
	{ "labels without mark are kept: 2 is lost", 3, "0:1@0+100 1:1@0+100", 2 },
	{ "where all are marked they are nobody's", 3, "0:1@0+100* 1:1@0+100*", 0 },
	{ "but not position 0's alone: the rest may be lost of a change of uuid", 3,
	  "0:1@0+100*", 1 },
	{ "nor that of two", 2, "0:1@0+100*", 1 },
	{ "a mark elsewhere proves nothing", 3, "1:1@0+100* 2:1@0+100", 2 },
	{ "a mark proves nothing with position 0", 3, "0:1@0+100 2:1@0+100*", 2 },
	{ "two marks on one DIMM prove nothing", 2, "1:1@0+100* 1:1@200+100*", 2 },
};

TEST_EACH(rest__is_kept_or_nobodys, rests)
{
	ndimms = row->ndimms;
	put_words(row->labels);
	assert_int_equal(kept(), row->kept);
	for (u32 i = 0; i < ndimms; i++) {
		for (u32 k = 0; k < dimms[i].nr; k++)
			assert_int_equal(refs[i][k].leftover, !row->kept);
		if (ndimms == 3 && !strchr(row->labels, '*'))
			assert_int_equal(states[i].lacking, !dimms[i].nr);
	}
}

/* What is found and not served: a namespace counts once, on however many DIMMs it has labels. */
static const struct {
	const char *title;
	const char *labels;
	u32 lost;
} losses[] = {
	{ "nothing is lost of what is served", "1@0+100 2@100+100", 0 },
	{ "labels that lack a sibling are one", "0:1@0+100 2:1@0+100", 1 },
	{ "on whichever DIMMs", "1:1@0+100 2:1@0+100 0:2@100+100 3@200+100", 2 },
	{ "twice on a DIMM is one", "1:1@0+100 1:1@200+100", 1 },
	{ "a leftover is none", "1:1@0+100 2:1@0+100*", 0 },
	{ "a second label of what is served is none", "1@0+100 1:1@200+100", 0 },
};

TEST_EACH(lost__is_found_and_not_served, losses)
{
	ndimms = 3;
	put_words(row->labels);
	kept();
	assert_int_equal(label_set_lost(dimms, ndimms), row->lost);
}

TEST(rest__a_mark_of_a_larger_set_proves_nothing)
{
	put_words("1:1@0+100*");
	labels[1][0].nlabel = 3;
	assert_int_equal(kept(), 1);
}

TEST(rest__nothing_is_nobodys_while_something_cannot_be_read)
{
	put_words("1:1@0+100*");
	states[0].bad = 1;
	assert_int_equal(kept(), 1);
	states[0].bad = 0;
	states[1].bad = 1;
	assert_int_equal(kept(), 1);
	states[1].bad = 0;
	states[0].ruined = true;
	states[0].valid = false;
	assert_int_equal(kept(), 1);
	/* blank: all areas of a set are laid out before a label comes */
	states[0].ruined = false;
	assert_int_equal(kept(), 1);
	states[0].valid = true;
	assert_int_equal(kept(), 0);
}

static enum nd_reason closed(u32 kept, u32 *which)
{
	*which = 99;
	return label_set_closed(states, ndimms, kept, which);
}

TEST(closed__by_what_may_have_named_anything)
{
	u32 which;

	assert_reason(closed(0, &which), ND_REASON_OK);
	assert_reason(closed(5, &which), ND_REASON_OK);
	states[1].bad = 1;
	assert_reason(closed(0, &which), ND_REASON_CHECKSUM);
	assert_int_equal(which, 1);
	states[1].lacking = 1;
	assert_reason(closed(1, &which), ND_REASON_OK);
	states[1].bad = 2;
	assert_reason(closed(1, &which), ND_REASON_CHECKSUM);
	/* position 0's label says how large */
	states[1].bad = 1;
	states[1].decides = true;
	assert_reason(closed(1, &which), ND_REASON_CHECKSUM);
	/* the first DIMM's labels are the ones that say where */
	before_each(state);
	states[0] = (struct label_state){ .valid = true, .bad = 1, .lacking = 1 };
	assert_reason(closed(1, &which), ND_REASON_CHECKSUM);
	before_each(state);
	states[0].valid = false;
	assert_reason(closed(0, &which), ND_REASON_OK);
	assert_reason(closed(1, &which), ND_REASON_NO_INDEX);
	states[0].ruined = true;
	assert_reason(closed(0, &which), ND_REASON_NO_INDEX);
	assert_int_equal(which, 0);
}

TEST(sort__does_not_depend_on_the_order_before)
{
	srandom(3);
	for (u32 round = 0; round < 200; round++) {
		before_each(state);
		for (u32 i = 0; i < 40; i++)
			put(0, random() % 3, random() % 10, 1);
		label_dimm_sort(&dimms[0]);
		for (u32 i = 1; i < 40; i++) {
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
