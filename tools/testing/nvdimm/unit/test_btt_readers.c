// SPDX-License-Identifier: GPL-2.0
/*
 * Readers and writers of sectors at the same time: no reader sees a block being overwritten.
 * The order of steps is tried here, and not that of memory: atomics of the tests are sequentially
 * consistent, so a barrier that is missing is not seen.
 */
/* objects: lib/btt_sim.c */
#include "nd_test.h"
#include <pthread.h>
#include "btt_sim.h"
#include "btt/arena.h"

#define SECTOR	3

TEST(readers__are_known_by_their_block)
{
	struct btt_readers *r = aligned_alloc(64, btt_readers_size());
	/* of the same group: a neighbour, and the one that comes after all groups */
	u32 near = SECTOR + 1, far = SECTOR + BTT_READ_GROUPS * BTT_READ_SLOTS;
	void *t[4];

	memset(r, 0, btt_readers_size());
	assert_false(btt_readers_busy(r, SECTOR, 0));
	t[0] = btt_readers_enter(r, NULL, SECTOR, 5);
	t[1] = btt_readers_enter(r, NULL, SECTOR, 5);
	t[2] = btt_readers_enter(r, NULL, far, 69);
	t[3] = btt_readers_enter(r, NULL, near, 0);
	assert_true(btt_readers_busy(r, SECTOR, 5) && btt_readers_busy(r, far, 69) &&
		    btt_readers_busy(r, near, 0));
	assert_false(btt_readers_busy(r, SECTOR, 133) || btt_readers_busy(r, SECTOR, 6));
	btt_readers_leave(t[0]);
	assert_true(btt_readers_busy(r, SECTOR, 5));
	btt_readers_leave(t[1]);
	assert_false(btt_readers_busy(r, SECTOR, 5));
	assert_true(btt_readers_busy(r, far, 69));
	btt_readers_leave(t[2]);
	btt_readers_leave(t[3]);
	for (u32 i = 0; i < 1000; i++)
		assert_false(btt_readers_busy(r, SECTOR, i));
	free(r);
}

static uintptr_t line_of(const void *at)
{
	return (uintptr_t)at / 64;
}

/* Tasks with sectors of their own, in lines of the map of their own, do not meet in it. */
TEST(readers__of_other_lines_of_the_map_are_in_other_lines)
{
	struct btt_readers *r = aligned_alloc(64, btt_readers_size());
	static uintptr_t line[BTT_MAP_STRIPES];
	u32 lba, i;

	memset(r, 0, btt_readers_size());
	for (i = 0; i < BTT_MAP_STRIPES; i++) {
		for (lba = i * 16; lba < (i + 1) * 16; lba++) {
			/* blocks are anywhere, here all in one place */
			void *token = btt_readers_enter(r, NULL, lba, 64 * lba);

			if (lba == i * 16)
				line[i] = line_of(token);
			assert_true(line_of(token) - line[i] < 2);
			btt_readers_leave(token);
		}
		assert_true(!i || line[i] == line[i - 1] + 2);
	}
	free(r);
}

TEST(lanes__are_each_in_a_line_of_their_own)
{
	assert_int_equal(sizeof(struct btt_lane), 64);
}

static void *seats[BTT_READ_SLOTS];

static void leave_one(struct btt_media *m, enum btt_step step)
{
	assert_int_equal(step, STEP_PAUSE);
	btt_readers_leave(seats[3]);
	m->step = NULL;
}

TEST(readers__wait_when_all_seats_are_taken)
{
	struct btt_readers *r = aligned_alloc(64, btt_readers_size());
	struct btt_media m = { .step = leave_one };
	u32 i;

	memset(r, 0, btt_readers_size());
	for (i = 0; i < BTT_READ_SLOTS; i++)
		seats[i] = btt_readers_enter(r, NULL, SECTOR, i);
	assert_ptr_equal(btt_readers_enter(r, &m, SECTOR, i), seats[3]);
	assert_null(m.step);
	assert_false(btt_readers_busy(r, SECTOR, 3));
	free(r);
}

static struct btt_media m;
static struct btt_arena a;

static void arena(u32 nlba, u32 nfree)
{
	struct btt_layout l = machine_small(nlba, nfree, 64);

	machine_init(&m, l.size);
	machine_blank(&m, &l, 0);
	machine_arena(&a, &m, &l, 0);
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
}

int after_each(void **state)
{
	machine_arena_free(&a);
	machine_free(&m);
	return 0;
}

static struct btt_read held;

static void end_held(struct btt_media *m, enum btt_step step)
{
	m->step = NULL;
	assert_int_equal(step, STEP_PAUSE);
	btt_read_end(&held);
}

TEST(writer__waits_for_the_readers_of_its_block)
{
	/* not among the first sectors, nor is the one that the block is written for */
	arena(32, 2);
	assert_int_equal(machine_write(&a, 0, 20, 1), 0);
	assert_int_equal(btt_read_begin(&a, 20, &held), 0);
	/* the block being read is given up, and is the lane's next */
	assert_int_equal(machine_write(&a, 0, 20, 2), 0);
	assert_int_equal(machine_tag(m.cur, held.at, 64), 1);
	m.step = end_held;
	assert_int_equal(machine_write(&a, 0, 11, 3), 0);
	assert_null(m.step);
	assert_int_equal(machine_read(&a, 11), 3);
}

/* After the reader has looked at the map its block is given up, and given to another sector. */
static void move_on(struct btt_media *m, enum btt_step step)
{
	m->step = NULL;
	assert_int_equal(step, STEP_LOADED);
	assert_int_equal(machine_write(&a, 0, 3, 2), 0);
	assert_int_equal(machine_write(&a, 0, 4, 9), 0);
}

TEST(reader__looks_again_when_it_has_said_what_it_reads)
{
	arena(8, 2);
	assert_int_equal(machine_write(&a, 0, 3, 1), 0);
	m.step = move_on;
	assert_int_equal(machine_read(&a, 3), 2);
	assert_null(m.step);
	assert_int_equal(machine_read(&a, 4), 9);
}

/* ---- threads ---- */

#define WRITERS	3
#define READERS	3
#define ROUNDS	20000
#define SECTORS	3

static u32 done;

static void *write_thread(void *arg)
{
	u32 lane = (uintptr_t)arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		u64 at;

		if (btt_write_begin(&a, lane, &at))
			abort();
		for (u32 k = 0; k < 64; k++)
			__atomic_store_n(&a.media->cur[at + k], lane * 80 + i % 80 + 1,
					 __ATOMIC_RELAXED);
		if (btt_write_commit(&a, lane, (i + lane) % SECTORS))
			abort();
	}
	__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *read_thread(void *arg)
{
	u64 torn = 0;
	u32 i = 0;

	while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < WRITERS) {
		struct btt_read rd;
		u8 first;

		if (btt_read_begin(&a, i++ % SECTORS, &rd))
			abort();
		first = __atomic_load_n(&a.media->cur[rd.at], __ATOMIC_RELAXED);
		if (!(i % 64))
			sched_yield();
		for (u32 k = 1; k < 64; k++)
			torn += first != __atomic_load_n(&a.media->cur[rd.at + k],
							 __ATOMIC_RELAXED);
		btt_read_end(&rd);
	}
	return (void *)(uintptr_t)torn;
}

TEST(threads__read_no_torn_sector)
{
	pthread_t writer[WRITERS], reader[READERS];
	void *torn;

	arena(SECTORS, WRITERS);
	m.threads = true;
	for (u32 i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writer[i], NULL, write_thread,
						(void *)(uintptr_t)i), 0);
	for (u32 i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&reader[i], NULL, read_thread, NULL), 0);
	for (u32 i = 0; i < WRITERS; i++)
		pthread_join(writer[i], NULL);
	for (u32 i = 0; i < READERS; i++) {
		pthread_join(reader[i], &torn);
		assert_null(torn);
	}
	assert_true(machine_healthy(&a));
}
