// SPDX-License-Identifier: GPL-2.0
/* The media of the BTT tests, and arenas on it: btt_sim.h. */
/* objects: drivers/nvdimm/btt/arena.c drivers/nvdimm/btt/io.c drivers/nvdimm/btt/ondisk.c */
/* objects: drivers/nvdimm/btt/log_repair.c */
/* objects: drivers/nvdimm/btt/readers.c */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <sched.h>
#include "btt/log_repair.h"
#include "btt_sim.h"

void machine_init(struct btt_media *m, u64 size)
{
	memset(m, 0, sizeof(*m));
	m->size = size;
	m->cur = calloc(1, size);
	m->dur = calloc(1, size);
	m->index = calloc(size / 8, sizeof(*m->index));
	if (!m->cur || !m->dur || !m->index)
		abort();
}

void machine_free(struct btt_media *m)
{
	free(m->cur);
	free(m->dur);
	free(m->index);
	free(m->pending);
	memset(m, 0, sizeof(*m));
}

/* From here on all that is there is certain, and stores are not. */
void machine_record(struct btt_media *m)
{
	for (u32 i = 0; i < m->npending; i++)
		m->index[m->pending[i].word] = 0;
	m->npending = 0;
	memcpy(m->dur, m->cur, m->size);
	m->record = true;
}

static void machine_step(struct btt_media *m, enum btt_step step)
{
	if (m->step)
		m->step(m, step);
}

static bool machine_hits(const struct btt_media *m, u64 at, u64 len)
{
	return m->bad_len && at < m->bad + m->bad_len && at + len > m->bad;
}

static void machine_bound(const struct btt_media *m, u64 at, u64 len)
{
	if (at > m->size || len > m->size - at)
		abort();
}

static struct btt_word *machine_word(struct btt_media *m, u32 word)
{
	struct btt_word *w;

	if (m->index[word])
		return &m->pending[m->index[word] - 1];
	if (m->npending == m->maxpending) {
		m->maxpending = m->maxpending * 2 ?: 256;
		m->pending = realloc(m->pending, m->maxpending * sizeof(*m->pending));
		if (!m->pending)
			abort();
	}
	w = &m->pending[m->npending++];
	memset(w, 0, sizeof(*w));
	w->word = word;
	w->nr = 1;
	memcpy(&w->value[0], m->dur + word * 8ull, 8);
	m->index[word] = m->npending;
	return w;
}

static void machine_forget(struct btt_media *m, struct btt_word *w)
{
	struct btt_word *last = &m->pending[m->npending - 1];

	m->index[w->word] = 0;
	if (w != last) {
		*w = *last;
		m->index[w->word] = w - m->pending + 1;
	}
	m->npending--;
}

/* The word around @at has been stored to. @past: beyond the cache, so the next fence settles it. */
static void machine_stored(struct btt_media *m, u64 at, bool past)
{
	struct btt_word *w;
	u64 now;

	if (!m->record)
		return;
	w = machine_word(m, at / 8);
	memcpy(&now, m->cur + at / 8 * 8, 8);
	if (w->value[w->nr - 1] != now) {
		if (w->nr == MACHINE_VALUES)
			abort();
		w->value[w->nr++] = now;
	}
	w->given_up = false;
	if (past)
		w->sent[m->actor] = w->nr - 1;
}

int btt_media_read(struct btt_media *m, u64 at, void *buf, size_t len)
{
	machine_bound(m, at, len);
	if (machine_hits(m, at, len))
		return -EIO;
	memcpy(buf, m->cur + at, len);
	return 0;
}

int btt_media_write(struct btt_media *m, u64 at, const void *buf, size_t len)
{
	machine_bound(m, at, len);
	machine_step(m, STEP_STORE);
	if (++m->writes == m->fail_write)
		return -EIO;
	if (machine_hits(m, at, len)) {
		if (!m->cures || at % 512 || len % 512)
			return -EIO;
		m->bad_len = 0;
	}
	memcpy(m->cur + at, buf, len);
	for (u64 i = at / 8 * 8; i < at + len; i += 8)
		machine_stored(m, i, true);
	return 0;
}

int btt_media_load32(struct btt_media *m, u64 at, u32 *out)
{
	m->loads++;
	machine_bound(m, at, sizeof(*out));
	if (at % sizeof(*out))
		abort();
	if (machine_hits(m, at, sizeof(*out)))
		return -EIO;
	*out = btt_media_reload32(m, at);
	machine_step(m, STEP_LOADED);
	return 0;
}

u32 btt_media_reload32(struct btt_media *m, u64 at)
{
	return le32_to_cpu(__atomic_load_n((__le32 *)(m->cur + at), __ATOMIC_SEQ_CST));
}

void btt_media_store32(struct btt_media *m, u64 at, u32 value)
{
	machine_bound(m, at, sizeof(value));
	if (at % sizeof(value))
		abort();
	machine_step(m, STEP_STORE);
	__atomic_store_n((__le32 *)(m->cur + at), cpu_to_le32(value), __ATOMIC_SEQ_CST);
	machine_stored(m, at, false);
}

void btt_media_store64(struct btt_media *m, u64 at, __le32 low, __le32 high)
{
	machine_bound(m, at, 8);
	if (at % 8)
		abort();
	machine_step(m, STEP_STORE);
	memcpy(m->cur + at, &low, 4);
	memcpy(m->cur + at + 4, &high, 4);
	machine_stored(m, at, true);
	if (at / 64 * 64 == m->line) {
		m->line_words |= 1u << at % 64 / 8;
		m->line = m->line_words == 0xff ? 0 : m->line;
	}
}

bool btt_media_bad(struct btt_media *m, u64 at, size_t len)
{
	return machine_hits(m, at, len);
}

bool btt_media_any_bad(struct btt_media *m)
{
	return m->bad_len;
}

/* All of it, or nothing. */
int btt_media_repair(struct btt_media *m, u64 at, size_t len)
{
	machine_bound(m, at, len);
	m->clear_calls++;
	if (!m->cures)
		return -EIO;
	m->bad_len = 0;
	return 0;
}

/* What was bad there is zeros, or anything, for good, whatever was on its way to it. */
int btt_media_clear(struct btt_media *m, u64 at, size_t len)
{
	u64 from = max(m->bad / 64 * 64, at), to = min(ALIGN(m->bad + m->bad_len, 64), at + len);

	machine_bound(m, at, len);
	m->clear_calls++;
	if (!m->cures || at % 512 || len % 512)
		return -EIO;
	for (u64 i = from; i < to; i += 8) {
		memset(m->cur + i, m->leaves, 8);
		memset(m->dur + i, m->leaves, 8);
		if (m->index[i / 8])
			machine_forget(m, machine_word(m, i / 8));
	}
	if (m->bad >= at && m->bad + m->bad_len <= at + len) {
		m->bad_len = 0;
	} else if (m->bad < at) {
		m->bad_len = at - m->bad;
	} else {
		m->bad_len -= at + len - m->bad;
		m->bad = at + len;
	}
	return 0;
}

u32 btt_media_losses(struct btt_media *m)
{
	return m->losses;
}

void btt_media_writeback(struct btt_media *m, u64 at)
{
	machine_bound(m, at, 4);
	machine_step(m, STEP_STORE);
	if (m->record && m->index[at / 8]) {
		struct btt_word *w = machine_word(m, at / 8);

		if (!w->given_up)
			w->sent[m->actor] = w->nr - 1;
	}
}

/*
 * A service whose fsync() fails has marked all pages clean: whatever was not certain stays
 * so, whoever stored it, until it is stored again. A fence that succeeds later does not help.
 */
static int machine_lose(struct btt_media *m)
{
	for (u32 i = 0; m->record && i < m->npending; i++) {
		m->pending[i].given_up = true;
		memset(m->pending[i].sent, 0, sizeof(m->pending[i].sent));
	}
	m->losses++;
	/* others may run before the one whose fence it was */
	machine_step(m, STEP_FENCED);
	return -EIO;
}

/* What this actor has sent is certain: drop the values before it. */
static void machine_settle(struct btt_media *m, struct btt_word *w)
{
	s8 sent = w->sent[m->actor];

	w->nr -= sent;
	memmove(w->value, w->value + sent, w->nr * sizeof(w->value[0]));
	memcpy(m->dur + w->word * 8ull, &w->value[0], 8);
	for (int i = 0; i < MACHINE_ACTORS; i++)
		w->sent[i] = max(w->sent[i] - sent, 0);
}

int btt_media_fence(struct btt_media *m)
{
	u32 i = 0;

	machine_step(m, STEP_BEFORE_FENCE);
	m->fences++;
	m->line_words = 0;
	if (m->fail_fence && m->fences >= m->fail_fence &&
	    m->fences - m->fail_fence <= m->fail_fences)
		return machine_lose(m);
	while (m->record && i < m->npending) {
		struct btt_word *w = &m->pending[i];

		machine_settle(m, w);
		if (w->nr == 1)
			machine_forget(m, w);
		else
			i++;
	}
	return 0;
}

void btt_media_pause(struct btt_media *m, unsigned int tries)
{
	if (m->threads)
		sched_yield();
	else if (!m->step && tries > 1000)
		abort();	/* nobody else is there to wait for */
	else
		machine_step(m, STEP_PAUSE);
}

/* Waits for who has it; without anybody to wait for, that is the end. */
static void machine_hold(struct btt_media *m, bool *held)
{
	machine_step(m, STEP_LOCK);
	while (__atomic_test_and_set(held, __ATOMIC_ACQUIRE))
		btt_media_pause(m, ~0u);
}

void btt_media_begin_repair(struct btt_media *m)
{
	machine_hold(m, &m->lanes_held);
}

void btt_media_hold(struct btt_media *m, u32 lane)
{
	machine_hold(m, &m->lane_held[lane]);
}

void btt_media_release(struct btt_media *m, u32 lane)
{
	__atomic_clear(&m->lane_held[lane], __ATOMIC_RELEASE);
}

void btt_media_end_repair(struct btt_media *m)
{
	__atomic_clear(&m->lanes_held, __ATOMIC_RELEASE);
}

void btt_media_lock(struct btt_locks *locks, u32 i)
{
	if (locks->media->threads) {
		while (__atomic_test_and_set(&locks->held[i], __ATOMIC_ACQUIRE))
			sched_yield();
		return;
	}
	machine_step(locks->media, STEP_LOCK);
	while (locks->held[i])
		machine_step(locks->media, STEP_PAUSE);
	locks->held[i] = true;
}

bool btt_media_trylock(struct btt_locks *locks, u32 i)
{
	if (!locks->media->threads)
		machine_step(locks->media, STEP_LOCK);
	return !__atomic_test_and_set(&locks->held[i], __ATOMIC_ACQUIRE);
}

void btt_media_unlock(struct btt_locks *locks, u32 i)
{
	__atomic_clear(&locks->held[i], __ATOMIC_RELEASE);
}

/* ---- arenas ---- */

void machine_arena(struct btt_arena *a, struct btt_media *m, const struct btt_layout *l, u64 start)
{
	memset(a, 0, sizeof(*a));
	a->media = m;
	a->start = start;
	a->layout = *l;
	a->lanes = l->nfree;
	a->lane = calloc(l->nfree, sizeof(*a->lane));
	a->pending = calloc(l->nfree, sizeof(*a->pending));
	a->locks = calloc(1, sizeof(*a->locks));
	a->readers = aligned_alloc(64, btt_readers_size());
	if (!a->lane || !a->pending || !a->locks || !a->readers)
		abort();
	memset(a->readers, 0, btt_readers_size());
	a->locks->media = m;
}

void machine_arena_free(struct btt_arena *a)
{
	free(a->lane);
	free(a->pending);
	free(a->locks);
	free(a->readers);
	memset(a, 0, sizeof(*a));
}

/* An arena of a few blocks of @bsize bytes, without room for anything else. */
struct btt_layout machine_small(u32 nlba, u32 nfree, u32 bsize)
{
	struct btt_layout l = {
		.major = 1, .minor = 1, .external_lbasize = bsize, .internal_lbasize = bsize,
		.external_nlba = nlba, .internal_nlba = nlba + nfree, .nfree = nfree,
		.dataoff = BTT_PAGE,
	};

	l.mapoff = ALIGN(l.dataoff + (u64)l.internal_nlba * bsize, 512);
	l.logoff = ALIGN(l.mapoff + (u64)nlba * 4, 512);
	l.info2off = ALIGN(l.logoff + (u64)nfree * BTT_LOG_GROUP, 512);
	l.size = l.info2off + BTT_PAGE;
	return l;
}

/* Map and log as a format leaves them, without a trace. */
void machine_blank(struct btt_media *m, const struct btt_layout *l, u64 start)
{
	memset(m->cur + start + l->mapoff, 0, l->info2off - l->mapoff);
	for (u32 i = 0; i < l->nfree; i++) {
		struct btt_log_group *g = (void *)(m->cur + start + l->logoff + i * sizeof(*g));

		g->slot[0].lba = cpu_to_le32(i);
		g->slot[0].old_map = cpu_to_le32(l->external_nlba + i);
		g->slot[0].new_map = g->slot[0].old_map;
		g->slot[0].seq = cpu_to_le32(1);
	}
}

/* ---- sectors with a tag in every word ---- */

static u64 tag_word(u32 tag, u32 i)
{
	return ((u64)tag << 32 | i) ^ 0x5aa5000000000000ull;
}

void machine_fill(struct btt_media *m, u64 at, u32 len, u32 tag)
{
	for (u32 i = 0; i < len / 8; i++) {
		__le32 half[2];
		u64 word = tag_word(tag, i);

		memcpy(half, &word, 8);
		btt_media_store64(m, at + i * 8, half[0], half[1]);
	}
}

/* The tag of [at, at + len), or TAG_TORN. */
u32 machine_tag(const u8 *image, u64 at, u32 len)
{
	u64 word;
	u32 tag;

	memcpy(&word, image + at, 8);
	tag = (word ^ 0x5aa5000000000000ull) >> 32;
	for (u32 i = 0; i < len / 8; i++) {
		memcpy(&word, image + at + i * 8, 8);
		if (word != tag_word(tag, i))
			return TAG_TORN;
	}
	return tag;
}

/* In a lane that is held; a bad log is left to the caller. */
int machine_try_write(struct btt_arena *a, u32 lane, u32 lba, u32 tag)
{
	u64 at;
	int rc = btt_write_begin(a, lane, &at);

	if (rc)
		return rc;
	machine_fill(a->media, at, a->layout.internal_lbasize, tag);
	return btt_write_commit(a, lane, lba);
}

/* In a lane that is not held; a bad log is repaired first. */
int machine_write(struct btt_arena *a, u32 lane, u32 lba, u32 tag)
{
	int rc;

	while ((rc = machine_try_write(a, lane, lba, tag)) == -EUCLEAN)
		if (btt_log_repair(a))
			return -EIO;
	return rc;
}

/* What a reader gets: a tag, 0 for zeros, TAG_ERROR, TAG_TORN. */
u32 machine_read(struct btt_arena *a, u32 lba)
{
	struct btt_read rd;
	u32 tag;

	if (btt_read_begin(a, lba, &rd))
		return TAG_ERROR;
	tag = rd.zero ? 0 : machine_tag(a->media->cur, rd.at, a->layout.internal_lbasize);
	btt_read_end(&rd);
	return tag;
}

bool machine_healthy(struct btt_arena *a)
{
	unsigned long seen[4096 / sizeof(long)] = { 0 };
	struct btt_health h;

	if (a->layout.internal_nlba > sizeof(seen) * 8)
		abort();
	return !btt_arena_check(a, seen, &h) && btt_healthy(&h);
}
