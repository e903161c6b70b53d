// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/poison/scrub_status.c drivers/dax/kmem/blocks.c */
/* objects: drivers/dax/hmem/spec.c */
/* max_len: 512 */
#include "nd_fuzz.h"
#include <linux/ndctl.h>
#include "hmem/spec.h"
#include "kmem/blocks.h"
#include "poison/scrub.h"

/* Firmware that says anything cannot lead out of the range, nor back. */
static void scrubs(struct fuzz_in *in)
{
	u64 room[24], start, len, from;
	struct nd_cmd_ars_status *st = (void *)room;
	struct scrub scrub = { .at = (u64)fuzz_u32(in) << 9 };
	enum scrub_said said;
	u32 filled, nr;

	scrub.end = scrub.at + fuzz_u32(in) + 1;
	from = scrub.at;
	for (int i = 0; i < 4; i++) {
		u64 at = scrub.at;

		memset(room, 0, sizeof(room));
		filled = fuzz_u8(in) % (sizeof(room) + 1);
		fuzz_take(in, room, filled);
		/* near the range often enough to be of it */
		if (fuzz_u8(in) & 1) {
			st->address = at;
			st->length = scrub.end - at;
			st->restart_address %= scrub.end + 2;
		}
		said = scrub_read(&scrub, st, filled, &nr);
		fuzz_assert(!nr || sizeof(*st) + nr * sizeof(st->records[0]) <= filled);
		fuzz_assert(scrub.at <= scrub.end);
		fuzz_assert(said == SCRUB_MORE ? scrub.at > at && scrub.at < scrub.end :
			    said == SCRUB_DONE || scrub.at == at);
		for (u32 r = 0; r < nr; r++) {
			start = st->records[r].err_address;
			len = st->records[r].length;
			if (scrub_clip(from, scrub.end, &start, &len))
				fuzz_assert(len && start >= from && len <= scrub.end - start);
		}
		if (said == SCRUB_DONE)
			break;
	}
}

static void blocks(struct fuzz_in *in)
{
	u64 start = fuzz_u64(in), end = fuzz_u64(in), set[2] = { fuzz_u64(in), fuzz_u64(in) };
	unsigned int shift = 27 + fuzz_u8(in) % 5;
	struct kmem_span span = kmem_trim(start, end, 1ull << shift);
	char name[80];
	size_t size = fuzz_u8(in) % sizeof(name), len = 0;

	if (span.nr)
		fuzz_assert(span.first << shift >= start &&
			    (span.first + span.nr) << shift <= end);
	memset(name, 7, sizeof(name));
	name[0] = '\0';
	for (int i = 0; size && i < 3; i++)
		len = kmem_set_name(name, size, len, set, fuzz_u8(in) % 129, start >> shift);
	fuzz_assert(!size || (len < size && strlen(name) == len));
	for (size_t i = size; i < sizeof(name); i++)
		fuzz_assert(name[i] == 7 || (!size && !i));
}

static void ranges(struct fuzz_in *in)
{
	const u64 unit = 2ull << 20;
	struct hmem_spec spec;
	char text[64];
	size_t len = fuzz_u8(in) % sizeof(text);

	memset(text, 0, sizeof(text));
	fuzz_take(in, text, len);
	if (hmem_spec_parse(text, unit, &spec))
		return;
	fuzz_assert(spec.size && !(spec.size % unit) && !(spec.start % unit));
	fuzz_assert(spec.start + spec.size >= spec.start && spec.node >= HMEM_NO_NODE);
	fuzz_assert(hmem_specs_overlap(&spec, &spec));
}

void fuzz_one(struct fuzz_in *in)
{
	switch (fuzz_u8(in) % 3) {
	case 0:
		scrubs(in);
		break;
	case 1:
		blocks(in);
		break;
	case 2:
		ranges(in);
		break;
	}
}

void fuzz_seeds(void)
{
	static const char * const texts[] = {
		"\2\0370x40000000@0x8000000:1", "\2\010128M@1G", "\2\0141T@0x10000G:0",
	};
	static const char * const names[] = { "hex", "decimal", "far" };
	/* which, at, length, how much of a status, its status word: it has stopped */
	static const u8 stopped[64] = { 0, 1, 0, 0, 0, 0, 0, 16, 0, 48, 0, 0, 3, [58] = 1 };
	u8 seed[128];

	for (u32 i = 0; i < ARRAY_SIZE(texts); i++)
		fuzz_seed(names[i], texts[i], strlen(texts[i]));
	for (u32 i = 0; i < sizeof(seed); i++)
		seed[i] = i * 37;
	seed[0] = 0;
	fuzz_seed("scrub", seed, sizeof(seed));
	fuzz_seed("stopped", stopped, sizeof(stopped));
	seed[0] = 1;
	fuzz_seed("blocks", seed, sizeof(seed));
}
