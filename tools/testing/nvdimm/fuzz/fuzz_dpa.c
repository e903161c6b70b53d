// SPDX-License-Identifier: GPL-2.0
/*
 * DPA space against a naive model, one bool per byte of a small mapping; and namespaces of
 * interleave sets of 1 to 16 DIMMs at any page.
 */
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

/* ---- interleave sets ---- */

/* A region, and what is busy on each of its DIMMs. */
struct set {
	u64 start, align;
	u32 ways, page;
	struct dpa_extent busy[MAX_BUSY];
	struct dpa_space space;
};

static void set_take(struct set *set, u64 start, u64 size)
{
	u32 i = set->space.nr++;

	for (; i && set->busy[i - 1].start > start; i--)
		set->busy[i] = set->busy[i - 1];
	set->busy[i] = (struct dpa_extent) { start, size };
}

/* Another namespace's, or a label's of another set: at any byte, of any size. */
static void set_take_any(struct set *set, struct fuzz_in *in)
{
	u64 start = fuzz_u64(in) % set->space.size;

	set_take(set, start, fuzz_u64(in) % (set->space.size - start));
}

static void set_init(struct set *set, struct fuzz_in *in)
{
	u64 unit;

	set->ways = 1 + fuzz_u8(in) % 16;
	set->page = fuzz_u8(in) % 2 ? SZ_64K : SZ_4K;
	unit = (u64)set->page << fuzz_u8(in) % 15;
	set->align = unit * set->ways;
	set->start = (u64)fuzz_u32(in) * set->page;
	set->space = (struct dpa_space) {
		/* firmware need not end it at a multiple of anything but a page */
		.size = unit * (2 + fuzz_u8(in)) + (u64)fuzz_u8(in) * set->page,
		.align = unit,
		.phase = dpa_phase(set->start, set->ways, set->align, set->page),
		.busy = set->busy,
	};
}

/* The bytes from @offset of each DIMM are of the region, and no other extent has them. */
static void check_extent(const struct set *set, u64 offset, u64 size)
{
	fuzz_assert(offset + size <= set->space.size && offset + size > offset);
	for (u32 i = 0; i < set->space.nr; i++) {
		const struct dpa_extent *e = &set->busy[i];

		fuzz_assert(!e->size || offset + size <= e->start || e->start + e->size <= offset);
	}
}

static void check_address(const struct set *set, u64 offset)
{
	u64 address = set->start + set->ways * offset, unit = set->align / set->ways;

	fuzz_assert(offset % set->page == 0);
	fuzz_assert(address % set->page == 0);
	/* a page of every DIMM is the smallest step */
	if (set->start % (set->ways * set->page) == 0)
		fuzz_assert(address % (set->ways & (set->ways - 1) ? unit : set->align) == 0);
}

/* Create, and grow. */
static void set_create(struct set *set, u64 size, bool grow)
{
	u64 offset, room;

	if (!dpa_find(&set->space, size, &offset))
		return;
	check_address(set, offset);
	check_extent(set, offset, size);
	room = grow ? dpa_room(&set->space, offset + size) : 0;
	fuzz_assert(room % set->space.align == 0);
	if (room)
		check_extent(set, offset + size, room);
	set_take(set, offset, size + room);
}

static void sets(struct fuzz_in *in)
{
	struct set set;

	set_init(&set, in);
	while (in->size && set.space.nr < MAX_BUSY) {
		u8 what = fuzz_u8(in);

		if (what % 4)
			set_create(&set, (1 + what / 8) * set.space.align, what % 4 == 3);
		else
			set_take_any(&set, in);
	}
}

void fuzz_one(struct fuzz_in *in)
{
	struct dpa_extent busy[MAX_BUSY];
	struct dpa_space s = { .busy = busy };

	switch (fuzz_u8(in) % 3) {
	case 0:
		break;
	case 1:
		wild(in);
		return;
	default:
		sets(in);
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
