// SPDX-License-Identifier: GPL-2.0
/* A BTT with any bytes changed in its info-blocks, log and map: "ndstack check". */
/* objects: tools/ndstack/check_btt.c */
/* objects: lib/btt_sim.c drivers/nvdimm/btt/format.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/layout/btt_find.c */
/* objects: drivers/nvdimm/label/codec.c */
/* max_len: 256 */
#include <linux/sizes.h>
#include "nd_fuzz.h"
#include "btt_sim.h"
#include "btt/format.h"
#include "check_btt.h"
#include "label/label.h"

#define ROOM	SZ_64K
#define PATCHES	24

static struct btt_media m;
static u8 *original;
static u64 parts[5];	/* where bytes are changed: block, copy, log, map, data */

static void make(void)
{
	struct btt_recipe r = {
		.uuid = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), .major = 1, .minor = 1,
		.lbasize = 512, .nfree = 4,
		.arena_min = SZ_32K, .arena_max = BTT_ARENA_MAX,
	};
	struct nd_media_btt info;

	machine_init(&m, ROOM);
	fuzz_assert(!btt_format(&m, &r, ROOM, &info));
	original = malloc(ROOM);
	memcpy(original, m.cur, ROOM);
	parts[1] = le64_to_cpu(info.info2off);
	parts[2] = le64_to_cpu(info.logoff);
	parts[3] = le64_to_cpu(info.mapoff);
	parts[4] = le64_to_cpu(info.dataoff);
}

/* Random bytes never carry a checksum. */
static void seal(u64 at)
{
	struct nd_media_btt *info = (struct nd_media_btt *)(m.cur + at);

	info->checksum = 0;
	info->checksum = cpu_to_le64(label_fletcher64(info, sizeof(*info)));
}

static int look(const uuid_t *own, struct check_arena *out)
{
	struct check_subject s = {
		.media = &m, .room = ROOM, .arena_min = SZ_32K, .labelled = true, .own = own,
	};

	return check_arena_at(&s, 0, 0, NULL, out);
}

/* What is mended is whole, and the next look finds nothing to mend. */
static void mend(const uuid_t *own, const struct check_arena *a, u64 *at, unsigned int *nr)
{
	struct check_write write[2];
	unsigned int writes = check_arena_repair(a, write);
	struct check_arena again;

	fuzz_assert(writes <= 2);
	for (unsigned int i = 0; i < writes; i++) {
		fuzz_assert(write[i].at <= ROOM - sizeof(write[i].block));
		memcpy(m.cur + write[i].at, &write[i].block, sizeof(write[i].block));
		at[(*nr)++] = write[i].at;
	}
	if (!writes)
		return;
	fuzz_assert(look(own, &again) == 1);
	fuzz_assert(again.blocks == CHECK_BLOCKS_WHOLE);
	fuzz_assert(!check_arena_repair(&again, write));
}

void fuzz_one(struct fuzz_in *in)
{
	u64 at[PATCHES + 4], pick;
	struct check_arena a;
	uuid_t own = {{ 0 }};
	unsigned int nr = 0;
	u32 loads;

	if (!original)
		make();
	pick = fuzz_u64(in);
	for (unsigned int n = pick % PATCHES; nr < n; nr++) {
		u64 what = fuzz_u64(in);

		at[nr] = parts[what % 5] + (what >> 8) % 4093;
		m.cur[at[nr]] ^= what >> 32 ?: 1;
	}
	for (unsigned int i = 0; i < 2; i++)
		if (pick >> (32 + i) & 1) {
			at[nr++] = parts[i];
			seal(parts[i]);
		}
	if (pick >> 40 & 1)
		own.b[0] = 7;
	loads = m.writes;
	if (look(pick >> 41 & 1 ? &own : NULL, &a) == 1) {
		fuzz_assert(a.blocks != CHECK_BLOCKS_BOTH_LOST || btt_healthy(&a.health));
		mend(pick >> 41 & 1 ? &own : NULL, &a, at, &nr);
	}
	fuzz_assert(m.writes == loads);
	while (nr--)
		memcpy(m.cur + at[nr] / 4096 * 4096, original + at[nr] / 4096 * 4096,
		       at[nr] / 4096 * 4096 + 8192 <= ROOM ? 8192 : 4096);
}

void fuzz_seeds(void)
{
	u64 seed[4] = { 2, 100ull << 8 | 1ull << 32, 200ull << 8 | 1 | 1ull << 32, 0 };

	fuzz_seed("both", seed, sizeof(seed));
	seed[0] |= 3ull << 32;
	fuzz_seed("sealed", seed, sizeof(seed));
}
