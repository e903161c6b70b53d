// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/blocks.c */
/* objects: drivers/dax/hmem/spec.c */
/* max_len: 512 */
#include "nd_fuzz.h"
#include "hmem/spec.h"
#include "kmem/blocks.h"

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
	if (fuzz_u8(in) & 1)
		blocks(in);
	else
		ranges(in);
}

void fuzz_seeds(void)
{
	static const char * const texts[] = {
		"\2\0370x40000000@0x8000000:1", "\2\010128M@1G", "\2\0141T@0x10000G:0",
	};
	static const char * const names[] = { "hex", "decimal", "far" };
	u8 seed[128];

	for (u32 i = 0; i < ARRAY_SIZE(texts); i++)
		fuzz_seed(names[i], texts[i], strlen(texts[i]));
	for (u32 i = 0; i < sizeof(seed); i++)
		seed[i] = i * 37;
	seed[0] = 1;
	fuzz_seed("blocks", seed, sizeof(seed));
}
