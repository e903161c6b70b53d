// SPDX-License-Identifier: GPL-2.0
/* objects: lib/label_media.c drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c */
#include "nd_test.h"
#include <asm/byteorder.h>
#include <linux/sizes.h>
#include "label/area.h"
#include "label/codec.h"
#include "label_media.h"

struct dimm {
	struct label_media media;
	struct label_area area;
	struct label_io io;
};

static struct dimm *dimm_new(u32 size)
{
	struct dimm *d = calloc(1, sizeof(*d));

	d->media = media_new(size);
	d->io = media_io(&d->media);
	d->area = (struct label_area){ .data = calloc(1, (size + 7) & ~7u), .size = size };
	return d;
}

static enum nd_why load(struct dimm *d)
{
	enum nd_why why;

	d->media.reads = d->media.writes = d->media.read_bytes = 0;
	memset(d->area.data, 0xa5, d->area.size);
	assert_int_equal(label_area_load(&d->area, &d->io, &why), 0);
	return why;
}

static void dimm_free(struct dimm *d)
{
	free(d->media.bytes);
	free(d->area.data);
	free(d);
}

static struct nd_label label_no(u32 n)
{
	return (struct nd_label){ .uuid = {{ n, n >> 8, 1 }}, .nlabel = 1, .cookie = 42,
				  .dpa = (u64)n * SZ_2M, .size = SZ_2M };
}

/* One label comes, one slot (or ~0) goes. */
static int change(struct dimm *d, u32 n, u32 drop, enum nd_why *why, u32 *slot)
{
	struct nd_label l = label_no(n);
	struct label_change c = { .add = &l, .nadd = 1, .drop = &drop, .ndrop = drop != ~0u,
				  .minor = 2 };
	int rc = label_area_commit(&d->area, &d->io, &c, why);

	if (slot)
		*slot = l.slot;
	return rc;
}

static u32 added(struct dimm *d, u32 n)
{
	enum nd_why why;
	u32 slot;

	assert_int_equal(change(d, n, ~0u, &why, &slot), 0);
	assert_why(why, ND_WHY_OK);
	return slot;
}

static int drop(struct dimm *d, u32 slot, enum nd_why *why)
{
	struct label_change c = { .drop = &slot, .ndrop = 1, .minor = 2 };

	return label_area_commit(&d->area, &d->io, &c, why);
}

/* The area in memory is what a fresh load of the media gives. */
static void assert_same_as_media(struct dimm *d)
{
	struct dimm fresh = { .media = d->media };
	struct nd_label a, b;
	u32 slot;

	fresh.media.world = NULL;
	fresh.io = media_io(&fresh.media);
	fresh.area = (struct label_area){ .data = calloc(1, d->area.size), .size = d->area.size };
	load(&fresh);
	assert_int_equal(fresh.area.valid, d->area.valid);
	if (d->area.valid) {
		assert_int_equal(fresh.area.nslot, d->area.nslot);
		assert_int_equal(fresh.area.nfree, d->area.nfree);
		assert_int_equal(fresh.area.seq, d->area.seq);
		assert_int_equal(fresh.area.minor, d->area.minor);
		assert_int_equal(fresh.area.current_index, d->area.current_index);
	}
	for (slot = 0; slot < d->area.nslot; slot++) {
		enum nd_why why = label_area_get(&d->area, slot, &a);

		assert_why(label_area_get(&fresh.area, slot, &b), why);
		if (why == ND_WHY_OK)
			assert_memory_equal(&a, &b, sizeof(a));
	}
	free(fresh.area.data);
}

/* ---- loading ---- */

LAW(load__blank_area_is_no_error)
{
	struct dimm *d = dimm_new(SZ_128K);

	assert_why(load(d), ND_WHY_NO_INDEX);
	assert_false(d->area.valid);
	assert_int_equal(d->media.reads, 1);
	assert_false(label_slot_active(&d->area, 0));
	dimm_free(d);
}

LAW(load__too_small_area_is_not_read)
{
	struct dimm *d = dimm_new(1023);
	enum nd_why why;

	assert_why(load(d), ND_WHY_TRUNCATED);
	assert_false(d->area.valid);
	assert_int_equal(d->media.reads, 0);
	assert_int_equal(change(d, 1, ~0u, &why, NULL), -ENOSPC);
	assert_int_equal(d->media.writes, 0);
	dimm_free(d);
}

LAW(load__random_bytes_are_refused)
{
	struct dimm *d = dimm_new(4096);
	int round, i;

	srandom(1);
	for (round = 0; round < 100; round++) {
		for (i = 0; i < 4096; i++)
			d->media.bytes[i] = random();
		if (round & 1)
			memcpy(d->media.bytes + 256 * (round & 2), "NAMESPACE_INDEX", 16);
		load(d);
		assert_false(d->area.valid);
	}
	dimm_free(d);
}

static struct dimm *dimm_with(u32 size, u8 minor, u32 nlabels)
{
	struct dimm *d = dimm_new(size);
	struct label_change c = { .minor = minor };
	enum nd_why why;
	u32 i;

	load(d);
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	for (i = 0; i < nlabels; i++)
		added(d, i);
	return d;
}

/* Damage the index block in force: the other one, one change older, is taken. */
LAW(load__torn_index_falls_back_to_the_other)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 3);
	u32 nfree = d->area.nfree, which = d->area.current_index;

	d->media.bytes[which * 256 + 80] ^= 1;
	assert_why(load(d), ND_WHY_OK);
	assert_int_equal(d->area.current_index, !which);
	assert_int_equal(d->area.nfree, nfree + 1);
	d->media.bytes[!which * 256 + 80] ^= 1;
	assert_why(load(d), ND_WHY_CHECKSUM);
	assert_false(d->area.valid);
	dimm_free(d);
}

LAW(load__swapped_index_blocks_are_refused)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 3);
	u8 tmp[256];

	memcpy(tmp, d->media.bytes, 256);
	memcpy(d->media.bytes, d->media.bytes + 256, 256);
	memcpy(d->media.bytes + 256, tmp, 256);
	assert_why(load(d), ND_WHY_BOUNDS);
	assert_false(d->area.valid);
	dimm_free(d);
}

static void reseal(struct dimm *d, u32 which)
{
	struct nd_media_index *i = (struct nd_media_index *)(d->media.bytes + which * 256);

	i->checksum = 0;
	i->checksum = cpu_to_le64(label_fletcher64(i, 256));
}

LAW(load__equal_sequence_numbers_take_the_higher_offset)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 3);
	u32 which;

	for (which = 0; which < 2; which++)
		((struct nd_media_index *)(d->media.bytes + which * 256))->seq = cpu_to_le32(3);
	reseal(d, 0);
	reseal(d, 1);
	assert_why(load(d), ND_WHY_OK);
	assert_int_equal(d->area.current_index, 1);
	dimm_free(d);
}

LAW(load__sequence_zero_is_no_index)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 3);
	u32 which = d->area.current_index;

	((struct nd_media_index *)(d->media.bytes + which * 256))->seq = 0;
	reseal(d, which);
	assert_why(load(d), ND_WHY_OK);
	assert_int_equal(d->area.current_index, !which);
	dimm_free(d);
}

LAW(load__each_sequence_pair)
{
	/* seq of block 0, of block 1: the block in force */
	static const u8 pairs[][3] = {
		{ 1, 2, 1 }, { 2, 1, 0 }, { 2, 3, 1 }, { 3, 2, 0 }, { 3, 1, 1 }, { 1, 3, 0 },
	};
	struct dimm *d = dimm_with(SZ_128K, 1, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		((struct nd_media_index *)d->media.bytes)->seq = cpu_to_le32(pairs[i][0]);
		((struct nd_media_index *)(d->media.bytes + 256))->seq = cpu_to_le32(pairs[i][1]);
		reseal(d, 0);
		reseal(d, 1);
		assert_why(load(d), ND_WHY_OK);
		assert_int_equal(d->area.current_index, pairs[i][2]);
		assert_int_equal(d->area.seq, pairs[i][pairs[i][2]]);
	}
	dimm_free(d);
}

LAW(load__bad_label_keeps_its_slot)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 3);
	u32 nfree = d->area.nfree;
	struct nd_label l;

	d->media.bytes[512 + 256 + 80] ^= 1;
	assert_why(load(d), ND_WHY_OK);
	assert_int_equal(d->area.nfree, nfree);
	assert_true(label_slot_active(&d->area, 1));
	assert_why(label_area_get(&d->area, 0, &l), ND_WHY_OK);
	assert_why(label_area_get(&d->area, 1, &l), ND_WHY_CHECKSUM);
	assert_why(label_area_get(&d->area, 2, &l), ND_WHY_OK);
	assert_why(label_area_get(&d->area, 3, &l), ND_WHY_REFERENCE);
	assert_why(label_area_get(&d->area, d->area.nslot, &l), ND_WHY_REFERENCE);
	assert_why(label_area_get(&d->area, ~0u, &l), ND_WHY_REFERENCE);
	assert_int_equal(added(d, 9), 3);
	dimm_free(d);
}

LAW(load__failed_read_is_an_error_and_forbids_formatting)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 30);
	struct media_world w = { 0 };
	enum nd_why why;

	d->media.world = &w;
	w.dead = true;
	assert_int_equal(label_area_load(&d->area, &d->io, &why), -EIO);
	assert_why(why, ND_WHY_MEDIA);
	assert_false(d->area.valid);
	w.dead = false;
	d->media.writes = 0;
	assert_int_equal(change(d, 1, ~0u, &why, NULL), -ESTALE);
	assert_int_equal(d->media.writes, 0);
	dimm_free(d);
}

LAW(load__few_transfers)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 510);
	enum nd_why why;
	u32 i;

	load(d);
	assert_int_equal(d->media.reads, 2);
	assert_int_equal(d->media.read_bytes, SZ_128K);

	/* 14 labels lie in the first 4 KiB, with the index blocks */
	for (i = 14; i < 510; i++)
		assert_int_equal(drop(d, i, &why), 0);
	d->io.max_xfer = 4096;
	load(d);
	assert_int_equal(d->media.reads, 1);
	assert_int_equal(d->media.read_bytes, 4096);
	d->io.max_xfer = 0;
	load(d);
	assert_int_equal(d->media.reads, 2);
	assert_int_equal(d->media.read_bytes, 4096);
	for (i = 0; i < 14; i++)
		assert_int_equal(drop(d, i, &why), 0);
	load(d);
	assert_int_equal(d->media.reads, 1);
	assert_int_equal(d->media.read_bytes, 512);
	dimm_free(d);
}

LAW(load__gaps_are_read_only_when_free_of_charge)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 60);
	enum nd_why why;
	u32 i;

	/* left: 0, 10 (same transfer), 30 (own) and 31 */
	for (i = 0; i < 60; i++)
		if (i != 0 && i != 10 && i != 30 && i != 31)
			assert_int_equal(drop(d, i, &why), 0);
	load(d);
	assert_int_equal(d->media.reads, 3);
	assert_int_equal(d->media.read_bytes, 512 + 11 * 256 + 2 * 256);
	/* a DIMM with small transfers: no gap is worth reading */
	d->io.max_xfer = 256;
	load(d);
	assert_int_equal(d->media.reads, 4);
	assert_int_equal(d->media.read_bytes, 512 + 4 * 256);
	dimm_free(d);
}

/* ---- changing ---- */

LAW(commit__formats_a_blank_area)
{
	static const u32 sizes[] = { 1024, 4096, SZ_128K, SZ_256K };
	unsigned int i;
	u8 minor;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (minor = 1; minor <= 2; minor++) {
			struct dimm *d = dimm_new(sizes[i]);
			struct nd_label l = label_no(5), back;
			struct label_change c = {
				.add = &l, .nadd = 1, .spare = 1, .minor = minor,
			};
			enum nd_why why;

			memset(d->media.bytes, 0x77, sizes[i]);
			load(d);
			assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
			assert_int_equal(d->media.writes, 4);
			assert_int_equal(l.slot, 0);
			assert_int_equal(d->area.minor, minor);
			assert_int_equal(d->area.nslot, label_nslot(sizes[i], minor * 128));
			assert_int_equal(d->area.nfree, d->area.nslot - 1);
			assert_same_as_media(d);
			load(d);
			assert_why(label_area_get(&d->area, 0, &back), ND_WHY_OK);
			assert_true(uuid_equal(&back.uuid, &l.uuid));
			/* both blocks are good */
			d->media.bytes[d->area.current_index * d->area.index_size] = 0;
			assert_why(load(d), ND_WHY_OK);
			assert_int_equal(d->area.nfree, d->area.nslot);
			dimm_free(d);
		}
	}
}

LAW(commit__bits_behind_the_last_slot_are_cleared)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 1);
	struct nd_media_index *i;

	i = (struct nd_media_index *)(d->media.bytes + d->area.current_index * 256);
	memset(i->free + 63, 0xff, 256 - 72 - 63);
	i->free[63] |= 0xc0;
	memset(i->flags, 0xff, sizeof(i->flags));
	reseal(d, d->area.current_index);
	assert_why(load(d), ND_WHY_OK);
	assert_int_equal(d->area.nfree, 509);
	added(d, 7);
	i = (struct nd_media_index *)(d->media.bytes + d->area.current_index * 256);
	assert_int_equal(i->free[63], 0x3f);
	assert_null(memchr_inv(i->free + 64, 0, 256 - 72 - 64));
	assert_null(memchr_inv(i->flags, 0, 3));
	dimm_free(d);
}

LAW(commit__prefers_slots_the_fallback_does_not_need)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 2);
	struct nd_label l;
	enum nd_why why;
	u32 slot;

	assert_int_equal(change(d, 2, 0, &why, &slot), 0);
	assert_int_equal(slot, 2);
	/* slot 0 is free, but the older block still has label 0 there */
	assert_int_equal(change(d, 3, 1, &why, &slot), 0);
	assert_int_equal(slot, 3);
	assert_int_equal(change(d, 4, 2, &why, &slot), 0);
	assert_int_equal(slot, 0);
	/* lose the block in force: the labels of the state before are intact */
	d->media.bytes[d->area.current_index * 256 + 16] ^= 1;
	assert_why(load(d), ND_WHY_OK);
	assert_why(label_area_get(&d->area, 2, &l), ND_WHY_OK);
	assert_int_equal(l.uuid.b[0], 2);
	assert_why(label_area_get(&d->area, 3, &l), ND_WHY_OK);
	assert_int_equal(l.uuid.b[0], 3);
	dimm_free(d);
}

LAW(commit__full_area_updates_through_its_last_slot)
{
	struct dimm *d = dimm_with(1024, 2, 1);
	enum nd_why why;
	u32 slot = 0, i;

	for (i = 0; i < 10; i++) {
		assert_int_equal(change(d, i, slot, &why, &slot), 0);
		assert_int_equal(slot, !(i & 1));
		assert_int_equal(d->area.nfree, 1);
		assert_same_as_media(d);
	}
	dimm_free(d);
}

LAW(commit__needs_a_free_slot_before_old_ones_go)
{
	struct dimm *d = dimm_with(1024, 2, 2);
	enum nd_why why;

	d->media.writes = 0;
	assert_int_equal(change(d, 5, 0, &why, NULL), -ENOSPC);
	assert_why(why, ND_WHY_NO_SLOT);
	assert_int_equal(d->media.writes, 0);
	assert_int_equal(drop(d, 0, &why), 0);
	assert_int_equal(change(d, 5, ~0u, &why, NULL), 0);
	dimm_free(d);
}

LAW(commit__spare_slots_remain)
{
	struct dimm *d = dimm_with(1024, 1, 2);
	struct nd_label l = label_no(3);
	u32 gone = 0;
	struct label_change c = { .add = &l, .nadd = 1, .spare = 2 };
	enum nd_why why;

	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), -ENOSPC);
	assert_int_equal(d->area.nfree, 2);
	c.drop = &gone;
	c.ndrop = 1;
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	c = (struct label_change){ .add = &l, .nadd = 1, .spare = 1 };
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), -ENOSPC);
	c.spare = 0;
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->area.nfree, 0);
	dimm_free(d);
}

LAW(commit__wrong_drops_are_refused)
{
	static const u32 lists[][4] = {
		{ 0, 1, 2, 5 }, { 0, 1, 1, 2 }, { 4, 2, 3, 4 }, { 3, 4, 2, 3 }, { 0, 1, 2, 510 },
		{ 0, 1, 2, ~0u },
	};
	struct dimm *d = dimm_with(SZ_128K, 2, 5);
	unsigned int i;
	enum nd_why why;

	d->media.writes = 0;
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct label_change c = { .drop = lists[i], .ndrop = 4 };

		assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), -EINVAL);
		assert_why(why, ND_WHY_REFERENCE);
	}
	assert_int_equal(d->media.writes, 0);
	{
		static const u32 fine[] = { 4, 1, 3 };
		struct label_change c = { .drop = fine, .ndrop = 3 };

		assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
		assert_int_equal(d->area.nfree, 508);
	}
	dimm_free(d);
}

LAW(commit__nothing_to_do_writes_nothing)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 2);
	struct label_change c = { 0 };
	enum nd_why why;

	d->media.writes = 0;
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->media.writes, 0);
	dimm_free(d);
}

LAW(commit__neighbouring_labels_go_in_one_transfer)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 0);
	struct nd_label l[5];
	struct label_change c = { .add = l, .nadd = 5 };
	enum nd_why why;
	u32 i;

	for (i = 0; i < 5; i++)
		l[i] = label_no(i);
	d->media.writes = 0;
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->media.writes, 2);
	for (i = 0; i < 5; i++)
		assert_int_equal(l[i].slot, i);
	assert_same_as_media(d);
	/* slots 1, 3 and 5 are free in both blocks: apart, so each label on its own */
	assert_int_equal(drop(d, 1, &why), 0);
	assert_int_equal(drop(d, 3, &why), 0);
	assert_int_equal(drop(d, 2, &why), 0);
	c.nadd = 3;
	d->media.writes = 0;
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->media.writes, 4);
	assert_same_as_media(d);
	dimm_free(d);
}

LAW(commit__keeps_the_version_of_the_area)
{
	struct dimm *d = dimm_with(SZ_128K, 1, 1);

	added(d, 4);
	assert_int_equal(d->area.minor, 1);
	assert_int_equal(d->area.label_size, 128);
	load(d);
	assert_int_equal(d->area.minor, 1);
	dimm_free(d);
}

/* Power fails while the first index block is written: the area is blank, or has it. */
LAW(commit__cut_while_formatting_leaves_no_damage)
{
	u8 minor;
	u64 cut;

	for (minor = 1; minor <= 2; minor++) {
		for (cut = 0;; cut++) {
			struct dimm *d = dimm_new(4096);
			struct label_change format = { .minor = minor };
			struct media_world w = { 0 };
			enum nd_why why;
			bool dead;

			load(d);
			d->media.world = &w;
			media_start(&w);
			w.cut = cut;
			label_area_commit(&d->area, &d->io, &format, &why);
			dead = w.dead;
			media_repair(&w);
			why = load(d);
			assert_why(why, cut < 256 / 8 ? ND_WHY_NO_INDEX : ND_WHY_OK);
			assert_int_equal(change(d, 1, ~0u, &why, NULL), 0);
			free(w.log);
			dimm_free(d);
			if (!dead)
				break;
		}
		/* then the other one */
		assert_int_equal(cut, 2 * 256 / 8);
	}
}

/* A write that fails leaves the area as before, or has succeeded, whatever was written. */
LAW(commit__failed_write_is_undone_or_done)
{
	u32 fail, fault, blank;

	for (blank = 0; blank < 2; blank++)
	for (fail = 1; fail <= 2 + 2 * blank; fail++)
	for (fault = 0; fault < FAULT_MAX; fault++) {
		struct dimm *d = blank ? dimm_new(4096) : dimm_with(4096, 2, 3);
		struct media_world w = { 0 };
		u32 nfree, slot;
		enum nd_why why;
		bool index;
		int rc;

		load(d);
		nfree = d->area.nfree;
		d->media.world = &w;
		media_start(&w);
		w.fail = fail;
		w.fault = fault;
		/* blank: index block 1, its signature, label, block 0; else label, block */
		index = fail % 2 == 0;
		rc = change(d, 7, ~0u, &why, &slot);
		/* half of an index block may be all that had to change */
		if (!index || fault == FAULT_NOTHING_WRITTEN)
			assert_int_equal(rc, -EIO);
		else if (fault == FAULT_ALL_WRITTEN)
			assert_int_equal(rc, 0);
		assert_false(d->area.stale);
		assert_same_as_media(d);
		if (rc) {
			assert_why(why, ND_WHY_LABEL_WRITE);
			if (!blank)
				assert_int_equal(d->area.nfree, nfree);
		}
		media_repair(&w);
		assert_int_equal(change(d, 8, ~0u, &why, &slot), 0);
		assert_same_as_media(d);
		free(w.log);
		dimm_free(d);
	}
}

LAW(commit__unreadable_outcome_demands_a_reload)
{
	struct dimm *d = dimm_with(4096, 2, 3);
	struct media_world w = { 0 };
	struct nd_label l;
	enum nd_why why;

	d->media.world = &w;
	media_start(&w);
	w.fail = 2;
	w.fault = FAULT_ALL_WRITTEN;
	w.fail_on = true;
	assert_int_equal(change(d, 7, ~0u, &why, NULL), -EIO);
	assert_true(d->area.stale);
	/* what was known remains readable */
	assert_why(label_area_get(&d->area, 1, &l), ND_WHY_OK);
	media_repair(&w);
	assert_int_equal(change(d, 8, ~0u, &why, NULL), -ESTALE);
	assert_int_equal(drop(d, 0, &why), -ESTALE);
	load(d);
	assert_false(d->area.stale);
	assert_why(label_area_get(&d->area, 3, &l), ND_WHY_OK);
	assert_int_equal(l.uuid.b[0], 7);
	free(w.log);
	dimm_free(d);
}

LAW(undo__restores_labels_even_bad_ones)
{
	struct dimm *d = dimm_with(SZ_128K, 2, 4);
	struct nd_label add = label_no(9), before, after;
	static const u32 gone[] = { 1, 2 };
	struct label_change c = { .add = &add, .nadd = 1, .drop = gone, .ndrop = 2 };
	enum nd_why why;

	d->media.bytes[512 + 2 * 256] ^= 1;
	load(d);
	label_area_get(&d->area, 1, &before);
	assert_int_equal(label_area_undo(&d->area, &d->io, &c, &why), -EINVAL);
	assert_int_equal(label_area_commit(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->area.nfree, 507);
	d->media.writes = 0;
	assert_int_equal(label_area_undo(&d->area, &d->io, &c, &why), 0);
	assert_int_equal(d->media.writes, 1);
	assert_int_equal(d->area.nfree, 506);
	assert_why(label_area_get(&d->area, 1, &after), ND_WHY_OK);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_why(label_area_get(&d->area, 2, &after), ND_WHY_CHECKSUM);
	assert_false(label_slot_active(&d->area, add.slot));
	assert_same_as_media(d);
	assert_int_equal(label_area_undo(&d->area, &d->io, &c, &why), -EINVAL);
	dimm_free(d);
}
