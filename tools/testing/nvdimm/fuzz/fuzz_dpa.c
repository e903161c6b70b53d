// SPDX-License-Identifier: GPL-2.0
/* DPA space against a naive model: one bool per byte of a small mapping. */
/* objects: drivers/nvdimm/layout/dpa.c */
/* max_len: 128 */
#include "nd_fuzz.h"
#include "layout/dpa.h"

#define SMALL	256
#define MAX_BUSY 24

static bool used[SMALL];

static bool aligned(const struct dpa_space *s, u64 offset)
{
	return (offset + s->phase) % s->align == 0;
}

/*
 * The gap that begins at @at, or after what is used there: its first and last
 * aligned offset. Returns where it ends, and so where to look for the next.
 */
static u64 naive_gap(const struct dpa_space *s, u64 at, struct dpa_extent *e)
{
	u64 a = at, b, end;

	while (a < s->size && used[a])
		a++;
	for (end = a; end < s->size && !used[end];)
		end++;
	while (a < end && !aligned(s, a))
		a++;
	for (b = end; b > a && !aligned(s, b);)
		b--;
	e->start = a;
	e->size = b - a;
	return end;
}

static void check_totals(const struct dpa_space *s)
{
	struct dpa_extent best = { 0 }, e, got = dpa_largest(s);
	u64 sum = 0;

	for (u64 at = 0; at < s->size;) {
		at = naive_gap(s, at, &e);
		sum += e.size;
		if (e.size > best.size)
			best = e;
	}
	fuzz_assert(dpa_free(s) == sum);
	fuzz_assert(got.size == best.size);
	fuzz_assert(!best.size || got.start == best.start);
}

static void check_find(const struct dpa_space *s, u64 size)
{
	struct dpa_extent e = { 0 };
	bool fits = false;
	u64 got = 0;

	for (u64 at = 0; at < s->size && !fits && size;) {
		at = naive_gap(s, at, &e);
		fits = e.size >= size;
	}
	fuzz_assert(dpa_find(s, size, &got) == fits);
	fuzz_assert(!fits || got == e.start);
}

static void check_room(const struct dpa_space *s, u64 end)
{
	u64 limit = end;

	while (limit < s->size && !used[limit])
		limit++;
	while (limit > end && !aligned(s, limit))
		limit--;
	fuzz_assert(dpa_room(s, end) == (limit > end ? limit - end : 0));
}

/* Any numbers at all: nothing to compare with, but nothing may go wrong. */
static void wild(struct fuzz_in *in)
{
	struct dpa_extent busy[4], e;
	struct dpa_space s = { .busy = busy, .nr = ARRAY_SIZE(busy) };
	u64 start = 0, size;

	s.size = fuzz_u64(in);
	s.align = fuzz_u64(in);
	s.phase = fuzz_u64(in);
	size = fuzz_u64(in);
	fuzz_take(in, busy, sizeof(busy));
	e = dpa_largest(&s);
	fuzz_assert(e.start + e.size >= e.start && e.start + e.size <= s.size);
	fuzz_assert(dpa_free(&s) >= e.size);
	if (dpa_find(&s, size, &start))
		fuzz_assert(start + size >= start && start + size <= s.size && size <= e.size);
	else
		fuzz_assert(!size || size > e.size);
	fuzz_assert(dpa_room(&s, size) <= s.size);
}

void fuzz_one(struct fuzz_in *in)
{
	struct dpa_extent busy[MAX_BUSY];
	struct dpa_space s = { .busy = busy };

	if (fuzz_u8(in) & 1) {
		wild(in);
		return;
	}
	s.size = fuzz_u8(in);
	s.align = 1 + fuzz_u8(in) % 40;
	s.phase = fuzz_u8(in);
	memset(used, 0, sizeof(used));
	for (u64 at = 0; in->size > 3 && s.nr < MAX_BUSY; s.nr++) {
		at += fuzz_u8(in) % 32;
		busy[s.nr].start = at;
		busy[s.nr].size = fuzz_u8(in) % 64;
		for (u32 i = 0; i < busy[s.nr].size && at + i < SMALL; i++)
			used[at + i] = true;
	}
	check_totals(&s);
	check_find(&s, fuzz_u8(in));
	check_room(&s, fuzz_u8(in));
}
