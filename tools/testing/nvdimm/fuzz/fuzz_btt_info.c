// SPDX-License-Identifier: GPL-2.0
/* Any 4 KiB at the place of an arena's info-block. */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/label/codec.c */
/* max_len: 4106 */
#include "nd_fuzz.h"
#include "btt/ondisk.h"
#include "label/label.h"

/* Random bytes never carry a checksum; a fuzzer that had to find it would test nothing else. */
static void seal(struct nd_media_btt *media)
{
	media->checksum = 0;
	media->checksum = cpu_to_le64(label_fletcher64(media, sizeof(*media)));
}

/* [off, off + len) lies within [from, to), reckoned without wrapping. */
static bool within(u64 off, unsigned __int128 len, u64 from, u64 to)
{
	return off >= from && off + len <= to;
}

static void check(const struct btt_layout *l, u64 room)
{
	fuzz_assert(l->size <= room && l->info2off <= room - SZ_4K);
	fuzz_assert(!l->next || (l->next == l->size && l->next >= l->info2off + SZ_4K));
	fuzz_assert(within(l->dataoff, (unsigned __int128)l->internal_nlba * l->internal_lbasize,
			   SZ_4K, l->mapoff));
	fuzz_assert(within(l->mapoff, (unsigned __int128)l->external_nlba * 4, l->dataoff,
			   l->logoff));
	fuzz_assert(within(l->logoff, (unsigned __int128)l->nfree * BTT_LOG_GROUP, l->mapoff,
			   l->info2off));
	fuzz_assert(l->external_nlba && l->nfree && l->nfree <= BTT_NFREE_MAX);
	fuzz_assert((u64)l->external_nlba + l->nfree == l->internal_nlba);
	fuzz_assert(l->internal_nlba <= BTT_MAP_BLOCK);
	fuzz_assert(btt_lbasize_ok(l->external_lbasize));
	fuzz_assert(l->internal_lbasize >= l->external_lbasize);
	fuzz_assert(IS_ALIGNED(l->mapoff | l->logoff | l->info2off, 512));
}

void fuzz_one(struct fuzz_in *in)
{
	struct nd_media_btt media, before;
	struct btt_layout l, back;
	u64 room;

	fuzz_take(in, &media, sizeof(media));
	room = fuzz_u64(in);
	before = media;
	if (btt_info_decode(&media, room, &l) == ND_REASON_OK) {
		seal(&before);
		fuzz_assert(before.checksum == media.checksum);
	}
	seal(&media);
	before = media;
	if (btt_info_decode(&media, room, &l) != ND_REASON_OK)
		return;
	fuzz_assert(!memcmp(&media, &before, sizeof(media)));
	check(&l, room);

	/* What is read, is written, is read again. */
	btt_info_encode(&l, &media);
	fuzz_assert(btt_info_decode(&media, room, &back) == ND_REASON_OK);
	fuzz_assert(!memcmp(&l, &back, sizeof(l)));
}

void fuzz_seeds(void)
{
	static const u32 lbasizes[] = { 512, 528, 4096, 4224 };
	struct {
		struct nd_media_btt media;
		u64 room;
	} seed;
	struct btt_recipe r = {
		.major = 1, .minor = 1, .nfree = BTT_NFREE,
		.arena_min = BTT_ARENA_MIN, .arena_max = BTT_ARENA_MAX,
	};
	struct btt_layout l;
	char name[32];
	u64 start;

	for (u32 i = 0; i < 4; i++) {
		r.lbasize = lbasizes[i];
		seed.room = i & 1 ? SZ_16M : 3 * BTT_ARENA_MAX;
		btt_recipe_layout(&r, seed.room, 0, &l, &start);
		btt_info_encode(&l, &seed.media);
		snprintf(name, sizeof(name), "%u", r.lbasize);
		fuzz_seed(name, &seed, sizeof(seed));
		/* one byte less than it takes */
		seed.room = l.size - 1;
		snprintf(name, sizeof(name), "%u-cut", r.lbasize);
		fuzz_seed(name, &seed, sizeof(seed));
	}
	fuzz_seed("empty", "", 0);
}
