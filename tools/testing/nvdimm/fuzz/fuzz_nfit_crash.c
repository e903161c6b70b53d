// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/crash/record.c */
/* max_len: 1024 */
/* Any bytes of a boot error region: nothing outside them is read, and the walk ends. */
#include "nd_fuzz.h"
#include "nfit/crash/record.h"

#define UNIT	64

static void aligned(const struct crash_error *error)
{
	fuzz_assert(error->len >= UNIT && error->len <= SZ_2M);
	fuzz_assert(!(error->len & (error->len - 1)));
	fuzz_assert(!(error->start & (error->len - 1)));
}

/* Every record is forgotten, or made smaller: then it is found again, and no other has changed. */
static void rewrite(u8 *bytes, u32 len, bool forget)
{
	struct crash_walk walk = { .bytes = bytes, .len = len };
	struct crash_error error, again;
	struct crash_walk from;

	for (from = walk; crash_next(&walk, &error); from = walk) {
		if (forget)
			crash_forget(bytes + error.section);
		else
			crash_narrow(bytes + error.section, error.start + error.len / 2,
				     error.start + error.len - 1, &error);
		if (forget)
			continue;
		fuzz_assert(crash_next(&from, &again) && again.section == error.section);
		aligned(&again);
		fuzz_assert(again.start == error.start && again.len == error.len);
	}
}

void fuzz_one(struct fuzz_in *in)
{
	struct crash_walk walk;
	struct crash_error error;
	u32 behind = 0, n = 0;
	u32 len = in->size;
	/* of its own size: whoever reads outside is seen */
	u8 *bytes = malloc(len + !len);

	fuzz_take(in, bytes, len);
	walk = (struct crash_walk) { .bytes = bytes, .len = len };
	while (crash_next(&walk, &error)) {
		fuzz_assert(++n <= len / UNIT);
		aligned(&error);
		/* each is met once, and rewriting it writes to no other */
		fuzz_assert(error.section >= behind && error.section + 32 <= len);
		behind = error.section + 32;
	}
	rewrite(bytes, len, false);
	rewrite(bytes, len, true);
	walk = (struct crash_walk) { .bytes = bytes, .len = len };
	fuzz_assert(!crash_next(&walk, &error));
	free(bytes);
}

void fuzz_seeds(void)
{
	static const u8 memory[] = {
		0x14, 0x11, 0xbc, 0xa5, 0x64, 0x6f, 0xde, 0x4e,
		0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1,
	};
	u8 seed[2 * (20 + 72 + 80)] = { };

	for (u32 block = 0; block < sizeof(seed); block += sizeof(seed) / 2) {
		u8 *entry = seed + block + 20, *section = entry + 72;

		seed[block + 12] = 72 + 80;
		memcpy(entry, memory, sizeof(memory));
		entry[21] = 3;
		entry[24] = 80;
		section[0] = 6;
		section[18] = 1;
		memset(section + 25, 0xff, 7);
	}
	fuzz_seed("two", seed, sizeof(seed));
}
