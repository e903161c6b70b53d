// SPDX-License-Identifier: GPL-2.0
/*
 * Label areas of a set with any bytes changed: what "ndstack check" tells of them, and would write,
 * with a power cut anywhere.
 */
/* objects: tools/ndstack/check_repair.c tools/ndstack/check_set.c lib/label_media.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c drivers/nvdimm/label/set.c */
/* objects: drivers/nvdimm/label/load.c */
/* max_len: 160 */
#include "nd_fuzz.h"
#include "check_repair.h"
#include "label/label.h"
#include "label_media.h"

#define AREA	4096u
#define DIMMS	3

static struct label_media media[DIMMS];
static struct media_world world;

static void commit(u32 dimm, struct nd_label *label)
{
	struct label_io io = media_io(&media[dimm]);
	static u8 data[AREA + 8] __attribute__((aligned(8)));
	struct label_area area = { .data = data, .size = AREA };
	struct label_change change = { .add = label, .nadd = 1, .minor = 2 };
	enum nd_reason reason;

	if (!label_area_load(&area, &io, &reason))
		label_area_commit(&area, &io, &change, &reason);
}

/* Up to four namespaces, of places and sizes that may clash. */
static void make(struct fuzz_in *in, u32 nr)
{
	u8 spaces = 1 + fuzz_u8(in) % 4;

	for (u32 d = 0; d < nr; d++) {
		if (!media[d].bytes)
			media[d] = media_new(AREA);
		media[d].world = NULL;
		memset(media[d].bytes, 0, AREA);
	}
	for (u32 n = 0; n < spaces; n++) {
		u8 at = fuzz_u8(in), how = fuzz_u8(in);

		for (u32 d = 0; d < nr; d++) {
			struct nd_label label = {
				.uuid = {{ 1 + (at & 7) }}, .nlabel = nr, .position = d,
				.cookie = 42, .dpa = SZ_1M * (d + 1) + (at >> 4) * SZ_32K,
				.size = SZ_32K << (how & 1), .name = "name",
				.flags = how & 2 ? ND_LABEL_UPDATING : 0,
			};

			/* some are not there */
			if (!(how >> (4 + d) & 1))
				commit(d, &label);
		}
	}
}

static void spoil(struct fuzz_in *in, u32 nr)
{
	for (u8 patches = fuzz_u8(in) % 8; patches--; ) {
		struct label_media *m = &media[fuzz_u8(in) % nr];
		u32 what = fuzz_u32(in);

		/* most of it lies in front */
		m->bytes[what % (what & 1u << 31 ? AREA : 1536)] ^= what >> 16 ?: 1;
	}
}

static void look(struct check_set *set, u32 nr, u8 how)
{
	*set = (struct check_set) { .nr = nr, .cookies = { 42, 42 } };
	for (u32 d = 0; d < nr; d++) {
		struct check_dimm *dimm = &set->dimms[d];

		dimm->bytes = malloc(AREA);
		memcpy(dimm->bytes, media[d].bytes, AREA);
		dimm->size = AREA;
		dimm->start = SZ_1M * (d + 1);
		dimm->length = SZ_1M;
		dimm->position = how & 1 ? (int)d : -1;
		dimm->shared = how & 2;
	}
	fuzz_assert(!check_set(set));
}

/* Nothing that could be read before is gone, and what came is whole. */
static void compare(const struct check_dimm *was, const struct check_dimm *is,
		    const struct check_repair *mend, bool done)
{
	fuzz_assert(is->nr == was->nr || is->nr == was->nr + mend->nadd);
	fuzz_assert(!done || is->nr == was->nr + mend->nadd);
	fuzz_assert(is->strange == was->strange);
	for (u32 i = 0; i < was->nr; i++) {
		bool found = false;

		for (u32 k = 0; k < is->nr; k++)
			found |= !memcmp(&was->labels[i], &is->labels[k], sizeof(was->labels[i]));
		fuzz_assert(found);
	}
	for (u32 i = was->nr; i < is->nr; i++)
		fuzz_assert(is->labels[i].cookie == 42);
}

static void mend_one(struct fuzz_in *in, u32 nr, u32 which, u8 how)
{
	struct label_io io = media_io(&media[which]);
	static struct check_set set, after;
	struct check_repair mend;
	enum nd_reason reason;
	bool valid;
	int rc;

	look(&set, nr, how);
	valid = set.dimms[which].area.valid;
	fuzz_assert(!check_repair(&set, which, &mend));
	fuzz_assert(mend.ndrop <= set.dimms[which].bad && (!mend.ndrop || mend.nadd));
	fuzz_assert(!mend.index || valid);
	for (u32 i = 0; i < mend.nadd; i++) {
		fuzz_assert(!(mend.add[i].flags & ND_LABEL_UPDATING));
		fuzz_assert(mend.add[i].position < nr && mend.add[i].nlabel == nr);
	}
	if (check_repairable(&mend)) {
		media_start(&world);
		media[which].world = &world;
		if (how & 4)
			world.cut = fuzz_u32(in) % 400;
		rc = check_repair_write(&mend, &set.dimms[which].area, &io, &reason);
		media_repair(&world);
		look(&after, nr, how);
		/* a block that was spoiled, and is written in part, may be what it once was */
		if (valid && (!rc || !mend.index))
			compare(&set.dimms[which], &after.dimms[which], &mend, !rc);
		fuzz_assert(rc || after.dimms[which].area.valid);
		check_set_free(&after);
	}
	check_repair_free(&mend);
	check_set_free(&set);
}

void fuzz_one(struct fuzz_in *in)
{
	u8 how = fuzz_u8(in);
	u32 nr = 1 + fuzz_u8(in) % DIMMS;

	make(in, nr);
	spoil(in, nr);
	for (u32 d = 0; d < nr; d++)
		mend_one(in, nr, d, how);
}

void fuzz_seeds(void)
{
	u8 seed[40] = { 0, 1, 1, 0x01, 0x10, 0x22, 0x20 };

	fuzz_seed("two", seed, sizeof(seed));
	seed[1] = 2;
	seed[7] = 1;
	seed[9] = 40;
	fuzz_seed("three", seed, sizeof(seed));
	seed[0] = 5;
	fuzz_seed("cut", seed, sizeof(seed));
}
