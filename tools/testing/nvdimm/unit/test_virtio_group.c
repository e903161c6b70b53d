// SPDX-License-Identifier: GPL-2.0
/*
 * Group commit, by enumeration: some flushes, a host that may answer, fail, be
 * silent, be reset or break, and every order in which all that can happen.
 *
 * The model keeps what the code under test does not: for each flush whether a
 * request was put to the host after it began, and what has become of it.
 */
/* objects: drivers/nvdimm/virtio/batch.c */
#include "nd_test.h"
#include "virtio/batch.h"

#define FLUSHES_MAX	6

enum fate { TO_COME, WAITING, GOOD, BAD };

/* Bytes only, so that a state can be compared and hashed. */
struct world {
	struct group group;
	u8 fate[FLUSHES_MAX];
	u8 batch[FLUSHES_MAX];	/* of those WAITING */
	u8 covered;		/* bits: WAITING when the request at the host was put to it */
	u8 given_up;		/* bits: the host failed to make its writes durable */
	u8 at_host;		/* a request is */
	u8 stuck;		/* the ring had no room: somebody will try again */
};

static int flushes, resets_are_possible;
static u64 transitions;

/* ---- states seen ---- */

#define TABLE	(1u << 20)

static struct world table[TABLE];
static u8 used[TABLE];
static u32 states;

static bool seen(const struct world *w)
{
	u64 hash = 0xcbf29ce484222325ull;
	const u8 *byte = (const u8 *)w;
	u32 at;

	for (size_t i = 0; i < sizeof(*w); i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ull;
	for (at = hash % TABLE; used[at]; at = (at + 1) % TABLE)
		if (!memcmp(&table[at], w, sizeof(*w)))
			return true;
	used[at] = 1;
	table[at] = *w;
	states++;
	assert_true(states < TABLE / 2);
	return false;
}

/* ---- the rule ---- */

/* End every flush of a batch. */
static void end_batch(struct world *w, int batch, enum fate fate)
{
	int ended = 0;

	assert_in_range(batch, 0, GROUP_BATCHES - 1);
	for (int i = 0; i < flushes; i++) {
		if (w->fate[i] != WAITING || w->batch[i] != batch)
			continue;
		/* never answered by what was on its way when it began */
		if (fate == GOOD)
			assert_true(w->covered & 1 << i);
		/* a later request succeeds although the host has given up these writes */
		if (fate == GOOD)
			assert_false(w->given_up & 1 << i);
		w->fate[i] = fate;
		w->batch[i] = 0;
		ended++;
	}
	/* nobody is asked, or given up, for nobody */
	assert_true(ended > 0);
}

static u8 all_waiting(const struct world *w)
{
	u8 bits = 0;

	for (int i = 0; i < flushes; i++)
		if (w->fate[i] == WAITING)
			bits |= 1 << i;
	return bits;
}

enum ring { ROOM, NO_ROOM, BROKEN };

/* What virtio/flush.c does whenever something has changed. */
static void ask(struct world *w, enum ring ring)
{
	w->stuck = 0;
	while (group_must_ask(&w->group)) {
		/* one at a time */
		assert_false(w->at_host);
		switch (ring) {
		case ROOM:
			group_asked(&w->group);
			w->at_host = 1;
			w->covered = all_waiting(w);
			break;
		case NO_ROOM:
			w->stuck = 1;
			return;
		case BROKEN:
			end_batch(w, group_refused(&w->group), BAD);
			break;
		}
	}
}

/* ---- what can happen ---- */

/* RESET_FAILED: the host's fsync() failed, and the reset took that answer away. */
enum event { BEGIN, ANSWER, ERROR, AGAIN, HALT, RESET, RESET_FAILED, RESUME, KILL, EVENTS };

static bool possible(const struct world *w, enum event event)
{
	switch (event) {
	case BEGIN:
		return w->fate[flushes - 1] == TO_COME;
	case ANSWER:
	case ERROR:
		return w->at_host;
	case AGAIN:
		return true;
	case HALT:
		return resets_are_possible && !w->group.halted;
	case RESET:
	case RESET_FAILED:
		return w->group.halted && w->at_host;
	case RESUME:
		/* also without a reset: the driver has given up waiting for the answer */
		return w->group.halted;
	case KILL:
		return !w->group.dead;
	default:
		return false;
	}
}

static void begin(struct world *w)
{
	int i = 0, batch = group_join(&w->group);

	/* they begin in their order: any other is the same but for names */
	while (w->fate[i] != TO_COME)
		i++;
	if (batch < 0) {
		assert_true(w->group.dead);
		w->fate[i] = BAD;
		return;
	}
	assert_false(w->group.dead);
	w->fate[i] = WAITING;
	w->batch[i] = batch;
}

static void answer(struct world *w, enum fate fate)
{
	int batch = group_answered(&w->group);

	w->at_host = 0;
	if (batch >= 0)
		end_batch(w, batch, fate);
	else
		assert_true(w->group.dead);
	if (fate == BAD && batch >= 0) {
		batch = group_failed(&w->group);
		if (batch >= 0)
			end_batch(w, batch, BAD);
		/* the host has lost what they wrote, and its next answer does not say so */
		assert_int_equal(all_waiting(w), 0);
	}
	w->covered = 0;
}

static void happen(struct world *w, enum event event, enum ring ring)
{
	transitions++;
	if (event == ERROR || event == RESET_FAILED)
		w->given_up |= all_waiting(w);
	switch (event) {
	case BEGIN:
		begin(w);
		break;
	case ANSWER:
	case ERROR:
		answer(w, event == ANSWER ? GOOD : BAD);
		break;
	case AGAIN:
		break;
	case HALT:
		group_halt(&w->group);
		break;
	case RESET:
	case RESET_FAILED:
		/* the driver cannot tell these apart */
		answer(w, BAD);
		break;
	case RESUME:
		group_resume(&w->group);
		break;
	case KILL:
		group_kill(&w->group);
		for (int i = 0; i < flushes; i++) {
			if (w->fate[i] == WAITING)
				w->fate[i] = BAD;
			w->batch[i] = 0;
		}
		break;
	default:
		break;
	}
	ask(w, ring);
}

/* Whatever has happened: when the host behaves from now on, two requests answer everybody. */
static void nobody_waits_for_ever(struct world w)
{
	int requests = 0;

	if (w.group.halted) {
		if (w.at_host)
			happen(&w, RESET, ROOM);
		happen(&w, RESUME, ROOM);
	}
	if (w.stuck)
		happen(&w, AGAIN, ROOM);
	while (all_waiting(&w)) {
		assert_true(w.at_host);
		assert_true(++requests <= 2);
		happen(&w, ANSWER, ROOM);
	}
}

static void explore(const struct world *w)
{
	if (seen(w))
		return;
	nobody_waits_for_ever(*w);
	for (enum event event = 0; event < EVENTS; event++)
		for (enum ring ring = ROOM; ring <= BROKEN && possible(w, event); ring++) {
			struct world next = *w;

			happen(&next, event, ring);
			explore(&next);
		}
}

static void every_order(int n, int resets)
{
	struct world w = { };

	flushes = n;
	resets_are_possible = resets;
	memset(used, 0, sizeof(used));
	states = 0;
	explore(&w);
}

TEST(flush__is_answered_by_a_younger_request_in_every_order)
{
	for (int n = 1; n <= FLUSHES_MAX; n++) {
		transitions = 0;
		every_order(n, 0);
		printf("## %d flushes: %u states, %llu transitions\n", n, states,
		       (unsigned long long)transitions);
	}
}

TEST(flush__survives_resets_in_every_order)
{
	for (int n = 1; n <= FLUSHES_MAX; n++) {
		transitions = 0;
		every_order(n, 1);
		printf("## %d flushes, resets: %u states, %llu transitions\n", n, states,
		       (unsigned long long)transitions);
	}
}

/* ---- sharing ---- */

/* However many begin while a request is under way, one more does for all. */
TEST(flushes__share_one_request)
{
	struct group g = { };
	int requests = 0, first, batch;

	first = group_join(&g);
	assert_true(group_must_ask(&g));
	group_asked(&g);
	requests++;
	for (int i = 0; i < 1000; i++) {
		batch = group_join(&g);
		assert_int_equal(batch, !first);
		assert_false(group_must_ask(&g));
	}
	assert_int_equal(group_answered(&g), first);
	assert_true(group_must_ask(&g));
	group_asked(&g);
	requests++;
	assert_int_equal(group_answered(&g), batch);
	assert_false(group_must_ask(&g));
	assert_int_equal(requests, 2);
}

/* Flushes that come one after the other are one request each: none is answered by an old one. */
TEST(flushes__alone_ask_each)
{
	struct group g = { };

	for (int i = 0; i < 10; i++) {
		int batch = group_join(&g);

		assert_true(group_must_ask(&g));
		group_asked(&g);
		assert_int_equal(group_answered(&g), batch);
		assert_false(group_must_ask(&g));
	}
}

TEST(answer__that_nobody_waits_for_is_ignored)
{
	struct group g = { };

	assert_int_equal(group_answered(&g), -1);
	group_join(&g);
	group_asked(&g);
	group_kill(&g);
	assert_int_equal(group_answered(&g), -1);
	assert_int_equal(group_join(&g), -1);
	assert_false(group_must_ask(&g));
}

TEST(halt__lets_a_late_answer_count)
{
	struct group g = { };
	int batch = group_join(&g);

	group_asked(&g);
	group_halt(&g);
	assert_false(group_must_ask(&g));
	assert_int_equal(group_answered(&g), batch);
	group_resume(&g);
	assert_false(group_must_ask(&g));
}

/* The driver counts a request that a reset took away as failed, and repeats nothing. */
TEST(reset__fails_all_that_began_before_it)
{
	struct group g = { };
	int first = group_join(&g), second;

	group_asked(&g);
	second = group_join(&g);
	group_halt(&g);
	assert_true(group_is_asked(&g));
	assert_int_equal(group_answered(&g), first);
	assert_int_equal(group_failed(&g), second);
	assert_false(group_is_asked(&g));
	group_resume(&g);
	assert_false(group_must_ask(&g));
}

/* The host has not seen the flush yet: a reset says nothing about its writes. */
TEST(reset__keeps_a_flush_that_was_never_asked)
{
	struct group g = { };
	int batch;

	group_halt(&g);
	batch = group_join(&g);
	assert_false(group_is_asked(&g));
	assert_int_equal(group_answered(&g), -1);
	group_resume(&g);
	assert_true(group_must_ask(&g));
	group_asked(&g);
	assert_int_equal(group_answered(&g), batch);
}

TEST(flush__is_owed_from_its_begin_to_its_end)
{
	struct group g = { };

	assert_false(group_is_owed(&g));
	group_halt(&g);
	group_join(&g);
	/* nobody has been asked, and somebody waits all the same */
	assert_true(group_is_owed(&g));
	group_resume(&g);
	group_asked(&g);
	assert_true(group_is_owed(&g));
	group_answered(&g);
	assert_false(group_is_owed(&g));
	group_join(&g);
	group_kill(&g);
	assert_false(group_is_owed(&g));
}
