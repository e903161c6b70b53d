// SPDX-License-Identifier: GPL-2.0
/* Label areas that ndctl and libnvdimm wrote, see golden/README: read right, and written alike. */
/* objects: lib/label_media.c drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c */
/* objects: drivers/nvdimm/label/load.c */
#include "nd_test.h"
#include "label/label.h"
#include "label_media.h"

static const struct golden {
	const char *title;
	u32 size, index_size, label_size, nslot, n;
	bool destroyed;
} golden[] = {
	{ "label-128k-v1.1.bin", SZ_128K, 256, 128, 1020, 0 },
	{ "label-128k-v1.2.bin", SZ_128K, 256, 256, 510, 1, true },
	{ "label-256k-v1.1.bin", SZ_256K, 512, 128, 2040, 2 },
	{ "label-256k-v1.2.bin", SZ_256K, 256, 256, 1022, 3 },
};

static struct label_media media;
static struct label_area area;
static struct label_io io;

static void load(const struct golden *g)
{
	char path[256];
	enum nd_reason reason;

	snprintf(path, sizeof(path), "unit/golden/%s", g->title);
	media = media_new(g->size);
	io = media_io(&media);
	assert_true(nd_golden(path, media.bytes, g->size) >= 1024);
	area = (struct label_area){ .data = calloc(1, g->size), .size = g->size };
	assert_int_equal(label_area_load(&area, &io, &reason), 0);
	assert_reason(reason, ND_REASON_OK);
}

int after_each(void **state)
{
	free(media.bytes);
	free(area.data);
	media.bytes = area.data = NULL;
	return 0;
}

TEST_EACH(golden__areas_load, golden)
{
	load(row);
	assert_true(area.valid);
	assert_int_equal(area.minor, row->label_size / 128);
	assert_int_equal(area.index_size, row->index_size);
	assert_int_equal(area.label_size, row->label_size);
	assert_int_equal(area.nslot, row->nslot);
	assert_int_equal(area.nfree, row->nslot - (row->destroyed ? 2 : 3));
}

TEST_EACH(golden__labels_say_what_was_asked_for, golden)
{
	static const u64 dpa[] = { 0, 16 * SZ_1M, 48 * SZ_1M };
	static const u64 size[] = { 16 * SZ_1M, 32 * SZ_1M, 48 * SZ_1M };
	bool seen[3] = { row->destroyed };
	struct nd_label l;

	load(row);
	for (u32 slot = 0; slot < area.nslot; slot++) {
		char name[32];
		int k;

		if (!label_slot_active(&area, slot))
			continue;
		assert_reason(label_area_get(&area, slot, &l), ND_REASON_OK);
		k = l.uuid.b[15] == 0xaa ? 0 : l.uuid.b[15] == 0xbb ? 1 : 2;
		assert_false(seen[k]);
		seen[k] = true;
		snprintf(name, sizeof(name), "golden-%u-%c", row->n, 'a' + k);
		assert_string_equal(l.name, name);
		assert_int_equal(l.uuid.b[3], row->n);
		assert_true(l.dpa == dpa[k] && l.size == size[k]);
		assert_int_equal(l.nlabel, 1);
		assert_int_equal(l.flags, 0);
		assert_int_equal(guid_is_null(&l.type), row->label_size == 128);
	}
	assert_true(seen[0] && seen[1] && seen[2]);
}

TEST_EACH(golden__labels_encode_to_the_same_bytes, golden)
{
	u64 bytes[256 / 8];
	struct nd_label l;

	load(row);
	for (u32 slot = 0; slot < area.nslot; slot++) {
		if (!label_slot_active(&area, slot))
			continue;
		label_area_get(&area, slot, &l);
		label_encode(&l, area.label_size, bytes);
		assert_memory_equal(bytes, media.bytes + area.label_off +
				    slot * area.label_size, area.label_size);
	}
}

/*
 * Drop a label and take that back: the block differs in sequence number and
 * checksum only, and in the bits behind the last slot: ndctl sets those up to a
 * multiple of 64, the specification wants them zero.
 */
TEST_EACH(golden__index_block_is_written_alike, golden)
{
	struct nd_media_index *theirs, *ours;
	u32 slot = 0, off;
	struct label_change c = { .drop = &slot, .ndrop = 1 };
	enum nd_reason reason;

	load(row);
	while (!label_slot_active(&area, slot))
		slot++;
	off = area.current_index * area.index_size;
	theirs = malloc(area.index_size);
	memcpy(theirs, media.bytes + off, area.index_size);
	for (u32 bit = area.nslot; bit % 64; bit++)
		theirs->free[bit / 8] &= ~(1 << bit % 8);
	theirs->checksum = cpu_to_le64(label_index_checksum(theirs, area.index_size));
	assert_int_equal(label_area_commit(&area, &io, &c, &reason), 0);
	assert_int_equal(label_area_undo(&area, &io, &c, &reason), 0);
	ours = (struct nd_media_index *)(media.bytes + off);
	assert_int_equal(le32_to_cpu(ours->seq), (le32_to_cpu(theirs->seq) + 1) % 3 + 1);
	ours->seq = theirs->seq;
	ours->checksum = cpu_to_le64(label_index_checksum(ours, area.index_size));
	assert_memory_equal(ours, theirs, area.index_size);
	free(theirs);
}
