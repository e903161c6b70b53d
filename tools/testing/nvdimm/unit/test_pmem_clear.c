// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/pmem/clear_poison.c */
#include "nd_test.h"
#include "pmem/clear_poison.h"

/* Eight pages of eight sectors of two units, of which the platform clears one by one. */
#define PAGES	8
#define PAGE	4096
#define SECTOR	512
#define UNIT	256
#define SIZE	(PAGES * PAGE)

struct pmem {
	bool poison[SIZE / UNIT];
	bool listed[SIZE / SECTOR];
	bool known[SIZE / SECTOR];	/* to bus and region */
	bool absent[PAGES];
	u64 off, end;		/* being stored to */
	bool keeps;		/* the kernel maps no page again, and says so */
	u32 stays;		/* this page it does not, though it says it does */
	u64 stops_at;		/* the platform clears nothing from here on */
	unsigned int changes;
	unsigned int commands;
};

static u64 rng_state;

static u32 rng(u32 below)
{
	rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(rng_state >> 33) % below;
}

/* As badblocks_check() does: the range as a whole, wherever it begins. */
bool pmem_next_bad(struct pmem *m, u64 off, u64 len, u64 *bad, u64 *bad_len)
{
	u64 at = off / SECTOR, end = (off + len) / SECTOR, first;

	while (at < end && !m->listed[at])
		at++;
	if (at == end)
		return false;
	for (first = at; first && m->listed[first - 1];)
		first--;
	while (at < SIZE / SECTOR && m->listed[at])
		at++;
	*bad = first * SECTOR;
	*bad_len = (at - first) * SECTOR;
	return true;
}

bool pmem_clear(struct pmem *m, u64 off, u64 len)
{
	assert_true(len && off >= m->off && off + len <= m->end);
	/* what one command has cleared is known no more when another fails */
	assert_int_equal(m->commands++, 0);
	for (u64 at = off; at < min(off + len, m->stops_at); at += UNIT) {
		m->poison[at / UNIT] = false;
		m->changes++;
	}
	if (off + len > m->stops_at)
		return false;
	memset(&m->known[off / SECTOR], false, len / SECTOR);
	return true;
}

void pmem_clear_failed(struct pmem *m, u64 off, u64 len)
{
	assert_true(len && off >= m->off && off + len <= m->end);
	memset(&m->known[off / SECTOR], true, len / SECTOR);
}

bool pmem_pages_return(struct pmem *m)
{
	return !m->keeps;
}

bool pmem_page_unmapped(struct pmem *m, u64 page)
{
	assert_true(page < PAGES);
	return m->absent[page];
}

void pmem_page_restore(struct pmem *m, u64 page)
{
	/* what is not replaced as a whole has poison that nobody cleared */
	assert_true(page * PAGE >= m->off && (page + 1) * PAGE <= m->end);
	m->changes++;
	if (!m->keeps && page != m->stays)
		m->absent[page] = false;
}

void pmem_invalidate(struct pmem *m, u64 off, u64 len)
{
	assert_true(len && off >= m->off && off + len <= m->end);
	/* this is where the machine would fault */
	for (u64 page = off / PAGE; page <= (off + len - 1) / PAGE; page++)
		assert_false(m->absent[page]);
}

static void media_make(struct pmem *m)
{
	u32 i;

	memset(m, 0, sizeof(*m));
	for (u32 n = rng(6); n; n--) {
		i = rng(SIZE / UNIT);
		m->poison[i] = true;
		m->listed[i * UNIT / SECTOR] = true;
	}
	for (u32 n = rng(3); n; n--) {
		i = rng(PAGES);
		m->absent[i] = true;
		/* listed as a page, by a sector, or not at all where the list is full */
		switch (rng(3)) {
		case 0:
			memset(&m->listed[i * 8], true, 8);
			break;
		case 1:
			m->listed[i * 8 + rng(8)] = true;
			break;
		}
	}
	memcpy(m->known, m->listed, sizeof(m->known));
	m->keeps = !rng(4);
	m->stays = rng(4) ? PAGES : rng(PAGES);
	m->off = rng(SIZE / SECTOR) * SECTOR;
	m->end = m->off + (1 + rng((SIZE - m->off) / SECTOR)) * SECTOR;
	if (rng(2)) {
		m->off = m->off / PAGE * PAGE;
		m->end = (m->end + PAGE - 1) / PAGE * PAGE;
	}
	m->stops_at = rng(4) ? SIZE : rng(SIZE / UNIT) * UNIT;
}

static bool has_unmapped_page(const struct pmem *m)
{
	for (u64 page = m->off / PAGE; page <= (m->end - 1) / PAGE; page++)
		if (m->absent[page])
			return true;
	return false;
}

static bool is_well(struct pmem *m)
{
	u64 bad, bad_len;

	if (has_unmapped_page(m))
		return false;
	return !pmem_next_bad(m, m->off, m->end - m->off, &bad, &bad_len);
}

static bool cuts_unmapped_page(const struct pmem *m)
{
	return (m->off % PAGE && m->absent[m->off / PAGE]) ||
	       (m->end % PAGE && m->absent[m->end / PAGE]);
}

#define ROUNDS	300000

/* What has to come of it. */
static enum pmem_clear_end end_of(const struct pmem *m)
{
	if (cuts_unmapped_page(m))
		return PMEM_CLEAR_PART;
	if (m->keeps && has_unmapped_page(m))
		return PMEM_CLEAR_GONE;
	return PMEM_CLEARED;
}

TEST(cure__touches_no_absent_page_and_clears_all_or_fails)
{
	u32 ends[4] = { 0 };
	enum pmem_clear_end end;
	struct pmem m, was;

	for (u32 round = 0; round < ROUNDS; round++) {
		media_make(&m);
		was = m;
		end = pmem_clear_bytes(&m, m.off, m.end - m.off, PAGE);
		ends[end]++;
		/* that it is listed is for who stores the new contents to take back */
		assert_memory_equal(m.listed, was.listed, sizeof(m.listed));
		for (u32 i = 0; i < SIZE / UNIT; i++)
			if (i * UNIT < m.off || i * UNIT >= m.end)
				assert_int_equal(m.poison[i], was.poison[i]);
		if (m.stops_at == SIZE && m.stays == PAGES)
			assert_int_equal(end, end_of(&was));
		if (end != PMEM_CLEARED && m.stays == PAGES)
			assert_memory_equal(m.absent, was.absent, sizeof(m.absent));
		if (end != PMEM_CLEARED)
			continue;
		for (u32 i = m.off / UNIT; i < m.end / UNIT; i++)
			assert_false(m.poison[i]);
		assert_false(has_unmapped_page(&m));
	}
	/* none of the four is there by accident only */
	for (u32 i = 0; i < 4; i++)
		assert_true(ends[i] > ROUNDS / 50);
}

/* Whoever asks the bus, or binds next, is told of all that was bad. */
TEST(cure__that_fails_leaves_known_what_was)
{
	struct pmem m, was;
	u32 seen = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		media_make(&m);
		was = m;
		if (pmem_clear_bytes(&m, m.off, m.end - m.off, PAGE) == PMEM_CLEARED)
			continue;
		seen += m.commands;
		for (u32 i = 0; i < SIZE / SECTOR; i++)
			assert_true(m.known[i] || !was.known[i]);
		/* an absent page, though nothing in it was listed, that was cleared to no end */
		for (u32 i = 0; m.stops_at == SIZE && m.commands && i < PAGES; i++)
			if (m.absent[i] && i * PAGE >= m.off && i * PAGE < m.end)
				assert_true(m.known[i * PAGE / SECTOR]);
	}
	assert_true(seen > ROUNDS / 50);
}

/* Of a cleared page nobody would know any more, and the next store would be to nowhere. */
TEST(cure__changes_nothing_where_no_page_comes_back)
{
	struct pmem m, was;
	u32 seen = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		media_make(&m);
		m.keeps = true;
		was = m;
		if (!has_unmapped_page(&m) || cuts_unmapped_page(&m))
			continue;
		seen++;
		assert_int_equal(pmem_clear_bytes(&m, m.off, m.end - m.off, PAGE), PMEM_CLEAR_GONE);
		assert_memory_equal(&m, &was, sizeof(m));
	}
	assert_true(seen > ROUNDS / 50);
}

TEST(cure__of_part_of_an_absent_page_changes_nothing)
{
	struct pmem m;
	u32 seen = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		media_make(&m);
		if (!cuts_unmapped_page(&m))
			continue;
		seen++;
		assert_int_equal(pmem_clear_bytes(&m, m.off, m.end - m.off, PAGE), PMEM_CLEAR_PART);
		assert_int_equal(m.changes, 0);
	}
	assert_true(seen > ROUNDS / 50);
}

TEST(cure__of_what_is_well_asks_the_platform_for_nothing)
{
	struct pmem m;
	u32 seen = 0;

	for (u32 round = 0; round < ROUNDS; round++) {
		media_make(&m);
		if (!is_well(&m))
			continue;
		seen++;
		assert_int_equal(pmem_clear_bytes(&m, m.off, m.end - m.off, PAGE), PMEM_CLEARED);
		assert_int_equal(m.commands, 0);
	}
	assert_true(seen > ROUNDS / 50);
}

TEST(recovery__is_of_what_precedes_the_bad_page_or_of_that_alone)
{
	u64 off = 64 * PAGE;

	/* the range begins in an earlier page, with the page, within it */
	assert_int_equal(pmem_pages_to_recover(off, 0, PAGE), 1);
	assert_int_equal(pmem_pages_to_recover(off, off - SECTOR, PAGE), 1);
	assert_int_equal(pmem_pages_to_recover(off, off, PAGE), 1);
	assert_int_equal(pmem_pages_to_recover(off, off + PAGE - SECTOR, PAGE), 1);
	/* the page before it is good, and two of them */
	assert_int_equal(pmem_pages_to_recover(off, off + PAGE, PAGE), 1);
	assert_int_equal(pmem_pages_to_recover(off, off + 3 * PAGE - SECTOR, PAGE), 2);
	assert_int_equal(pmem_pages_to_recover(off, off + 3 * PAGE, PAGE), 3);
}
