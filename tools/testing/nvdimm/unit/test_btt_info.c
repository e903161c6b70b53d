// SPDX-License-Identifier: GPL-2.0
/* Arena info-blocks and geometry: UEFI 2.10 §6.3.3, §6.3.4; media of other kernels. */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "btt/ondisk.h"
#include "label/label.h"

static struct btt_recipe recipe(u32 lbasize)
{
	return (struct btt_recipe){
		.major = 1, .minor = 1, .lbasize = lbasize, .nfree = BTT_NFREE,
		.arena_min = BTT_ARENA_MIN, .arena_max = BTT_ARENA_MAX,
	};
}

static void load(struct nd_media_btt *media)
{
	assert_int_equal(nd_golden("fuzz/corpus/fuzz_btt_info/4.19.108-sector-both", media,
				   sizeof(*media)), sizeof(*media));
}

static void seal(struct nd_media_btt *media)
{
	media->checksum = 0;
	media->checksum = cpu_to_le64(label_fletcher64(media, sizeof(*media)));
}

TEST(golden__is_read_laid_out_alike_and_written_alike)
{
	struct btt_recipe r = recipe(4096);
	struct nd_media_btt media, again;
	struct btt_layout l, made;
	u64 start;

	load(&media);
	assert_reason(btt_info_decode(&media, SZ_256M - SZ_4K, &l), ND_REASON_OK);
	assert_int_equal(l.external_nlba, 521664 / 8);
	r.uuid = l.uuid;
	assert_true(btt_recipe_layout(&r, SZ_256M - SZ_4K, 0, &made, &start));
	assert_int_equal(start, 0);
	btt_info_encode(&made, &again);
	assert_memory_equal(&again, &media, sizeof(media));
}

TEST(decode__notices_every_flipped_bit)
{
	struct nd_media_btt media;
	struct btt_layout l;
	u8 *b = (u8 *)&media;

	load(&media);
	for (int i = 0; i < 4096 * 8; i++) {
		b[i / 8] ^= 1 << i % 8;
		assert_reason(btt_info_decode(&media, SZ_256M, &l),
			      i < ND_SIG_LEN * 8 ? ND_REASON_SIGNATURE : ND_REASON_CHECKSUM);
		b[i / 8] ^= 1 << i % 8;
	}
}

TEST(decode__needs_room_for_the_whole_arena)
{
	struct nd_media_btt media;
	struct btt_layout l;

	load(&media);
	assert_reason(btt_info_decode(&media, SZ_256M - SZ_4K, &l), ND_REASON_OK);
	assert_reason(btt_info_decode(&media, SZ_256M - SZ_4K - 1, &l), ND_REASON_BOUNDS);
	assert_reason(btt_info_decode(&media, 0, &l), ND_REASON_BOUNDS);
	/* a namespace that has grown: the arena stays what it was */
	assert_reason(btt_info_decode(&media, SZ_2G, &l), ND_REASON_OK);
	assert_int_equal(l.size, SZ_256M - SZ_4K);
}

/* One field of a good block changed. */
#define REFUSES(reason, field, value) do {					\
	struct nd_media_btt _m;						\
	struct btt_layout _l;						\
	load(&_m);							\
	_m.field = value;						\
	seal(&_m);							\
	assert_reason(btt_info_decode(&_m, SZ_256M, &_l), reason);		\
} while (0)

TEST(decode__refuses_what_makes_no_arena)
{
	REFUSES(ND_REASON_OK, infosize, cpu_to_le32(4096));
	REFUSES(ND_REASON_OK, flags, cpu_to_le32(BTT_FLAG_ERROR));
	REFUSES(ND_REASON_VERSION, version_major, cpu_to_le16(3));
	REFUSES(ND_REASON_VERSION, version_major, cpu_to_le16(2));
	REFUSES(ND_REASON_VERSION, version_minor, cpu_to_le16(0));
	REFUSES(ND_REASON_SIZE, external_lbasize, cpu_to_le32(0));
	REFUSES(ND_REASON_SIZE, external_lbasize, cpu_to_le32(1024));
	REFUSES(ND_REASON_SIZE, external_lbasize, cpu_to_le32(4160));
	REFUSES(ND_REASON_SIZE, internal_lbasize, cpu_to_le32(512));
	REFUSES(ND_REASON_ALIGN, internal_lbasize, cpu_to_le32(4097));
	REFUSES(ND_REASON_BOUNDS, internal_lbasize, cpu_to_le32(4160));
	REFUSES(ND_REASON_BOUNDS, external_nlba, cpu_to_le32(0));
	REFUSES(ND_REASON_BOUNDS, external_nlba, cpu_to_le32(0xfeb9));
	REFUSES(ND_REASON_BOUNDS, external_nlba, cpu_to_le32(~0u));
	REFUSES(ND_REASON_BOUNDS, internal_nlba, cpu_to_le32(256));
	REFUSES(ND_REASON_BOUNDS, internal_nlba, cpu_to_le32(~0u));
	REFUSES(ND_REASON_UNSUPPORTED, nfree, cpu_to_le32(0));
	REFUSES(ND_REASON_UNSUPPORTED, nfree, cpu_to_le32(BTT_NFREE_MAX + 1));
	REFUSES(ND_REASON_BOUNDS, nfree, cpu_to_le32(255));
	REFUSES(ND_REASON_BOUNDS, dataoff, cpu_to_le64(0));
	REFUSES(ND_REASON_ALIGN, dataoff, cpu_to_le64(4097));
	REFUSES(ND_REASON_BOUNDS, dataoff, cpu_to_le64(0x100000));
	REFUSES(ND_REASON_ALIGN, mapoff, cpu_to_le64(0xffba004));
	REFUSES(ND_REASON_BOUNDS, mapoff, cpu_to_le64(0));
	REFUSES(ND_REASON_BOUNDS, mapoff, cpu_to_le64(~511ull));
	REFUSES(ND_REASON_BOUNDS, logoff, cpu_to_le64(0xfff8000));
	REFUSES(ND_REASON_BOUNDS, logoff, cpu_to_le64(0xffffe00));
	REFUSES(ND_REASON_BOUNDS, info2off, cpu_to_le64(~511ull));
	REFUSES(ND_REASON_BOUNDS, info2off, cpu_to_le64(0xfffa000));
	REFUSES(ND_REASON_BOUNDS, nextoff, cpu_to_le64(512));
	REFUSES(ND_REASON_BOUNDS, nextoff, cpu_to_le64(~511ull));
	REFUSES(ND_REASON_ALIGN, nextoff, cpu_to_le64(0xfffff01));
}

TEST(decode__takes_2_0)
{
	struct nd_media_btt media;
	struct btt_layout l;

	load(&media);
	media.version_major = cpu_to_le16(2);
	media.version_minor = 0;
	seal(&media);
	assert_reason(btt_info_decode(&media, SZ_256M, &l), ND_REASON_OK);
	assert_int_equal(l.major, 2);
}

/* The arithmetic of other kernels, told differently: sizes first, then what is left. */
static void reference(u64 size, u32 lbasize, u32 *nlba, u64 *mapoff, u64 *logoff)
{
	u64 left = size / 4096 - 2 - 4;	/* pages: info-blocks, log of 256 lanes */
	u32 block = (lbasize + 63) / 64 * 64;
	u64 blocks = (left - 1) * 4096 / (block + 4), map;

	*nlba = blocks - 256;
	map = ((u64)*nlba * 4 + 4095) / 4096;
	*mapoff = (1 + left - map) * 4096;
	*logoff = *mapoff + map * 4096;
}

TEST(layout__equals_that_of_other_kernels_at_every_size)
{
	static const u32 lbasizes[] = { 512, 520, 528, 4096, 4104, 4160, 4224 };
	static const u64 sizes[] = {
		SZ_16M, SZ_16M + 1, SZ_16M + 4095, SZ_16M + SZ_4K, SZ_32M - SZ_4K, SZ_256M - SZ_4K,
		SZ_1G + 12345, 100ull << 30, (1ull << 39) - 1, 1ull << 39,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lbasizes); i++)
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		u32 nlba;
		u64 map, log;
		struct btt_recipe r = recipe(lbasizes[i]);
		struct btt_layout l, back;
		struct nd_media_btt media;
		u64 start;

		assert_true(btt_lbasize_ok(lbasizes[i]));
		assert_true(btt_recipe_layout(&r, sizes[k], 0, &l, &start));
		reference(sizes[k], lbasizes[i], &nlba, &map, &log);
		assert_int_equal(l.external_nlba, nlba);
		assert_true(l.mapoff == map && l.logoff == log);
		assert_int_equal(l.info2off, sizes[k] / 4096 * 4096 - 4096);
		assert_int_equal(l.info2off, btt_recipe_copy(&r, sizes[k]));
		assert_int_equal(l.info2off, btt_copy_at(sizes[k]));
		btt_info_encode(&l, &media);
		assert_reason(btt_info_decode(&media, sizes[k], &back), ND_REASON_OK);
		assert_true(back.external_nlba == l.external_nlba && back.mapoff == l.mapoff);
	}
}

TEST(arenas__are_cut_at_512_gib_and_small_rests_left)
{
	struct btt_recipe r = recipe(512);
	u64 whole = BTT_ARENA_MAX, start;
	struct btt_layout l;

	assert_int_equal(btt_arena_count(&r, SZ_16M - 1), 0);
	assert_false(btt_recipe_layout(&r, SZ_16M - 1, 0, &l, &start));
	assert_int_equal(btt_recipe_copy(&r, SZ_16M - 1), 0);
	assert_int_equal(btt_arena_count(&r, SZ_16M), 1);
	assert_int_equal(btt_arena_count(&r, whole + SZ_16M - 1), 1);
	assert_true(btt_recipe_layout(&r, whole + SZ_16M - 1, 0, &l, &start));
	assert_int_equal(l.next, 0);
	assert_int_equal(btt_arena_count(&r, whole + SZ_16M), 2);
	assert_true(btt_recipe_layout(&r, whole + SZ_16M, 0, &l, &start));
	assert_true(l.next == whole && l.size == whole && start == 0);
	assert_true(btt_recipe_layout(&r, whole + SZ_16M, 1, &l, &start));
	assert_true(l.next == 0 && l.size == SZ_16M && start == whole);
	assert_false(btt_recipe_layout(&r, whole + SZ_16M, 2, &l, &start));
	assert_int_equal(btt_arena_count(&r, 5 * whole), 5);
	assert_true(btt_recipe_layout(&r, 5 * whole, 4, &l, &start));
	assert_true(l.next == 0 && start == 4 * whole);
}

TEST(layout__without_room_is_none)
{
	struct btt_layout l;

	assert_false(btt_layout_make(0, 512, 4, &l));
	assert_false(btt_layout_make(16384, 512, 4, &l));
	assert_false(btt_layout_make(1ull << 60, 512, 4, &l));
	assert_true(btt_layout_make(32768, 512, 4, &l));
	assert_false(btt_lbasize_ok(0) || btt_lbasize_ok(511) || btt_lbasize_ok(4097));
	assert_int_equal(btt_sector_size(528), 512);
	assert_int_equal(btt_sector_size(4224), 4096);
}

/* ---- attaching ---- */

static const struct {
	const char *title;
	u64 size;
	u32 lbasize, nfree, lanes;
	u8 id;
	enum nd_reason alone, after;
} judged[] = {
	{ "an arena of the smallest size", SZ_16M, 512, 256, 256, 1, ND_REASON_OK, ND_REASON_OK },
	{ "an arena below it", SZ_16M - 1, 512, 256, 256, 1, ND_REASON_SIZE, ND_REASON_SIZE },
	{ "an arena of a few blocks", SZ_64K, 512, 256, 256, 1, ND_REASON_SIZE, ND_REASON_SIZE },
	{ "other sectors than the first one's", SZ_16M, 4096, 256, 256, 1, ND_REASON_OK,
	  ND_REASON_SIZE },
	{ "one with other metadata", SZ_16M, 520, 256, 256, 1, ND_REASON_OK, ND_REASON_SIZE },
	{ "one of another BTT", SZ_16M, 512, 256, 256, 2, ND_REASON_OK, ND_REASON_UUID },
	{ "more free blocks than lanes", SZ_16M, 512, 256, 255, 1, ND_REASON_OK, ND_REASON_OK },
	{ "fewer free blocks than lanes", SZ_16M, 512, 255, 256, 1, ND_REASON_UNSUPPORTED,
	  ND_REASON_UNSUPPORTED },
	{ "one free block of many lanes", SZ_16M, 512, 1, 256, 1, ND_REASON_UNSUPPORTED,
	  ND_REASON_UNSUPPORTED },
};

TEST_EACH(arena__is_attached_when_it_can_be_served, judged)
{
	const struct btt_layout first = {
		.uuid = { { 1 } }, .size = SZ_16M, .external_lbasize = 512, .nfree = 256,
	};
	const struct btt_layout l = {
		.uuid = { { row->id } }, .size = row->size, .external_lbasize = row->lbasize,
		.nfree = row->nfree,
	};

	assert_reason(btt_arena_judge(&l, NULL, BTT_ARENA_MIN, row->lanes), row->alone);
	assert_reason(btt_arena_judge(&l, &first, BTT_ARENA_MIN, row->lanes), row->after);
}

/* A BTT of 2.0 has no room before its first arena: what is smallest holds one. */
TEST(namespace__of_16_mib_has_an_arena_of_2_0)
{
	struct btt_recipe r = recipe(512);

	assert_int_equal(btt_origin(1), SZ_4K);
	assert_int_equal(btt_origin(2), 0);
	assert_int_equal(btt_arena_count(&r, SZ_16M - btt_origin(2)), 1);
	assert_int_equal(btt_arena_count(&r, SZ_16M - btt_origin(1)), 0);
}
