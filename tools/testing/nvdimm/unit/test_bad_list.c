// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/poison/bad_list.c drivers/nvdimm/core/range_set.c */
#include "nd_test.h"
#include "poison/bad_list.h"
#include "core/badrange.h"

#undef badblocks_set
#undef badblocks_clear
#undef badblocks_check

/* ---- a list of bad blocks: entries that are searched as if they were sorted ---- */

/* Index of the first entry that starts at @s or later. */
static int entry_at(const struct badblocks *bb, sector_t s)
{
	int lo = 0, hi = bb->count;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (bb->entry[mid].first < s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void make_place(struct badblocks *bb, int i)
{
	memmove(&bb->entry[i + 1], &bb->entry[i], (bb->count - i) * sizeof(bb->entry[0]));
	bb->count++;
}

static void drop(struct badblocks *bb, int i)
{
	bb->count--;
	memmove(&bb->entry[i], &bb->entry[i + 1], (bb->count - i) * sizeof(bb->entry[0]));
}

static sector_t end_of(const struct badblocks *bb, int i)
{
	return bb->entry[i].first + bb->entry[i].nr;
}

static int entry_nr(sector_t from, sector_t to)
{
	return to - from < BB_MAX_LEN ? to - from : BB_MAX_LEN;
}

/* Two neighbours as one: of whatever length, the second is thought to end behind the first. */
static void join(struct badblocks *bb, int i)
{
	sector_t shared = end_of(bb, i) - bb->entry[i + 1].first;
	int nr = bb->entry[i].nr + bb->entry[i + 1].nr - shared;

	if (end_of(bb, i) < bb->entry[i + 1].first || nr >= BB_MAX_LEN)
		return;
	bb->entry[i].nr = nr;
	drop(bb, i + 1);
}

/*
 * As v6.1 does it. The entry before takes in what it can, then the one behind what is left, without
 * a look at who else is swallowed; and of what still is left, each is put where the first belongs.
 */
int badblocks_set(struct badblocks *bb, sector_t s, int sectors, int acknowledged)
{
	sector_t end = s + sectors;
	int i = entry_at(bb, s + 1);

	if (i && end_of(bb, i - 1) >= s) {
		end = max(end, end_of(bb, i - 1));
		bb->entry[i - 1].nr = entry_nr(bb->entry[i - 1].first, end);
		s = end_of(bb, i - 1);
	}
	if (s < end && i < bb->count && bb->entry[i].first <= end) {
		end = max(end, end_of(bb, i));
		bb->entry[i].first = s;
		bb->entry[i].nr = entry_nr(s, end);
		s = end_of(bb, i++);
	}
	if (s == end && i && i < bb->count)
		join(bb, i - 1);
	for (; s < end; s += entry_nr(s, end)) {
		if (bb->count == MAX_BADBLOCKS)
			return 1;
		make_place(bb, i);
		bb->entry[i].first = s;
		bb->entry[i].nr = entry_nr(s, end);
	}
	return 0;
}

int badblocks_clear(struct badblocks *bb, sector_t s, int sectors)
{
	sector_t end = s + sectors;
	int i = entry_at(bb, end);

	while (i-- && end_of(bb, i) > s) {
		sector_t tail = end_of(bb, i);

		if (tail > end && bb->entry[i].first >= s) {
			bb->entry[i].first = end;
			bb->entry[i].nr = tail - end;
			continue;
		}
		if (tail > end) {
			if (bb->count == MAX_BADBLOCKS)
				return 1;
			make_place(bb, i + 1);
			bb->entry[i + 1].first = end;
			bb->entry[i + 1].nr = tail - end;
		}
		if (bb->entry[i].first < s)
			bb->entry[i].nr = s - bb->entry[i].first;
		else
			drop(bb, i);
	}
	return 0;
}

int badblocks_check(struct badblocks *bb, sector_t s, int sectors, sector_t *first_bad,
		    int *bad_sectors)
{
	int found = 0;

	for (int i = entry_at(bb, s + sectors); i-- && end_of(bb, i) > s; found = 1) {
		*first_bad = bb->entry[i].first;
		*bad_sectors = bb->entry[i].nr;
	}
	return found;
}

/* ---- a bus that remembers all ---- */

#define ORIGIN	(u64)0x123400000
#define SECTORS	40000
#define RANGES	3000

struct badrange {
	struct bad_set set;
	struct bad_range room[RANGES];
};

bool badrange_next(struct badrange *badrange, u64 start, u64 last, struct bad_range *bad)
{
	return bad_set_next(&badrange->set, start, last, bad);
}

void badrange_for_each(struct badrange *badrange, u64 start, u64 end,
		       void (*fn)(void *data, u64 start, u64 len), void *data)
{
	struct bad_range bad;

	while (start < end && bad_set_next(&badrange->set, start, end - 1, &bad)) {
		fn(data, bad.start, bad.len);
		start = bad.start + bad.len;
	}
}

struct world {
	struct badrange known;
	struct badblocks bb;
	bool bad[SECTORS];
};

int before_each(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->known.set = (struct bad_set) { .range = w->known.room, .max = RANGES };
	*state = w;
	return 0;
}

int after_each(void **state)
{
	free(*state);
	return 0;
}

static void poison(struct world *w, u32 first, u32 nr)
{
	assert_int_equal(bad_set_add(&w->known.set, ORIGIN + first * 512ull, nr * 512ull), 0);
	for (u32 i = first; i < first + nr; i++)
		w->bad[i] = true;
}

static s64 fill(struct world *w)
{
	return bad_list_fill(&w->bb, &w->known, ORIGIN, ORIGIN + SECTORS * 512ull);
}

static void cure(struct world *w, u32 s)
{
	bad_set_del(&w->known.set, ORIGIN + s * 512ull, 512);
	w->bad[s] = false;
	bad_list_cleared(&w->bb, &w->known, ORIGIN, ORIGIN + SECTORS * 512ull, s, 1);
}

/* Of each sector alone, and of where the next bad one is from each on. */
static void same(struct world *w)
{
	sector_t bad, nr;
	u32 next = SECTORS;

	for (u32 s = SECTORS; s--;) {
		bool found = bad_list_check(&w->bb, &w->known, ORIGIN, s, 1, &bad, &nr);

		if (found != w->bad[s])
			fail_msg("sector %u is %s", s, found ? "good" : "bad");
		if (w->bad[s])
			next = s;
		if (s % 64)
			continue;
		found = bad_list_check(&w->bb, &w->known, ORIGIN, s, SECTORS - s, &bad, &nr);
		assert_int_equal(found, next < SECTORS);
		if (found && (bad > next || bad + nr <= next))
			fail_msg("from %u on the first is %u, not %llu", s, next,
				 (unsigned long long)bad);
	}
}

/* What the kernel below has to be good for, or the tests of what is joined prove nothing. */
TEST(kernel__loses_the_end_of_what_swallows_two)
{
	struct badblocks bb = { .count = 0 };

	badblocks_set(&bb, 1, 1, 1);
	badblocks_set(&bb, 3, 1, 1);
	badblocks_set(&bb, 1, 5, 1);
	assert_int_equal(bb.count, 1);
	assert_int_equal(bb.entry[0].first, 1);
	assert_int_equal(bb.entry[0].nr, 3);
}

/* Sectors that are listed, and a range that swallows them, or joins them. */
TEST(range__that_joins_entries_is_listed_whole)
{
	static const struct { u32 first, nr; } swallowed[][3] = {
		{ { 1, 1 }, { 3, 1 }, { 1, 5 } },
		{ { 100, 1 }, { 103, 1 }, { 98, 10 } },
		{ { 100, 8 }, { 116, 8 }, { 108, 8 } },
		{ { 100, 300 }, { 500, 300 }, { 350, 200 } },
		{ { 100, 511 }, { 700, 512 }, { 90, 1200 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(swallowed); i++) {
		struct world *w;

		before_each((void **)&w);
		for (u32 k = 0; k < 3; k++) {
			poison(w, swallowed[i][k].first, swallowed[i][k].nr);
			assert_int_equal(fill(w), -1);
			same(w);
		}
		after_each((void **)&w);
	}
}

/* More and more of it, told of as a firmware does that scrubs: the bus has joined it before. */
TEST(list__follows_a_bus_that_joins_ranges)
{
	struct world *w = *state;

	srandom(2);
	for (u32 round = 0; round < 2000; round++) {
		poison(w, 1000 + random() % 9000, 1 + random() % 12);
		assert_int_equal(fill(w), -1);
		if (round % 20 == 0)
			same(w);
	}
	same(w);
}

TEST(range__longer_than_an_entry_is_listed_whole)
{
	struct world *w = *state;

	poison(w, 7, 9000);
	poison(w, 20000, 513);
	assert_int_equal(fill(w), -1);
	same(w);
	assert_int_equal(w->bb.count, 18 + 2);
	cure(w, 4000);
	same(w);
}

TEST(sector__is_bad_with_any_byte_of_it)
{
	static const struct { u32 at, len, first, nr; } bytes[] = {
		{ 0, 1, 0, 1 }, { 511, 1, 0, 1 }, { 512 * 9 + 300, 1, 9, 1 },
		{ 512 * 9 + 511, 2, 9, 2 }, { 512 * 9 + 1, 511, 9, 1 }, { 512 * 9 + 1, 512, 9, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct world *w;

		before_each((void **)&w);
		assert_int_equal(bad_set_add(&w->known.set, ORIGIN + bytes[i].at, bytes[i].len), 0);
		for (u32 s = bytes[i].first; s < bytes[i].first + bytes[i].nr; s++)
			w->bad[s] = true;
		assert_int_equal(fill(w), -1);
		same(w);
		after_each((void **)&w);
	}
}

TEST(full_list__hides_nothing)
{
	struct world *w = *state;

	/* what it lacks is behind what it has, and then before it as well */
	for (u32 i = 1200; i < 2500; i++)
		poison(w, 16 * i + i % 5, 1);
	assert_int_not_equal(fill(w), -1);
	same(w);
	for (u32 i = 0; i < 1200; i++)
		poison(w, 16 * i + i % 5, 1);
	assert_int_not_equal(fill(w), -1);
	same(w);
}

TEST(full_list__gives_each_sector_back)
{
	struct world *w = *state;

	for (u32 i = 0; i < 1000; i++)
		poison(w, 8 * i, 1);
	fill(w);
	for (u32 i = 0; i < 1000; i++) {
		cure(w, 8 * (i * 7 % 1000));
		if (i % 50 == 0)
			same(w);
	}
	same(w);
	assert_int_equal(w->bb.count, 0);
}

/* For whom there is no room in it: it is good all the same, and both sides are as bad as before. */
TEST(full_list__gives_back_the_middle_of_an_entry)
{
	struct world *w = *state;

	for (u32 i = 0; i < MAX_BADBLOCKS + 5; i++)
		poison(w, 16 * i, 8);
	fill(w);
	assert_int_equal(w->bb.count, MAX_BADBLOCKS);
	for (u32 i = 0; i < 40; i++) {
		cure(w, 16 * (i + 100) + 3);
		same(w);
	}
}

/* Found between two that are listed: all three are one entry then, and there is room. */
TEST(full_list__takes_in_what_had_no_room_when_entries_join)
{
	struct world *w = *state;

	for (u32 i = 0; i < MAX_BADBLOCKS + 5; i++)
		poison(w, 16 * i, 8);
	fill(w);
	assert_int_equal(w->bb.count, MAX_BADBLOCKS);
	for (u32 i = 0; i < 8; i++) {
		poison(w, 32 * i + 8, 8);
		bad_list_found(&w->bb, &w->known, ORIGIN, ORIGIN + SECTORS * 512ull,
			       ORIGIN + (32 * i + 8) * 512ull, 8 * 512);
		same(w);
	}
}

/* The list is full when one that lies before all others is told of, and ends with room for it. */
TEST(full_list__that_ends_with_room_lacks_none)
{
	struct world *w = *state;

	for (u32 i = 1; i <= MAX_BADBLOCKS; i++)
		poison(w, 16 * i, 8);
	assert_int_equal(fill(w), -1);
	assert_int_equal(w->bb.count, MAX_BADBLOCKS);
	poison(w, 0, 1);
	for (u32 i = 1; i <= 4; i++)
		poison(w, 64 * i + 8, 8);
	assert_int_equal(fill(w), -1);
	same(w);
}

/* What is told of after it was cleared is of another time. */
TEST(list__keeps_what_became_known_meanwhile)
{
	struct world *w = *state;

	poison(w, 100, 1);
	fill(w);
	bad_set_del(&w->known.set, ORIGIN + 100 * 512, 512);
	w->bad[100] = false;
	poison(w, 110, 2);
	fill(w);
	bad_list_cleared(&w->bb, &w->known, ORIGIN, ORIGIN + SECTORS * 512ull, 96, 32);
	same(w);
}

TEST(full_list__in_any_order)
{
	srandom(1);
	for (int round = 0; round < 20; round++) {
		struct world *w;

		before_each((void **)&w);
		for (u32 i = 0; i < 700; i++)
			poison(w, random() % (SECTORS - 600),
			       random() % 20 ? 1 : 1 + random() % 600);
		fill(w);
		same(w);
		for (u32 i = 0, s = 0; i < 3000; i++, s = (s + random() % 30) % SECTORS)
			if (w->bad[s])
				cure(w, s);
		same(w);
		after_each((void **)&w);
	}
}
