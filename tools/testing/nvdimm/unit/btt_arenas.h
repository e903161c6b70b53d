/* SPDX-License-Identifier: GPL-2.0 */
/* Arenas for the unit tests: small ones, made and opened. Included by one file of a program. */
#ifndef _BTT_ARENAS_H
#define _BTT_ARENAS_H

#include <linux/sizes.h>
#include "btt_machine.h"
#include "btt/arena.h"
#include "btt/flog.h"
#include "btt/format.h"
#include "btt/geometry.h"
#include "btt/io.h"

#define ARENA	SZ_64K

static const uuid_t mine = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
static struct nd_media_btt info;

static inline struct btt_recipe recipe(void)
{
	return (struct btt_recipe){
		.uuid = mine, .major = 1, .minor = 1, .lbasize = 512, .nfree = 4,
		.arena_min = SZ_32K, .arena_max = ARENA,
	};
}

/* A namespace of @size bytes, made. */
static inline void make(struct btt_media *m, u64 size)
{
	struct btt_recipe r = recipe();

	machine_init(m, size);
	memset(m->cur, 0xa5, size);
	assert_int_equal(btt_format(m, &r, size, &info), 0);
}

static inline void open_arena(struct btt_arena *a, struct btt_media *m, u64 start, enum nd_why want)
{
	struct btt_layout l;
	enum nd_why why;
	u32 where;
	int rc;

	assert_int_equal(btt_arena_probe(m, start, m->size - start, &info, &l, &why), 0);
	machine_arena(a, m, &l, start);
	rc = btt_arena_recover(a, &why, &where);
	if (want == ND_WHY_OK) {
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, want == ND_WHY_MEDIA ? -EIO : -ENXIO);
	assert_why(why, want);
}

/* A read of @lba that fails. */
static inline int fail_read(struct btt_arena *a, u32 lba)
{
	struct btt_read rd;
	int rc;

	assert_int_equal(btt_read_begin(a, lba, &rd), 0);
	rc = btt_read_failed(a, lba, &rd);
	btt_read_end(&rd);
	return rc;
}

static inline struct btt_log_group *group_of(struct btt_arena *a, u32 lane)
{
	return (void *)(a->media->cur + btt_log_at(a, lane, 0));
}

static inline __le32 *map_of(struct btt_arena *a, u32 lba)
{
	return (void *)(a->media->cur + btt_map_at(a, lba));
}

#endif /* _BTT_ARENAS_H */
