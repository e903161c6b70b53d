// SPDX-License-Identifier: GPL-2.0
/* What is told of a BTT and of labels, and what would be written: "ndstack check". */
/* objects: tools/ndstack/check_btt.c tools/ndstack/check_set.c */
/* objects: lib/btt_sim.c drivers/nvdimm/btt/format.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/layout/btt_find.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c drivers/nvdimm/label/set.c */
/* objects: drivers/nvdimm/label/load.c */
/* objects: lib/label_media.c */
#include <linux/sizes.h>
#include "nd_test.h"
#include "btt_sim.h"
#include "btt/format.h"
#include "check_btt.h"
#include "check_set.h"
#include "label_media.h"

#define ROOM	(40ull << 20)	/* an arena that is no power of two */

static struct btt_media m;
static struct check_arena found;
static struct nd_media_btt first;

static struct check_subject subject(void)
{
	return (struct check_subject) {
		.media = &m, .room = ROOM, .arena_min = BTT_ARENA_MIN, .labelled = true,
	};
}

/* A BTT, as made. */
int before_each(void **state)
{
	struct btt_recipe r = {
		.uuid = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), .major = 1, .minor = 1,
		.lbasize = 4096, .nfree = BTT_NFREE,
		.arena_min = BTT_ARENA_MIN, .arena_max = BTT_ARENA_MAX,
	};
	struct nd_media_btt info;

	machine_init(&m, ROOM);
	assert_int_equal(btt_format(&m, &r, ROOM, &info), 0);
	memcpy(&first, m.cur, sizeof(first));
	return 0;
}

int after_each(void **state)
{
	machine_free(&m);
	return 0;
}

static void look(enum check_blocks blocks)
{
	struct check_subject s = subject();
	u8 *before = malloc(ROOM);

	memcpy(before, m.cur, ROOM);
	assert_int_equal(check_arena_at(&s, 0, 0, NULL, &found), 1);
	assert_memory_equal(before, m.cur, ROOM);
	free(before);
	assert_int_equal(found.blocks, blocks);
}

/* Write what is said to mend it. */
static void mend(unsigned int writes)
{
	struct check_write write[2];

	assert_int_equal(check_arena_repair(&found, write), writes);
	for (unsigned int i = 0; i < writes; i++)
		memcpy(m.cur + write[i].at, &write[i].block, sizeof(write[i].block));
}

static u64 copy_at(void)
{
	return btt_copy_at(ROOM);
}

TEST(btt__as_made_is_whole)
{
	look(CHECK_BLOCKS_WHOLE);
	assert_true(check_arena_good(&found));
	assert_int_equal(found.health.mapped, found.layout.external_nlba);
	mend(0);
}

TEST(btt__whose_first_block_is_lost_is_mended_by_the_copy)
{
	m.cur[100] ^= 1;
	look(CHECK_BLOCKS_FIRST_LOST);
	assert_false(check_arena_good(&found));
	mend(1);
	look(CHECK_BLOCKS_WHOLE);
	assert_memory_equal(m.cur, &first, sizeof(first));
}

TEST(btt__whose_copy_is_lost_is_mended_by_the_first)
{
	memset(m.cur + copy_at(), 0, 4096);
	look(CHECK_BLOCKS_COPY_LOST);
	mend(1);
	look(CHECK_BLOCKS_WHOLE);
	assert_memory_equal(m.cur + copy_at(), &first, sizeof(first));
}

TEST(btt__whose_blocks_are_both_torn_is_mended_by_what_log_and_map_prove)
{
	m.cur[1000] ^= 1;
	m.cur[copy_at() + 2000] ^= 1;
	look(CHECK_BLOCKS_BOTH_LOST);
	mend(2);
	look(CHECK_BLOCKS_WHOLE);
	assert_memory_equal(m.cur, &first, sizeof(first));
	assert_true(check_arena_good(&found));
}

TEST(btt__is_mended_so_that_a_power_cut_between_two_writes_leaves_one_whole)
{
	struct check_write write[2];

	m.cur[1000] ^= 1;
	m.cur[copy_at() + 2000] ^= 1;
	look(CHECK_BLOCKS_BOTH_LOST);
	assert_int_equal(check_arena_repair(&found, write), 2);
	memcpy(m.cur + write[0].at, &write[0].block, sizeof(write[0].block));
	look(CHECK_BLOCKS_FIRST_LOST);
}

TEST(btt__that_nothing_proves_is_not_written)
{
	m.cur[1000] ^= 1;
	m.cur[copy_at() + 2000] ^= 1;
	/* two sectors in one block */
	((u32 *)(m.cur + ((struct nd_media_btt *)m.cur)->mapoff))[3] = 0xc0000004;
	look(CHECK_BLOCKS_UNKNOWN);
	mend(0);
}

TEST(btt__with_another_sector_size_in_a_torn_block_is_not_written)
{
	((struct nd_media_btt *)m.cur)->external_lbasize = 512;
	memset(m.cur + copy_at(), 0, 4096);
	look(CHECK_BLOCKS_UNKNOWN);
	mend(0);
}

TEST(btt__with_a_block_in_two_places_is_not_good)
{
	((u32 *)(m.cur + first.mapoff))[3] = 0xc0000004;
	look(CHECK_BLOCKS_WHOLE);
	assert_int_equal(found.health.twice, 1);
	assert_int_equal(found.health.lost, 1);
	assert_false(check_arena_good(&found));
}

TEST(btt__whose_log_makes_no_sense_is_not_written)
{
	struct nd_media_btt *info = (struct nd_media_btt *)m.cur;

	memset(m.cur + info->logoff + 5 * BTT_LOG_GROUP, 0xff, BTT_LOG_GROUP);
	m.cur[100] ^= 1;
	look(CHECK_BLOCKS_FIRST_LOST);
	assert_int_not_equal(found.log, ND_REASON_OK);
	mend(0);
}

TEST(btt__of_another_namespace_is_none)
{
	uuid_t own = {{ 9 }};
	struct check_subject s = subject();
	struct nd_media_btt *info = (struct nd_media_btt *)m.cur;

	s.own = &own;
	info->parent_uuid[0] = 7;
	info->flags = cpu_to_le32(0);
	/* torn, and made for somebody else */
	memset(m.cur + copy_at(), 0, 4096);
	assert_int_equal(check_arena_at(&s, 0, 0, NULL, &found), 1);
	assert_int_equal(found.blocks, CHECK_BLOCKS_UNKNOWN);
	mend(0);
}

/* 32 KiB of those 40 MiB say that they are an arena: the driver attaches none below 16 MiB. */
TEST(btt__with_an_arena_below_16_mib_is_refused)
{
	struct btt_recipe r = {
		.uuid = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), .major = 1, .minor = 1,
		.lbasize = 512, .nfree = 4, .arena_min = SZ_32K, .arena_max = BTT_ARENA_MAX,
	};
	struct nd_media_btt info;

	assert_int_equal(btt_format(&m, &r, SZ_32K, &info), 0);
	look(CHECK_BLOCKS_UNUSABLE);
	assert_reason(found.reason, ND_REASON_SIZE);
	assert_false(check_arena_good(&found));
	mend(0);
}

/* Looked at as the second arena, behind one with sectors of another size. */
TEST(btt__with_arenas_of_two_sector_sizes_is_refused)
{
	struct check_subject s = subject();
	struct check_arena before;

	look(CHECK_BLOCKS_WHOLE);
	before = found;
	before.layout.external_lbasize = 512;
	assert_int_equal(check_arena_at(&s, 1, 0, &before, &found), 1);
	assert_int_equal(found.blocks, CHECK_BLOCKS_UNUSABLE);
	assert_reason(found.reason, ND_REASON_SIZE);
}

TEST(zeros__are_no_btt)
{
	struct check_subject s = subject();

	memset(m.cur, 0, ROOM);
	assert_int_equal(check_arena_at(&s, 0, 0, NULL, &found), 0);
}

/* --- labels ------------------------------------------------------------------------------ */

#define AREA	SZ_128K

static struct check_set set;
static u64 label_size = SZ_2M;

/* One namespace on both of two DIMMs, less what @without says; and one on each more of @more. */
static void labels(int without, u32 cookie)
{
	set = (struct check_set) { .nr = 2, .cookies = { 42, 42 } };
	for (u32 i = 0; i < 2; i++) {
		struct label_media media = media_new(AREA);
		struct label_io io = media_io(&media);
		struct label_area area = { .data = calloc(1, AREA), .size = AREA };
		struct nd_label label = {
			.uuid = {{ 1, 2, 3 }}, .nlabel = 2, .position = i, .cookie = cookie,
			.dpa = SZ_1M, .size = label_size,
		};
		struct label_change change = {
			.add = &label, .nadd = without != i, .minor = 2,
		};
		enum nd_reason reason;

		assert_int_equal(label_area_load(&area, &io, &reason), 0);
		assert_int_equal(label_area_commit(&area, &io, &change, &reason), 0);
		set.dimms[i] = (struct check_dimm) {
			.bytes = media.bytes, .size = AREA, .length = SZ_64M, .position = -1,
		};
		free(area.data);
	}
}

TEST(labels__that_go_together_are_a_namespace)
{
	labels(-1, 42);
	assert_int_equal(check_set(&set), 0);
	assert_int_equal(set.namespaces, 1);
	assert_int_equal(set.kept, 0);
	assert_int_equal(set.closed, ND_REASON_OK);
	check_set_free(&set);
}

TEST(labels__that_are_misplaced_are_kept)
{
	static const u64 sizes[] = { SZ_2M + 512, SZ_64M, -4096ull - SZ_1M };

	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		label_size = sizes[i];
		labels(-1, 42);
		label_size = SZ_2M;
		assert_int_equal(check_set(&set), 0);
		assert_int_equal(set.namespaces, 0);
		assert_int_equal(set.kept, 2);
		check_set_free(&set);
	}
}

TEST(labels__without_their_like_on_the_other_dimm_are_told)
{
	labels(1, 42);
	assert_int_equal(check_set(&set), 0);
	assert_int_equal(set.namespaces, 0);
	assert_int_equal(set.kept, 1);
	assert_int_equal(set.first_kept[0], 0);
	check_set_free(&set);
}

TEST(labels__of_another_set_are_counted)
{
	labels(-1, 43);
	assert_int_equal(check_set(&set), 0);
	assert_int_equal(set.namespaces, 0);
	assert_int_equal(set.dimms[0].strange, 1);
	check_set_free(&set);
}

TEST(labels__that_cannot_be_read_are_told)
{
	labels(-1, 42);
	/* each slot, as one of them is in use */
	for (u32 at = 512; at < AREA; at += 256)
		set.dimms[1].bytes[at + 20] ^= 1;
	assert_int_equal(check_set(&set), 0);
	assert_int_equal(set.dimms[1].bad, 1);
	assert_int_equal(set.namespaces, 0);
	assert_int_equal(set.kept, 1);
	check_set_free(&set);
}

TEST(labels__of_a_dimm_that_cannot_be_read_close_the_set)
{
	labels(-1, 42);
	free(set.dimms[1].bytes);
	set.dimms[1].bytes = NULL;
	assert_int_equal(check_set(&set), 0);
	assert_int_equal(set.namespaces, 0);
	assert_int_not_equal(set.closed, ND_REASON_OK);
	assert_int_equal(set.closed_by, 1);
	check_set_free(&set);
}

/* One more label of each DIMM, whose positions are the DIMMs' order; the set has another order. */
static void add_by_index(u64 dpa)
{
	for (u32 i = 0; i < 2; i++) {
		struct label_media media = { .bytes = set.dimms[i].bytes, .size = AREA };
		struct label_io io = media_io(&media);
		struct label_area area = { .data = calloc(1, AREA), .size = AREA };
		struct nd_label label = {
			.uuid = {{ 4, 5, 6 }}, .nlabel = 2, .position = i, .cookie = 42,
			.dpa = dpa, .size = SZ_2M,
		};
		struct label_change change = { .add = &label, .nadd = 1, .minor = 2 };
		enum nd_reason reason;

		assert_int_equal(label_area_load(&area, &io, &reason), 0);
		assert_int_equal(label_area_commit(&area, &io, &change, &reason), 0);
		free(area.data);
	}
}

/* The label of position 0 is the second DIMM's, as firmware orders the set. */
static void reverse(void)
{
	struct check_dimm first = set.dimms[0];

	set.dimms[0] = set.dimms[1];
	set.dimms[1] = first;
	set.dimms[0].position = 1;
	set.dimms[1].position = 0;
}

TEST(labels__of_two_orders_are_two_namespaces_where_they_do_not_overlap)
{
	for (u32 i = 0; i < 2; i++) {
		labels(-1, 42);
		reverse();
		add_by_index(SZ_1M + (i ? SZ_1M : SZ_2M));
		assert_int_equal(check_set(&set), 0);
		assert_int_equal(set.namespaces, i ? 1 : 2);
		assert_int_equal(set.kept, i ? 2 : 0);
		check_set_free(&set);
	}
}
