// SPDX-License-Identifier: GPL-2.0
/* Arenas for the unit tests: btt_arenas.h. */
/* objects: lib/btt_sim.c drivers/nvdimm/btt/format.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/layout/btt_find.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "btt_arenas.h"

struct btt_media m;
struct btt_arena a;
struct nd_media_btt info;
struct btt_layout layout;
enum nd_reason reason;

struct btt_recipe recipe(void)
{
	return (struct btt_recipe){
		.uuid = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), .major = 1, .minor = 1,
		.lbasize = 512, .nfree = 4, .arena_min = SZ_32K, .arena_max = ARENA,
	};
}

/* A namespace of @size bytes in place of the one there was. */
void blank(u64 size)
{
	machine_free(&m);
	machine_init(&m, size);
}

/* … and made. */
void make(u64 size)
{
	struct btt_recipe r = recipe();

	blank(size);
	memset(m.cur, 0xa5, size);
	assert_int_equal(btt_format(&m, &r, size, &info), 0);
}

int probe(u64 start, u64 size)
{
	return btt_arena_probe(&m, start, size, &info, &layout, &reason);
}

void open_arena(struct btt_arena *a, u64 start, enum nd_reason want)
{
	u32 where;
	int rc;

	assert_int_equal(probe(start, m.size - start), 0);
	machine_arena(a, &m, &layout, start);
	rc = btt_arena_recover(a, &reason, &where);
	if (want == ND_REASON_OK) {
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, want == ND_REASON_MEDIA ? -EIO : -ENXIO);
	assert_reason(reason, want);
}

/* As after a boot. */
void reopen(enum nd_reason want)
{
	machine_arena_free(&a);
	open_arena(&a, 0, want);
}

int before_each(void **state)
{
	make(ARENA);
	open_arena(&a, 0, ND_REASON_OK);
	return 0;
}

int after_each(void **state)
{
	machine_arena_free(&a);
	machine_free(&m);
	return 0;
}

/* A read of @lba that fails. */
int fail_read(struct btt_arena *a, u32 lba)
{
	struct btt_read rd;
	int rc;

	assert_int_equal(btt_read_begin(a, lba, &rd), 0);
	rc = btt_read_failed(a, lba, &rd);
	btt_read_end(&rd);
	return rc;
}

struct btt_log_group *group_of(struct btt_arena *a, u32 lane)
{
	return (void *)(a->media->cur + btt_log_at(a, lane, 0));
}

__le32 *map_of(struct btt_arena *a, u32 lba)
{
	return (void *)(a->media->cur + btt_map_at(a, lba));
}

u8 *image(void)
{
	return memcpy(malloc(m.size), m.cur, m.size);
}

/* The media is as it was when @before was taken; that goes. */
void assert_untouched(u8 *before)
{
	assert_memory_equal(before, m.cur, m.size);
	free(before);
}
