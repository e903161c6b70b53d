// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/core/range_set.c */
/* max_len: 128 */
/*
 * Adds and removals of ranges against a bitmap: after each the set holds
 * exactly the bits, sorted, apart, in as few ranges as there are runs of bits.
 * A full set refuses and stays as it was.
 */
#include "nd_fuzz.h"
#include <linux/minmax.h>
#include "core/badrange.h"

#define BITS	256
#define ROOM	24

/* The first range that isn't below a bit: asked of every bit, it takes most of the time. */
static void check_first(const struct bad_set *set, u64 base, int bit)
{
	u32 i = bad_set_first(set, base + bit);

	fuzz_assert(i <= set->nr);
	fuzz_assert(i == set->nr || set->range[i].start + set->range[i].len > base + bit);
	fuzz_assert(!i || set->range[i - 1].start + set->range[i - 1].len <= base + bit);
}

static void check(const struct bad_set *set, const u8 *bits, u64 base)
{
	u8 seen[BITS] = { 0 };
	u64 last = 0;

	fuzz_assert(set->nr <= set->max);
	for (u32 i = 0; i < set->nr; i++) {
		const struct bad_range *r = &set->range[i];

		fuzz_assert(r->len && r->start >= base && r->start + r->len <= base + BITS);
		fuzz_assert(!i || r->start > last);
		last = r->start + r->len;
		memset(seen + (r->start - base), 1, r->len);
	}
	fuzz_assert(!memcmp(seen, bits, BITS));
}

/* Ranges the bits would need. */
static u32 runs(const u8 *bits)
{
	u32 n = 0;

	for (int i = 0; i < BITS; i++)
		n += bits[i] && (!i || !bits[i - 1]);
	return n;
}

void fuzz_one(struct fuzz_in *in)
{
	struct bad_range *room = calloc(ROOM, sizeof(*room));
	struct bad_set set = { .range = room };
	u8 bits[BITS] = { 0 }, want[BITS];
	u64 base;

	set.max = fuzz_u8(in) % (ROOM + 1);
	/* now and then at the very end of the address space */
	base = fuzz_u8(in) & 1 ? ~0ull - BITS : fuzz_u64(in) >> 8;
	while (in->size >= 3) {
		u8 op = fuzz_u8(in), start = fuzz_u8(in), len = fuzz_u8(in);
		int rc;

		if (start + len > BITS)
			len = BITS - start;
		memcpy(want, bits, BITS);
		memset(want + start, op & 1, len);
		rc = op & 1 ? bad_set_add(&set, base + start, len) :
			      bad_set_del(&set, base + start, len);
		if (!len)
			fuzz_assert(rc == -EINVAL);
		else if (runs(want) > set.max)
			fuzz_assert(rc == -ENOSPC);
		else
			fuzz_assert(!rc);
		if (!rc)
			memcpy(bits, want, BITS);
		check(&set, bits, base);
		check_first(&set, base, start);
		check_first(&set, base, min(start + len, BITS - 1));
	}
	for (int bit = 0; bit < BITS; bit++)
		check_first(&set, base, bit);
	free(room);
}

void fuzz_seeds(void)
{
	static const u8 fill[] = { ROOM, 0, 0, 0, 0, 0, 0, 0, 0, 1,
				   1, 10, 4, 1, 20, 4, 1, 30, 4, 1, 14, 6, 0, 12, 1, 0, 0, 255 };
	static const u8 top[] = { 2, 1, 1, 250, 6, 1, 0, 255, 0, 100, 1, 0, 200, 1, 1, 255, 1 };

	fuzz_seed("fill", fill, sizeof(fill));
	fuzz_seed("top", top, sizeof(top));
}
