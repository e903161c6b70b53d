// SPDX-License-Identifier: GPL-2.0
/* objects: lib/label_media.c drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c */
/* objects: drivers/nvdimm/label/load.c */
#include "nd_test.h"
#include "label/label.h"
#include "label_media.h"

static struct label_media media;
static struct media_world world;	/* of those tests where something goes wrong */
static struct label_area area;
static struct label_io io;
static enum nd_reason reason;

/* As after a boot. */
static enum nd_reason load(void)
{
	media.reads = media.writes = media.read_bytes = 0;
	memset(area.data, 0xa5, area.size);
	reason = ND_REASON_COUNT;	/* what is not said now was not said */
	assert_int_equal(label_area_load(&area, &io, &reason), 0);
	return reason;
}

int after_each(void **state)
{
	free(media.bytes);
	free(area.data);
	free(world.log);
	media.bytes = area.data = NULL;
	world.log = NULL;
	return 0;
}

/* A DIMM with a blank area of @size bytes, in place of the one there was. */
static void dimm(u32 size)
{
	after_each(NULL);
	media = media_new(size);
	io = media_io(&media);
	area = (struct label_area){ .data = calloc(1, (size + 7) & ~7u), .size = size };
	world = (struct media_world){ 0 };
}

static struct nd_label label_no(u32 n)
{
	return (struct nd_label){ .uuid = {{ n, n >> 8, 1 }}, .nlabel = 1, .cookie = 42,
				  .dpa = (u64)n * SZ_2M, .size = SZ_2M };
}

static int commit(struct label_change *c)
{
	reason = ND_REASON_COUNT;
	return label_area_commit(&area, &io, c, &reason);
}

/* One label comes, one slot (or ~0) goes. */
static int change(u32 n, u32 drop, u32 *slot)
{
	struct nd_label l = label_no(n);
	struct label_change c = { .add = &l, .nadd = 1, .drop = &drop, .ndrop = drop != ~0u,
				  .minor = 2 };
	int rc = commit(&c);

	if (slot)
		*slot = l.slot;
	return rc;
}

static u32 added(u32 n)
{
	u32 slot;

	assert_int_equal(change(n, ~0u, &slot), 0);
	assert_reason(reason, ND_REASON_OK);
	return slot;
}

static int drop(u32 slot)
{
	return commit(&(struct label_change){ .drop = &slot, .ndrop = 1, .minor = 2 });
}

/* A DIMM with an initialised area and some labels. */
static void dimm_with(u32 size, u8 minor, u32 nlabels)
{
	dimm(size);
	load();
	assert_int_equal(commit(&(struct label_change){ .minor = minor }), 0);
	for (u32 i = 0; i < nlabels; i++)
		added(i);
}

int before_each(void **state)
{
	dimm_with(SZ_128K, 2, 3);
	return 0;
}

/* In how few transfers, and of how many bytes. */
static void loads_in(u32 reads, u64 bytes)
{
	load();
	assert_int_equal(media.reads, reads);
	assert_int_equal(media.read_bytes, bytes);
}

static struct nd_media_index *block(u32 which)
{
	return (struct nd_media_index *)(media.bytes + which * 256);
}

static void reseal(u32 which)
{
	block(which)->checksum = 0;
	block(which)->checksum = cpu_to_le64(label_fletcher64(block(which), 256));
}

/* Write @fail is going to fail. */
static void trouble(u32 fail, enum media_fault fault)
{
	media.world = &world;
	media_start(&world);
	world.fail = fail;
	world.fault = fault;
}

/* The area in memory is what a fresh load of the media gives. */
static void assert_same_as_media(void)
{
	struct label_media quiet = media;
	struct label_area fresh = { .data = calloc(1, area.size), .size = area.size };
	struct label_io quiet_io = media_io(&quiet);
	struct nd_label a, b;

	quiet.world = NULL;
	memset(fresh.data, 0xa5, fresh.size);
	assert_int_equal(label_area_load(&fresh, &quiet_io, &(enum nd_reason){ 0 }), 0);
	assert_int_equal(fresh.valid, area.valid);
	if (area.valid) {
		assert_int_equal(fresh.nslot, area.nslot);
		assert_int_equal(fresh.nfree, area.nfree);
		assert_int_equal(fresh.seq, area.seq);
		assert_int_equal(fresh.minor, area.minor);
		assert_int_equal(fresh.current_index, area.current_index);
	}
	for (u32 slot = 0; slot < area.nslot; slot++) {
		enum nd_reason was = label_area_get(&area, slot, &a);

		assert_reason(label_area_get(&fresh, slot, &b), was);
		if (was == ND_REASON_OK)
			assert_memory_equal(&a, &b, sizeof(a));
	}
	free(fresh.data);
}

/* ---- loading ---- */

TEST(load__blank_area_is_no_error)
{
	dimm(SZ_128K);
	assert_reason(load(), ND_REASON_NO_INDEX);
	assert_false(area.valid);
	assert_int_equal(media.reads, 1);
	assert_false(label_slot_active(&area, 0));
}

TEST(load__too_small_area_is_not_read)
{
	dimm(1023);
	assert_reason(load(), ND_REASON_TRUNCATED);
	assert_false(area.valid);
	assert_int_equal(media.reads, 0);
	assert_int_equal(change(1, ~0u, NULL), -ENOSPC);
	assert_int_equal(media.writes, 0);
}

TEST(load__random_bytes_are_refused)
{
	dimm(4096);
	srandom(1);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 4096; i++)
			media.bytes[i] = random();
		if (round & 1)
			memcpy(media.bytes + 256 * (round & 2), "NAMESPACE_INDEX", 16);
		load();
		assert_false(area.valid);
	}
}

/* Damage the index block in force: the other one, one change older, is taken. */
TEST(load__torn_index_falls_back_to_the_other)
{
	u32 nfree = area.nfree, which = area.current_index;

	media.bytes[which * 256 + 80] ^= 1;
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.current_index, !which);
	assert_int_equal(area.nfree, nfree + 1);
	media.bytes[!which * 256 + 80] ^= 1;
	assert_reason(load(), ND_REASON_CHECKSUM);
	assert_false(area.valid);
}

TEST(load__swapped_index_blocks_are_refused)
{
	u8 tmp[256];

	memcpy(tmp, media.bytes, 256);
	memcpy(media.bytes, media.bytes + 256, 256);
	memcpy(media.bytes + 256, tmp, 256);
	assert_reason(load(), ND_REASON_BOUNDS);
	assert_false(area.valid);
}

TEST(load__equal_sequence_numbers_take_the_higher_offset)
{
	for (u32 which = 0; which < 2; which++)
		block(which)->seq = cpu_to_le32(3);
	reseal(0);
	reseal(1);
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.current_index, 1);
}

TEST(load__sequence_zero_is_no_index)
{
	u32 which = area.current_index;

	block(which)->seq = 0;
	reseal(which);
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.current_index, !which);
}

TEST(load__each_sequence_pair)
{
	/* seq of block 0, of block 1: the block in force */
	static const u8 pairs[][3] = {
		{ 1, 2, 1 }, { 2, 1, 0 }, { 2, 3, 1 }, { 3, 2, 0 }, { 3, 1, 1 }, { 1, 3, 0 },
	};

	dimm_with(SZ_128K, 1, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(pairs); i++) {
		block(0)->seq = cpu_to_le32(pairs[i][0]);
		block(1)->seq = cpu_to_le32(pairs[i][1]);
		reseal(0);
		reseal(1);
		assert_reason(load(), ND_REASON_OK);
		assert_int_equal(area.current_index, pairs[i][2]);
		assert_int_equal(area.seq, pairs[i][pairs[i][2]]);
	}
}

/* CXL's version 2.1 in the block @which, written after the other one or before. */
static void put_newer(u32 which, u32 seq)
{
	struct nd_media_index *index = block(which);

	index->major = cpu_to_le16(2);
	index->minor = cpu_to_le16(1);
	index->labelsize = 1;
	index->seq = cpu_to_le32(seq);
	index->checksum = cpu_to_le64(label_index_checksum(index, 256));
}

TEST(load__newer_version_in_force_is_never_written)
{
	u8 before[1024];

	for (u32 which = 0; which < 2; which++) {
		dimm_with(SZ_128K, 2, 3);
		put_newer(which, which == area.current_index ? area.seq :
								label_seq_next(area.seq));
		memcpy(before, media.bytes, sizeof(before));
		assert_reason(load(), ND_REASON_VERSION);
		assert_true(area.newer && !area.valid);
		assert_int_equal(label_next_active(&area, 0), area.nslot);
		assert_int_equal(change(7, ~0u, NULL), -EOPNOTSUPP);
		assert_reason(reason, ND_REASON_VERSION);
		assert_int_equal(commit(&(struct label_change){ .minor = 2 }), -EOPNOTSUPP);
		assert_int_equal(media.writes, 0);
		assert_memory_equal(before, media.bytes, sizeof(before));
	}
}

TEST(load__newer_version_in_both_blocks_is_recognised)
{
	put_newer(0, 1);
	put_newer(1, 2);
	assert_reason(load(), ND_REASON_VERSION);
	assert_true(area.newer);
	/* as long as one of them is whole */
	block(0)->checksum ^= 1;
	assert_reason(load(), ND_REASON_VERSION);
	block(1)->checksum ^= 1;
	assert_reason(load(), ND_REASON_CHECKSUM);
	assert_false(area.newer);
}

TEST(load__newer_version_written_before_is_history)
{
	u32 current = area.current_index, seq = area.seq;

	put_newer(!current, seq % 3 == 1 ? 3 : seq - 1);
	assert_reason(load(), ND_REASON_OK);
	assert_true(area.valid && !area.newer);
	assert_int_equal(area.current_index, current);
}

TEST(load__bad_label_keeps_its_slot)
{
	u32 nfree = area.nfree;
	struct nd_label l;

	media.bytes[512 + 256 + 80] ^= 1;
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.nfree, nfree);
	assert_true(label_slot_active(&area, 1));
	assert_reason(label_area_get(&area, 0, &l), ND_REASON_OK);
	assert_reason(label_area_get(&area, 1, &l), ND_REASON_CHECKSUM);
	assert_reason(label_area_get(&area, 2, &l), ND_REASON_OK);
	assert_reason(label_area_get(&area, 3, &l), ND_REASON_REFERENCE);
	assert_reason(label_area_get(&area, area.nslot, &l), ND_REASON_REFERENCE);
	assert_reason(label_area_get(&area, ~0u, &l), ND_REASON_REFERENCE);
	assert_int_equal(added(9), 3);
}

/* Whether the first transfer has slots, too, or just the index blocks. */
TEST(load__a_slot_that_cannot_be_read_is_bad_if_it_is_active)
{
	static const u32 lost[] = { 1, 4 };
	struct nd_label l;

	for (u32 i = 0; i < 2 * ARRAY_SIZE(lost); i++) {
		before_each(state);
		assert_int_equal(added(3), 3);
		io.max_xfer = i % 2 ? 4096 : 0;
		media.lost = 512 + lost[i / 2] * 256;
		media.nlost = 64;
		assert_reason(load(), ND_REASON_OK);
		assert_true(area.valid);
		for (u32 slot = 0; slot < 4; slot++)
			assert_int_equal(label_area_get(&area, slot, &l) == ND_REASON_OK,
					 slot != lost[i / 2]);
	}
}

static void expect_unread(void)
{
	assert_int_equal(label_area_load(&area, &io, &reason), -EIO);
	assert_true(area.stale);
	assert_false(area.valid);
	assert_reason(reason, ND_REASON_MEDIA);
}

/* What the older one says was true once. */
TEST(load__an_index_block_that_cannot_be_read_is_perhaps_the_newer)
{
	for (u32 newer = 0; newer < 2; newer++) {
		for (u32 line = 0; line < 512; line += 64) {
			before_each(state);
			for (u32 n = 3; n < 5 || area.current_index != newer; n++)
				added(n);
			io.max_xfer = line % 128 ? 4096 : 0;
			media.lost = line;
			media.nlost = 64;
			expect_unread();
		}
	}
}

/* Nor does it become so where reads fail for a while. */
TEST(load__that_fails_now_and_then_is_of_the_newer_block_or_fails)
{
	struct nd_label l;
	u32 well = 0;

	for (u32 fails = 0; fails < 1u << 7; fails++) {
		before_each(state);
		assert_int_equal(added(3), 3);
		media.fails = fails;
		if (label_area_load(&area, &io, &reason)) {
			assert_true(area.stale);
			continue;
		}
		/* it is there, whether it could be read or not */
		assert_true(label_slot_active(&area, 3));
		well += label_area_get(&area, 3, &l) == ND_REASON_OK;
	}
	assert_true(well > 1);
}

/* In-tree, too, asks for a type where there is room for one, and for a cookie by version. */

TEST(label__is_known_by_the_version_of_its_area_and_the_size_of_its_slot)
{
	static const struct label_mark mark = {
		.type = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
				  0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb),
		.cookie1 = 1, .cookie2 = 2, .altcookie = 3,
	};
	static const struct {
		u8 minor;
		u32 size;
		u64 cookie;
		bool typed, ours;
	} known[] = {
		{ 1, 128, 1, false, true }, { 1, 128, 3, false, true }, { 1, 128, 2, false, false },
		{ 2, 256, 2, true, true }, { 2, 256, 3, true, true }, { 2, 256, 1, true, false },
		{ 2, 256, 2, false, false },
		{ 2, 128, 2, false, true }, { 2, 128, 3, false, true }, { 2, 128, 1, false, false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		struct label_area a = { .minor = known[i].minor, .label_size = known[i].size };
		struct nd_label l = { .nlabel = 1, .cookie = known[i].cookie };

		if (known[i].typed)
			l.type = mark.type;
		assert_int_equal(label_area_is_of(&a, &l, &mark), known[i].ours);
		l.flags = ND_LABEL_LOCAL;
		l.nlabel = l.position;
		assert_false(label_area_is_of(&a, &l, &mark));
	}
}

TEST(load__failed_read_is_an_error_and_forbids_formatting)
{
	dimm_with(SZ_128K, 2, 30);
	media.world = &world;
	world.dead = true;
	assert_int_equal(label_area_load(&area, &io, &reason), -EIO);
	assert_reason(reason, ND_REASON_MEDIA);
	assert_false(area.valid);
	world.dead = false;
	media.writes = 0;
	assert_int_equal(change(1, ~0u, NULL), -ESTALE);
	assert_int_equal(media.writes, 0);
}

TEST(load__few_transfers)
{
	dimm_with(SZ_128K, 2, 510);
	loads_in(2, SZ_128K);

	/* 14 labels lie in the first 4 KiB, with the index blocks */
	for (u32 i = 14; i < 510; i++)
		assert_int_equal(drop(i), 0);
	io.max_xfer = 4096;
	loads_in(1, 4096);
	io.max_xfer = 0;
	loads_in(2, 4096);
	for (u32 i = 0; i < 14; i++)
		assert_int_equal(drop(i), 0);
	loads_in(1, 512);
}

TEST(load__gaps_are_read_only_when_free_of_charge)
{
	dimm_with(SZ_128K, 2, 60);
	/* left: 0, 10 (same transfer), 30 (own) and 31 */
	for (u32 i = 0; i < 60; i++)
		if (i != 0 && i != 10 && i != 30 && i != 31)
			assert_int_equal(drop(i), 0);
	loads_in(3, 512 + 11 * 256 + 2 * 256);
	/* a DIMM with small transfers: no gap is worth reading */
	io.max_xfer = 256;
	loads_in(4, 512 + 4 * 256);
}

/* ---- changing ---- */

TEST(commit__formats_a_blank_area)
{
	static const u32 sizes[] = { 1024, 4096, SZ_128K, SZ_256K };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (u8 minor = 1; minor <= 2; minor++) {
			struct nd_label l = label_no(5), back;
			struct label_change c = {
				.add = &l, .nadd = 1, .spare = 1, .minor = minor,
			};

			dimm(sizes[i]);
			memset(media.bytes, 0x77, sizes[i]);
			load();
			assert_int_equal(commit(&c), 0);
			/* the label; of either block no checksum, and all; the first's signature */
			assert_int_equal(media.writes, 6);
			assert_int_equal(l.slot, 0);
			assert_int_equal(area.minor, minor);
			assert_int_equal(area.nslot, label_nslot(sizes[i], minor * 128));
			assert_int_equal(area.nfree, area.nslot - 1);
			assert_same_as_media();
			load();
			assert_reason(label_area_get(&area, 0, &back), ND_REASON_OK);
			assert_true(uuid_equal(&back.uuid, &l.uuid));
			/* both blocks are good, and none says that the area is empty */
			media.bytes[area.current_index * area.index_size] = 0;
			assert_reason(load(), ND_REASON_OK);
			assert_int_equal(area.nfree, area.nslot - 1);
		}
	}
}

TEST(commit__gives_each_label_of_a_blank_area_a_slot)
{
	struct nd_label l[5], back;
	struct label_change c = { .add = l, .nadd = 5, .minor = 2 };

	for (u32 i = 0; i < 5; i++)
		l[i] = label_no(i);
	dimm(SZ_4K);
	load();
	assert_int_equal(commit(&c), 0);
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.nfree, area.nslot - 5);
	for (u32 i = 0; i < 5; i++) {
		assert_reason(label_area_get(&area, i, &back), ND_REASON_OK);
		assert_true(uuid_equal(&back.uuid, &l[i].uuid));
	}
}

TEST(commit__bits_behind_the_last_slot_are_cleared)
{
	struct nd_media_index *i;

	dimm_with(SZ_128K, 2, 1);
	i = block(area.current_index);
	memset(i->free + 63, 0xff, 256 - 72 - 63);
	i->free[63] |= 0xc0;
	memset(i->flags, 0xff, sizeof(i->flags));
	reseal(area.current_index);
	assert_reason(load(), ND_REASON_OK);
	assert_int_equal(area.nfree, 509);
	added(7);
	i = block(area.current_index);
	assert_int_equal(i->free[63], 0x3f);
	assert_null(memchr_inv(i->free + 64, 0, 256 - 72 - 64));
	assert_null(memchr_inv(i->flags, 0, 3));
}

TEST(commit__prefers_slots_the_fallback_does_not_need)
{
	struct nd_label l;
	u32 slot;

	dimm_with(SZ_128K, 2, 2);
	assert_int_equal(change(2, 0, &slot), 0);
	assert_int_equal(slot, 2);
	/* slot 0 is free, but the older block still has label 0 there */
	assert_int_equal(change(3, 1, &slot), 0);
	assert_int_equal(slot, 3);
	assert_int_equal(change(4, 2, &slot), 0);
	assert_int_equal(slot, 0);
	/* lose the block in force: the labels of the state before are intact */
	media.bytes[area.current_index * 256 + 16] ^= 1;
	assert_reason(load(), ND_REASON_OK);
	assert_reason(label_area_get(&area, 2, &l), ND_REASON_OK);
	assert_int_equal(l.uuid.b[0], 2);
	assert_reason(label_area_get(&area, 3, &l), ND_REASON_OK);
	assert_int_equal(l.uuid.b[0], 3);
}

TEST(commit__full_area_updates_through_its_last_slot)
{
	u32 slot = 0;

	dimm_with(1024, 2, 1);
	for (u32 i = 0; i < 10; i++) {
		assert_int_equal(change(i, slot, &slot), 0);
		assert_int_equal(slot, !(i & 1));
		assert_int_equal(area.nfree, 1);
		assert_same_as_media();
	}
}

TEST(commit__needs_a_free_slot_before_old_ones_go)
{
	dimm_with(1024, 2, 2);
	media.writes = 0;
	assert_int_equal(change(5, 0, NULL), -ENOSPC);
	assert_reason(reason, ND_REASON_NO_SLOT);
	assert_int_equal(media.writes, 0);
	assert_int_equal(drop(0), 0);
	assert_int_equal(change(5, ~0u, NULL), 0);
}

TEST(commit__spare_slots_remain)
{
	struct nd_label l = label_no(3);
	u32 gone = 0;
	struct label_change c = { .add = &l, .nadd = 1, .spare = 2 };

	dimm_with(1024, 1, 2);
	assert_int_equal(commit(&c), -ENOSPC);
	assert_int_equal(area.nfree, 2);
	c.drop = &gone;
	c.ndrop = 1;
	assert_int_equal(commit(&c), 0);
	c = (struct label_change){ .add = &l, .nadd = 1, .spare = 1 };
	assert_int_equal(commit(&c), 0);
	assert_int_equal(commit(&c), -ENOSPC);
	c.spare = 0;
	assert_int_equal(commit(&c), 0);
	assert_int_equal(area.nfree, 0);
}

TEST(commit__wrong_drops_are_refused)
{
	static const u32 fine[] = { 4, 1, 3 }, lists[][4] = {
		{ 0, 1, 2, 5 }, { 0, 1, 1, 2 }, { 4, 2, 3, 4 }, { 3, 4, 2, 3 }, { 0, 1, 2, 510 },
		{ 0, 1, 2, ~0u },
	};

	dimm_with(SZ_128K, 2, 5);
	media.writes = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(lists); i++) {
		assert_int_equal(commit(&(struct label_change){ .drop = lists[i], .ndrop = 4 }),
				 -EINVAL);
		assert_reason(reason, ND_REASON_REFERENCE);
	}
	assert_int_equal(media.writes, 0);
	assert_int_equal(commit(&(struct label_change){ .drop = fine, .ndrop = 3 }), 0);
	assert_int_equal(area.nfree, 508);
}

TEST(commit__nothing_to_do_writes_nothing)
{
	media.writes = 0;
	assert_int_equal(commit(&(struct label_change){ 0 }), 0);
	assert_int_equal(media.writes, 0);
}

TEST(commit__neighbouring_labels_go_in_one_transfer)
{
	struct nd_label l[5];
	struct label_change c = { .add = l, .nadd = 5 };

	dimm_with(SZ_128K, 2, 0);
	for (u32 i = 0; i < 5; i++)
		l[i] = label_no(i);
	media.writes = 0;
	assert_int_equal(commit(&c), 0);
	assert_int_equal(media.writes, 2);
	for (u32 i = 0; i < 5; i++)
		assert_int_equal(l[i].slot, i);
	assert_same_as_media();
	/* slots 1, 3 and 5 are free in both blocks: apart, so each label on its own */
	assert_int_equal(drop(1), 0);
	assert_int_equal(drop(3), 0);
	assert_int_equal(drop(2), 0);
	c.nadd = 3;
	media.writes = 0;
	assert_int_equal(commit(&c), 0);
	assert_int_equal(media.writes, 4);
	assert_same_as_media();
}

TEST(commit__keeps_the_version_of_the_area)
{
	dimm_with(SZ_128K, 1, 1);
	added(4);
	assert_int_equal(area.minor, 1);
	assert_int_equal(area.label_size, 128);
	load();
	assert_int_equal(area.minor, 1);
}

/* Power fails while the first index block is written: the area is blank, or has it. */
TEST(commit__cut_while_formatting_leaves_no_damage)
{
	u64 cut;

	for (u8 minor = 1; minor <= 2; minor++) {
		for (cut = 0;; cut++) {
			struct label_change format = { .minor = minor };
			bool dead;

			dimm(4096);
			load();
			trouble(0, 0);
			world.cut = cut;
			commit(&format);
			dead = world.dead;
			media_repair(&world);
			reason = load();
			assert_reason(reason, cut <= 256 / 8 ? ND_REASON_NO_INDEX : ND_REASON_OK);
			assert_int_equal(change(1, ~0u, NULL), 0);
			if (!dead)
				break;
		}
		/* then the other one */
		assert_int_equal(cut, 2 + 2 * 256 / 8);
	}
}

/* A write that fails leaves the area as before, or has succeeded, whatever was written. */
TEST(commit__failed_write_is_undone_or_done)
{
	for (u32 blank = 0; blank < 2; blank++)
	for (u32 fail = 1; fail <= 2 + 4 * blank; fail++)
	for (u32 fault = 0; fault < FAULT_MAX; fault++) {
		bool index, spare;
		u32 nfree, slot;
		int rc;

		if (blank)
			dimm(4096);
		else
			dimm_with(4096, 2, 3);
		load();
		nfree = area.nfree;
		trouble(fail, fault);
		/*
		 * The label, the block; blank: before it no checksum, behind it its signature, and
		 * the same of the other block, which is not missed.
		 */
		index = fail == 2 + 2 * blank;
		spare = blank && fail >= 5;
		rc = change(7, ~0u, &slot);
		/* half of an index block may be all that had to change */
		if (spare || (index && fault == FAULT_ALL_WRITTEN))
			assert_int_equal(rc, 0);
		else if (!index || fault == FAULT_NOTHING_WRITTEN)
			assert_int_equal(rc, -EIO);
		assert_false(area.stale);
		assert_same_as_media();
		if (rc) {
			assert_reason(reason, ND_REASON_LABEL_WRITE);
			if (!blank)
				assert_int_equal(area.nfree, nfree);
		}
		media_repair(&world);
		assert_int_equal(change(8, ~0u, &slot), 0);
		assert_same_as_media();
	}
}

TEST(commit__unreadable_outcome_demands_a_reload)
{
	struct nd_label l;

	dimm_with(4096, 2, 3);
	trouble(2, FAULT_ALL_WRITTEN);
	world.fail_on = true;
	assert_int_equal(change(7, ~0u, NULL), -EIO);
	assert_true(area.stale);
	/* what was known remains readable */
	assert_reason(label_area_get(&area, 1, &l), ND_REASON_OK);
	media_repair(&world);
	assert_int_equal(change(8, ~0u, NULL), -ESTALE);
	assert_int_equal(drop(0), -ESTALE);
	load();
	assert_false(area.stale);
	assert_reason(label_area_get(&area, 3, &l), ND_REASON_OK);
	assert_int_equal(l.uuid.b[0], 7);
}

TEST(undo__restores_labels_even_bad_ones)
{
	struct nd_label add = label_no(9), before, after;
	static const u32 gone[] = { 1, 2 };
	struct label_change c = { .add = &add, .nadd = 1, .drop = gone, .ndrop = 2 };

	dimm_with(SZ_128K, 2, 4);
	media.bytes[512 + 2 * 256] ^= 1;
	load();
	label_area_get(&area, 1, &before);
	assert_int_equal(label_area_undo(&area, &io, &c, &reason), -EINVAL);
	assert_int_equal(commit(&c), 0);
	assert_int_equal(area.nfree, 507);
	media.writes = 0;
	assert_int_equal(label_area_undo(&area, &io, &c, &reason), 0);
	assert_int_equal(media.writes, 1);
	assert_int_equal(area.nfree, 506);
	assert_reason(label_area_get(&area, 1, &after), ND_REASON_OK);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_reason(label_area_get(&area, 2, &after), ND_REASON_CHECKSUM);
	assert_false(label_slot_active(&area, add.slot));
	assert_same_as_media();
	assert_int_equal(label_area_undo(&area, &io, &c, &reason), -EINVAL);
}

TEST(undo__of_a_slot_that_is_not_there_is_refused)
{
	u32 gone = area.nslot;
	struct label_change c = { .drop = &gone, .ndrop = 1 };

	media.writes = 0;
	assert_int_equal(label_area_undo(&area, &io, &c, &reason), -EINVAL);
	assert_reason(reason, ND_REASON_REFERENCE);
	assert_int_equal(media.writes, 0);
}
