// SPDX-License-Identifier: GPL-2.0
/* Labels written anew by those of the other DIMMs, and power cuts meanwhile: "ndstack check". */
/* objects: tools/ndstack/check_repair.c tools/ndstack/check_set.c lib/label_media.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c drivers/nvdimm/label/set.c */
/* objects: drivers/nvdimm/label/load.c */
#include <linux/sizes.h>
#include "nd_test.h"
#include "check_repair.h"
#include "label/label.h"
#include "label_media.h"

#define AREA	4096u
#define DIMMS	3
#define SPACES	2

static struct label_media media[DIMMS];
static struct media_world world;
static struct check_set set;
static struct check_repair mend;

static u64 start_of(u32 dimm)
{
	return SZ_1M * (dimm + 1);
}

static struct nd_label label_of(u32 dimm, u32 space)
{
	struct nd_label label = {
		.uuid = {{ space + 1, 2, 3 }}, .nlabel = DIMMS, .position = (dimm + 1) % DIMMS,
		.cookie = 42, .dpa = start_of(dimm) + space * SZ_64K, .size = SZ_64K,
		.type = {{ 7 }},
	};

	snprintf(label.name, sizeof(label.name), "space%u", space);
	return label;
}

static void commit(struct label_media *m, struct nd_label *label)
{
	struct label_io io = media_io(m);
	struct label_area area = { .data = calloc(1, AREA + 8), .size = AREA };
	struct label_change change = { .add = label, .nadd = 1, .minor = 2 };
	enum nd_reason reason;

	assert_int_equal(label_area_load(&area, &io, &reason), 0);
	assert_int_equal(label_area_commit(&area, &io, &change, &reason), 0);
	free(area.data);
}

/* Two namespaces on three DIMMs; each is at a position and an address of its own. */
int before_each(void **state)
{
	for (u32 d = 0; d < DIMMS; d++) {
		media[d] = media_new(AREA);
		media[d].id = d;
		for (u32 n = 0; n < SPACES; n++) {
			struct nd_label label = label_of(d, n);

			commit(&media[d], &label);
		}
		media[d].world = &world;
	}
	media_start(&world);
	return 0;
}

int after_each(void **state)
{
	check_repair_free(&mend);
	check_set_free(&set);
	for (u32 d = 0; d < DIMMS; d++)
		free(media[d].bytes);
	return 0;
}

static void look(void)
{
	check_set_free(&set);
	set = (struct check_set) { .nr = DIMMS, .cookies = { 42, 42 } };
	for (u32 d = 0; d < DIMMS; d++) {
		struct check_dimm *dimm = &set.dimms[d];

		dimm->bytes = malloc(AREA);
		memcpy(dimm->bytes, media[d].bytes, AREA);
		dimm->size = AREA;
		dimm->start = start_of(d);
		dimm->length = SZ_1M;
		dimm->position = (d + 1) % DIMMS;
	}
	assert_int_equal(check_set(&set), 0);
}

static void plan(u32 dimm, u32 labels)
{
	check_repair_free(&mend);
	look();
	assert_int_equal(check_repair(&set, dimm, &mend), 0);
	assert_int_equal(mend.nadd, labels);
}

static int write_plan(u32 dimm)
{
	struct label_io io = media_io(&media[dimm]);
	enum nd_reason reason;

	return check_repair_write(&mend, &set.dimms[dimm].area, &io, &reason);
}

static void whole(void)
{
	look();
	assert_int_equal(set.namespaces, SPACES);
	assert_int_equal(set.kept, 0);
	for (u32 d = 0; d < DIMMS; d++) {
		assert_int_equal(set.dimms[d].bad, 0);
		assert_int_equal(set.dimms[d].nr, SPACES);
		for (u32 n = 0; n < SPACES; n++) {
			struct nd_label want = label_of(d, n), *got = &set.dimms[d].labels[n];

			for (u32 i = 0; i < SPACES; i++)
				if (set.dimms[d].labels[i].dpa == want.dpa)
					got = &set.dimms[d].labels[i];
			want.slot = got->slot;
			assert_memory_equal(got, &want, sizeof(want));
		}
	}
}

static u8 *slot_of(u32 dimm, u32 space)
{
	struct nd_label want = label_of(dimm, space);

	for (u32 at = 0; at + ND_LABEL_V1_2_SIZE <= AREA; at += ND_LABEL_V1_2_SIZE)
		if (!memcmp(media[dimm].bytes + at, &want.uuid, sizeof(want.uuid)))
			return media[dimm].bytes + at;
	fail_msg("no such label");
	return NULL;
}

/* Change something in all labels of a uuid, and seal them. */
static void reseal(u32 dimm, u32 space, u32 offset, u8 with)
{
	struct nd_media_label *label = (void *)slot_of(dimm, space);

	((u8 *)label)[offset] ^= with;
	label->checksum = 0;
	label->checksum = cpu_to_le64(label_fletcher64(label, sizeof(*label)));
}

static void lose(u32 dimm, u32 space)
{
	slot_of(dimm, space)[40] ^= 1;
}

TEST(labels__that_are_whole_are_left_alone)
{
	whole();
	for (u32 d = 0; d < DIMMS; d++) {
		plan(d, 0);
		assert_false(check_repairable(&mend));
	}
}

TEST(label__that_cannot_be_read_is_told_by_the_others)
{
	for (u32 d = 0; d < DIMMS; d++) {
		lose(d, 1);
		plan(d, 1);
		assert_int_equal(mend.ndrop, 1);
		assert_int_equal(write_plan(d), 0);
		whole();
	}
}

TEST(labels__of_a_blank_dimm_are_told_by_the_others)
{
	memset(media[1].bytes, 0, AREA);
	plan(1, SPACES);
	assert_int_equal(write_plan(1), 0);
	whole();
	/* but another region had labels there, and nobody tells of these */
	memset(media[1].bytes, 0, AREA);
	look();
	check_repair_free(&mend);
	set.dimms[1].shared = true;
	assert_int_equal(check_repair(&set, 1, &mend), 0);
	assert_int_equal(mend.nadd, 0);
}

/* A namespace lies where the label of the first DIMM says, and that may be elsewhere. */
TEST(label__of_the_first_dimm_is_told_only_where_its_place_can_be_read)
{
	struct nd_media_label *label = (void *)slot_of(0, 0);

	lose(0, 0);
	plan(0, 1);
	label->dpa ^= cpu_to_le64(SZ_256K);
	plan(0, 0);
	label->dpa ^= cpu_to_le64(SZ_256K);
	plan(0, 1);
	memset(media[0].bytes, 0, AREA);
	plan(0, 0);
}

TEST(label__whose_slot_tells_nothing_is_dropped_only_when_it_must_be_it)
{
	memset(slot_of(1, 0), 0xff, ND_LABEL_V1_2_SIZE);
	plan(1, 1);
	assert_int_equal(mend.ndrop, 1);
	check_repair_free(&mend);
	/* it could be another region's */
	set.dimms[1].shared = true;
	assert_int_equal(check_repair(&set, 1, &mend), 0);
	assert_int_equal(mend.nadd, 1);
	assert_int_equal(mend.ndrop, 0);
}

TEST(label__is_not_told_by_others_that_disagree)
{
	static const u32 fields[] = {
		offsetof(struct nd_media_label, name), offsetof(struct nd_media_label, flags),
		offsetof(struct nd_media_label, rawsize) + 1,
		offsetof(struct nd_media_label, type_guid),
		offsetof(struct nd_media_label, dpa) + 2,
		offsetof(struct nd_media_label, lbasize) + 1,
		offsetof(struct nd_media_label, abstraction_guid),
	};

	lose(0, 0);
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++) {
		reseal(1, 0, fields[i], 2);
		plan(0, 0);
		reseal(1, 0, fields[i], 2);
		plan(0, 1);
	}
	/* two DIMMs at one position */
	reseal(1, 0, offsetof(struct nd_media_label, position), 2);
	plan(0, 0);
}

TEST(label__that_was_being_changed_is_left_alone)
{
	lose(0, 0);
	for (u32 d = 1; d < DIMMS; d++)
		reseal(d, 0, offsetof(struct nd_media_label, flags), ND_LABEL_UPDATING);
	plan(0, 0);
}

TEST(label__two_of_which_are_lost_is_told_by_nobody)
{
	lose(0, 0);
	lose(2, 0);
	for (u32 d = 0; d < DIMMS; d++)
		plan(d, 0);
}

TEST(label__does_not_take_bytes_that_another_one_names)
{
	struct nd_label other = label_of(0, 0);

	lose(0, 0);
	other.uuid.b[9] = 9;
	other.dpa += SZ_32K;
	other.size = SZ_32K;
	media[0].world = NULL;
	commit(&media[0], &other);
	media[0].world = &world;
	plan(0, 0);
}

TEST(index__that_is_torn_is_written_by_the_other)
{
	u32 torn;

	look();
	torn = !set.dimms[1].area.current_index * set.dimms[1].area.index_size;
	media[1].bytes[torn + 40] ^= 1;
	plan(1, 0);
	assert_true(mend.index);
	assert_int_equal(write_plan(1), 0);
	whole();
	plan(1, 0);
	assert_false(mend.index);
	/* the one in force: what the other says is older, and told as such by the set */
	memset(media[1].bytes + torn, 0, set.dimms[1].area.index_size);
	plan(1, 0);
}

/* After each 8-byte store: what was, or what was to be; and another repair ends it. */
static void cut_everywhere(u32 dimm, u32 labels)
{
	u64 steps, cut;
	bool done;

	plan(dimm, labels);
	media_start(&world);
	assert_int_equal(write_plan(dimm), 0);
	steps = world.steps;
	assert_true(steps > 10);
	media_rewind(&world);
	for (cut = 0; cut <= steps; cut++) {
		plan(dimm, labels);
		media_start(&world);
		world.cut = cut;
		done = !write_plan(dimm);
		assert_true(done || cut < steps);
		media_repair(&world);
		look();
		/* the other index block, which says the same, is not missed */
		assert_true(!done || set.dimms[dimm].nr == SPACES);
		for (u32 d = 0; d < DIMMS; d++)
			assert_true(d == dimm || set.dimms[d].nr == SPACES);
		assert_true(set.namespaces + set.kept >= SPACES);
		check_repair_free(&mend);
		assert_int_equal(check_repair(&set, dimm, &mend), 0);
		if (check_repairable(&mend))
			assert_int_equal(write_plan(dimm), 0);
		whole();
		media_rewind(&world);
	}
}

TEST(mend__a_cut_at_every_store_is_ended_by_the_next)
{
	lose(1, 1);
	cut_everywhere(1, 1);
}

TEST(mend__a_cut_while_an_area_is_made_anew)
{
	memset(media[2].bytes, 0, AREA);
	cut_everywhere(2, SPACES);
}
