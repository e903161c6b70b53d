// SPDX-License-Identifier: GPL-2.0
/*
 * An arena of which words were changed: info-block, map, log. Whatever recovery
 * makes of it, nothing outside the arena is touched (the machine sees to that);
 * what it refuses it has not written to; what it takes other kernels take, and
 * take alike; and sectors can be read and written, or fail.
 */
/* objects: lib/btt_sim.c lib/btt_intree.c drivers/nvdimm/btt/format.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/layout/btt_find.c */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/btt/ondisk.c */
/* max_len: 512 */
#include "nd_fuzz.h"
#include "btt_sim.h"
#include "btt_intree.h"
#include "label/label.h"
#include "btt/arena.h"
#include "btt/format.h"
#include "btt/ondisk.h"

#define SIZE	(6 * SZ_4K)
#define NFREE	4

static struct btt_media m;
static struct nd_media_btt info;
static struct btt_layout fresh;
static u8 made[SIZE];

static void make(void)
{
	struct btt_recipe r = {
		.major = 1, .minor = 1, .lbasize = 512, .nfree = NFREE,
		.arena_min = SZ_16K, .arena_max = SZ_64K,
	};
	enum nd_reason reason;

	machine_init(&m, SIZE);
	fuzz_assert(!btt_format(&m, &r, SIZE, &info));
	fuzz_assert(!btt_arena_probe(&m, 0, SIZE, &info, &fresh, &reason));
	memcpy(made, m.cur, SIZE);
}

/* A word somewhere in info-block (0 … 127), map, log or the whole of it. */
static u64 place(u8 kind, u16 n)
{
	switch (kind % 4) {
	case 0:
		return n % 32 * 4;
	case 1:
		return fresh.mapoff + n % fresh.external_nlba * 4;
	case 2:
		return fresh.logoff + n % (NFREE * 16) * 4;
	default:
		return n % (SIZE / 4) * 4;
	}
}

static void edit(struct fuzz_in *in)
{
	while (in->size) {
		u8 kind = fuzz_u8(in);
		u64 at = place(kind, fuzz_u8(in) | fuzz_u8(in) << 8);
		/* small numbers are the interesting ones */
		u32 value = kind & 64 ? fuzz_u32(in) : fuzz_u8(in) | (kind & 128 ? 0xc0000000 : 0);

		memcpy(m.cur + at, &value, 4);
	}
}

static void seal(void)
{
	struct nd_media_btt *media = (void *)m.cur;

	media->checksum = 0;
	media->checksum = cpu_to_le64(label_fletcher64(media, sizeof(*media)));
}

static void use(struct btt_arena *a)
{
	u32 i, n = min(a->layout.external_nlba, 64u);

	for (i = 0; i < n; i++) {
		machine_read(a, i);
		if (!machine_write(a, i % a->layout.nfree, i, i + 1))
			fuzz_assert(machine_read(a, i) == i + 1);
	}
	btt_arena_settle(a);
}

static void check_alike(struct btt_arena *a, bool taken, const u8 *before)
{
	static struct intree other;

	if (a->layout.external_nlba > INTREE_BLOCKS || a->layout.nfree > INTREE_BLOCKS)
		return;
	/* an arena that says it has an error is read, and not stored to */
	if (!taken || a->layout.flags & BTT_FLAG_ERROR)
		fuzz_assert(!memcmp(before, m.cur, SIZE));
	if (!taken)
		return;
	fuzz_assert(intree_recover(before + a->start, &a->layout, &other));
	fuzz_assert(other.second == a->pad);
	for (u32 i = 0; i < a->layout.nfree; i++)
		fuzz_assert(other.free[i] == a->lane[i].block);
	for (u32 i = 0; i < a->layout.external_nlba; i++) {
		u32 raw;

		fuzz_assert(!btt_map_look_up(a, i, &raw));
		fuzz_assert(btt_map_decode(raw, i).block == intree_block(other.raw[i], i));
	}
}

void fuzz_one(struct fuzz_in *in)
{
	static u8 before[SIZE];
	static unsigned long seen[DIV_ROUND_UP(SIZE, 64) / 64 + 1];
	struct btt_health health;
	struct btt_layout l;
	struct btt_arena a;
	enum nd_reason reason;
	bool taken;

	if (!m.cur)
		make();
	memcpy(m.cur, made, SIZE);
	edit(in);
	seal();
	if (btt_arena_probe(&m, 0, SIZE, &info, &l, &reason))
		return;
	machine_arena(&a, &m, &l, 0);
	memcpy(before, m.cur, SIZE);
	taken = !btt_arena_recover(&a, &reason, NULL);
	check_alike(&a, taken, before);
	if (taken) {
		fuzz_assert(l.internal_nlba <= sizeof(seen) * 8);
		memset(seen, 0, sizeof(seen));
		fuzz_assert(!btt_arena_check(&a, seen, &health));
		use(&a);
	}
	machine_arena_free(&a);
}

void fuzz_seeds(void)
{
	/* edits: kind, place, value */
	static const u8 entry[] = {
		2, 4, 0, 3, 2, 5, 0, 9, 2, 6, 0, 10, 2, 7, 0, 2,	/* lane 0, slot 1 */
		1, 3, 0, 0, 129, 4, 0, 9,				/* two map entries */
	};
	static const u8 old[] = { 2, 24, 0, 3, 2, 25, 0, 9, 2, 26, 0, 10, 2, 27, 0, 2 };

	fuzz_seed("fresh", "", 0);
	fuzz_seed("entry", entry, sizeof(entry));
	fuzz_seed("old", old, sizeof(old));
}
