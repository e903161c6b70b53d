// SPDX-License-Identifier: GPL-2.0
/*
 * Any map and any log, under an info-block that is fine. What is taken, other
 * kernels take, and alike, and when it is healthy again and again; what is refused
 * has not been written to; whatever was taken serves sectors that are read as they
 * were written. Read-only it is taken as well, read alike, and not written to.
 */
/* objects: lib/btt_sim.c lib/btt_intree.c */
/* max_len: 160 */
#include "nd_fuzz.h"
#include "btt_sim.h"
#include "btt_intree.h"
#include "btt/arena.h"
#include "btt/ondisk.h"

#define NLBA	8
#define NFREE	4
#define BSIZE	64

static struct btt_layout layout;
static struct btt_media m;
static struct btt_arena a;

static void make(void)
{
	layout = machine_small(NLBA, NFREE, BSIZE);
	machine_init(&m, layout.size);
	machine_arena(&a, &m, &layout, 0);
}

/* A byte tells flags and block; those at hand are worth more than the other 2^30. */
static u32 map_entry(struct fuzz_in *in)
{
	u8 b = fuzz_u8(in);

	if (b == 0xff)
		return fuzz_u32(in);
	return (u32)(b >> 6) << 30 | (b & 63) % (NLBA + NFREE + 1);
}

static __le32 log_block(struct fuzz_in *in, u8 b)
{
	u32 v = (b & 15) == 15 ? fuzz_u32(in) : (b & 15) % (NLBA + NFREE + 1);

	return cpu_to_le32(b & 16 ? v | BTT_MAP_ERROR : v);
}

static void log_entry(struct fuzz_in *in, struct btt_log_entry *e)
{
	u8 what = fuzz_u8(in);

	memset(e, 0, sizeof(*e));
	/* slots without an entry are the rule */
	if (!(what & 3))
		return;
	e->seq = cpu_to_le32(what & 4 ? fuzz_u8(in) : what & 3);
	e->lba = cpu_to_le32(what & 8 ? fuzz_u32(in) : (what >> 4) % (NLBA + 1));
	e->old_map = log_block(in, fuzz_u8(in));
	e->new_map = what & 64 ? e->old_map : log_block(in, fuzz_u8(in));
}

static void fill(struct fuzz_in *in)
{
	__le32 *map = (void *)(m.cur + layout.mapoff);
	struct btt_log_group *log = (void *)(m.cur + layout.logoff);

	memset(m.cur, 0, m.size);
	for (u32 i = 0; i < NLBA; i++)
		map[i] = cpu_to_le32(map_entry(in));
	for (u32 i = 0; i < NFREE; i++)
		for (u32 k = 0; k < 4; k++)
			log_entry(in, &log[i].slot[k]);
}

static void same_as(const struct intree *want)
{
	u32 raw;

	fuzz_assert(a.pad == want->second);
	for (u32 i = 0; i < NFREE; i++)
		fuzz_assert(a.lane[i].block == want->free[i]);
	for (u32 i = 0; i < NLBA; i++) {
		fuzz_assert(!btt_media_load32(&m, btt_map_at(&a, i), &raw));
		fuzz_assert(btt_map_decode(raw, i).block == intree_block(want->raw[i], i));
	}
}

/* Read-only: what it would be read by, or that it is refused. */
static bool look_read_only(const u8 *before, u32 *raw)
{
	bool taken;

	a.read_only = true;
	taken = !btt_arena_recover(&a, NULL, NULL);
	for (u32 i = 0; taken && i < NLBA; i++)
		fuzz_assert(!btt_map_look_up(&a, i, &raw[i]));
	fuzz_assert(!memcmp(before, m.cur, m.size));
	a.read_only = false;
	memset(a.lane, 0, NFREE * sizeof(*a.lane));
	return taken;
}

static void use(bool healthy)
{
	for (u32 i = 0; i < 2 * NLBA; i++) {
		machine_read(&a, i % NLBA);
		if (!machine_write(&a, i % NFREE, i % NLBA, i + 1))
			fuzz_assert(machine_read(&a, i % NLBA) == i + 1);
		else
			fuzz_assert(!healthy);
	}
	if (healthy)
		fuzz_assert(machine_healthy(&a));
}

void fuzz_one(struct fuzz_in *in)
{
	static struct intree other;
	static u8 *before;
	bool healthy, readable;
	u32 raw[NLBA], now;

	if (!m.cur) {
		make();
		before = malloc(m.size);
	}
	fill(in);
	memcpy(before, m.cur, m.size);
	memset(a.lane, 0, NFREE * sizeof(*a.lane));
	readable = look_read_only(before, raw);
	if (btt_arena_recover(&a, NULL, NULL)) {
		fuzz_assert(!readable && !memcmp(before, m.cur, m.size));
		return;
	}
	fuzz_assert(intree_recover(before, &layout, &other));
	same_as(&other);
	for (u32 i = 0; i < NLBA; i++)
		fuzz_assert(readable && !btt_map_look_up(&a, i, &now) && now == raw[i]);
	/* a free block in the map is what would be replayed a second time */
	healthy = machine_healthy(&a);
	if (healthy) {
		fuzz_assert(!btt_arena_recover(&a, NULL, NULL));
		same_as(&other);
	}
	use(healthy);
}

void fuzz_seeds(void)
{
	/* as formatted: map entries, then four slots of each lane */
	static const u8 fresh[] = {
		0, 0, 0, 0, 0, 0, 0, 0,
		0x41, 8, 0, 0, 0, 0x51, 9, 0, 0, 0, 0x61, 10, 0, 0, 0, 0x71, 11, 0, 0, 0,
	};
	/* lane 0 has given block 8 to sector 3; its map entry has not arrived */
	static const u8 behind[] = {
		0, 0, 0, 0, 0, 0, 0, 0,
		0x41, 8, 0x32, 3, 8, 0, 0, 0x51, 9, 0, 0, 0, 0x61, 10, 0, 0, 0, 0x71, 11, 0, 0, 0,
	};
	static const u8 old[] = {
		0, 0, 0, 0xc8, 0, 0, 0, 0,
		0x41, 8, 0, 0x32, 3, 8, 0, 0x51, 9, 0, 0, 0, 0x61, 10, 0, 0, 0, 0x71, 11, 0, 0, 0,
	};

	fuzz_seed("fresh", fresh, sizeof(fresh));
	fuzz_seed("behind", behind, sizeof(behind));
	fuzz_seed("old", old, sizeof(old));
}
