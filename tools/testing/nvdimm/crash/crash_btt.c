// SPDX-License-Identifier: GPL-2.0
/* weekly: BTT_ALL=1 */
/*
 * Power cuts while sectors are written: docs/btt.md, by enumeration. Of the words
 * that are not certain every choice is tried, up to 4096; beyond that as many at
 * random, from fixed seeds.
 */
/* objects: lib/btt_world.c */
#include "nd_test.h"
#include "btt_world.h"

static struct tally all;

static void report(const char *what, const struct tally *t)
{
	printf("## %s: %llu states\n", what, t->states);
	tally_add(&all, t);
}

/* ---- one task ---- */

/* Fresh sectors, in all lanes; both paddings; whole sectors too. */
TEST(write__is_old_or_new)
{
	static const u32 sizes[] = { 16, 64, 512 };
	struct tally t = { };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
	for (enum btt_padding pad = BTT_PAD_NEW; pad <= BTT_PAD_OLD; pad++) {
		struct world w;

		world_small(&w, 1, 8, 4, sizes[i], pad, i + 1);
		for (u32 lba = 0; lba < 8; lba++)
			op_write(&w, 0, lba % 4, lba);
		assert_int_equal(w.a[0].pad, pad);
		world_end(&w, &t);
	}
	report("write", &t);
}

/* One sector again and again, in one lane and in several: three rounds of sequence numbers. */
TEST(overwrite__is_old_or_new)
{
	struct tally t = { };

	for (u32 lanes = 1; lanes <= 4; lanes++)
	for (enum btt_padding pad = BTT_PAD_NEW; pad <= BTT_PAD_OLD; pad++) {
		struct world w;

		world_small(&w, 1, 2, 4, 64, pad, lanes);
		for (u32 i = 0; i < 10 * lanes; i++)
			op_write(&w, 0, i % lanes, 0);
		world_end(&w, &t);
	}
	report("overwrite", &t);
}

TEST(error__is_set_and_cleared_whole)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= 400; seed++) {
		struct world w;

		world_small(&w, 1, 3, 3, 16, seed % 2 + 1, seed);
		for (u32 i = 0; i < 20; i++) {
			u32 lba = world_dice(&w, 3);

			if (world_dice(&w, 2))
				op_write(&w, 0, world_dice(&w, 3), lba);
			else
				op_read(&w, 0, lba, true);
		}
		world_end(&w, &t);
	}
	report("error set and clear", &t);
}

/* Every order of lanes and sectors for a few writes. */
TEST(sequences__of_four_writes)
{
	struct tally t = { };

	for (u32 n = 0; n < 9 * 9 * 9 * 9; n++) {
		struct world w;
		u32 rest = n;

		world_small(&w, 1, 3, 3, 16, BTT_PAD_NEW, 1);
		for (u32 i = 0; i < 4; i++, rest /= 9)
			op_write(&w, 0, rest % 3, rest / 3 % 3);
		world_end(&w, &t);
	}
	report("all sequences of 4 writes in 3 lanes to 3 sectors", &t);
}

/* ---- two tasks ---- */

static void race_once(struct world *w, u32 actor)
{
	op_write(w, 0, actor, 0);
}

static void race_thrice(struct world *w, u32 actor)
{
	for (u32 i = 0; i < 3; i++)
		op_write(w, 0, actor * 2 + i % 2, 0);
}

TEST(race__of_two_lanes_for_one_sector)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= 2000; seed++) {
		struct world w;

		world_small(&w, 1, 2, 2, 16, seed % 2 + 1, seed);
		world_run(&w, race_once);
		world_end(&w, &t);
		world_small(&w, 1, 2, 4, 16, seed % 2 + 1, seed);
		world_run(&w, race_thrice);
		world_end(&w, &t);
	}
	report("two lanes race for one sector", &t);
}

/* Lanes change hands, sectors share words of the map, reads fail in between. */
static void mixture(struct world *w, u32 actor)
{
	for (u32 i = 0; i < 8; i++) {
		u32 arena = world_dice(w, w->arenas), lba = world_dice(w, 4);

		switch (world_dice(w, 6)) {
		case 0:
			op_read(w, arena, lba, false);
			break;
		case 1:
			op_read(w, arena, lba, true);
			break;
		default:
			op_write(w, arena, world_dice(w, 3), lba);
		}
	}
}

TEST(mixture__of_two_tasks)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= 2000; seed++) {
		struct world w;

		world_small(&w, 1, 4, 3, seed % 10 ? 16 : 64, seed % 2 + 1, seed);
		world_run(&w, mixture);
		world_end(&w, &t);
	}
	report("two tasks read, fail and write", &t);
}

TEST(mixture__in_two_arenas)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= 600; seed++) {
		struct world w;

		world_small(&w, 2, 4, 3, 16, seed % 2 + 1, seed);
		world_run(&w, mixture);
		world_end(&w, &t);
	}
	report("the same in two arenas", &t);
}

/* Power fails for good: the next life starts from any of the states. */
TEST(life__goes_on_from_where_power_failed)
{
	struct tally t = { };
	struct world w;

	world_small(&w, 1, 4, 3, 16, BTT_PAD_NEW, 99);
	for (u32 life = 0; life < 4000; life++) {
		world_run(&w, mixture);
		world_power_cut(&w);
		w.uncut = true;
		assert_int_equal(world_reopen(&w, false), 0);
		assert_true(machine_healthy(&w.a[0]));
		w.uncut = false;
		machine_record(&w.m);
		world_settle_history(&w);
	}
	world_end(&w, &t);
	report("4000 lives", &t);
}

TEST(all__a_million_states_were_tried)
{
	printf("## all: %llu states; %llu read-only and then writable; %llu of them written to\n",
	       all.states, all.read_only, all.written);
	assert_true(all.states >= 1000000 && all.read_only >= 1000000 && all.written >= 10000);
}
