// SPDX-License-Identifier: GPL-2.0
/* weekly: BTT_ALL=1 */
/*
 * Power cuts of a BTT in trouble: fences fail, once, again, or for ever, and the medium has then
 * given up what was on its way, as a host does whose fsync() fails; it comes up read-only and
 * turns writable below readers; lanes are parked. What was acknowledged is what there is.
 */
/* objects: lib/btt_world.c */
#include "nd_test.h"
#include "btt_world.h"
#include "btt/arena.h"

static struct tally all;

static void report(const char *what, const struct tally *t)
{
	printf("## %s: %llu states, %llu after a failed fence, %llu read-only\n", what, t->states,
	       t->lossy, t->read_only);
	tally_add(&all, t);
}

/* How many: with BTT_ALL set, many more. */
static u32 worlds(u32 n)
{
	return getenv("BTT_ALL") ? 20 * n : n;
}

static void mixture(struct world *w, u32 actor)
{
	for (u32 i = 0; i < 6; i++) {
		u32 arena = world_dice(w, w->arenas), lba = world_dice(w, 4);

		if (world_dice(w, 8))
			op_write(w, arena, world_dice(w, 3), lba);
		else
			op_read(w, arena, lba, world_dice(w, 2));
	}
}

/* One of the next @within fences fails, and so do others after it. */
static void plan_failure(struct world *w, u32 within)
{
	static const u32 more[] = { 0, 0, 1, 3, ~0u };

	w->m.fail_fence = w->m.fences + 1 + world_dice(w, within);
	w->m.fail_fences = more[world_dice(w, ARRAY_SIZE(more))];
	w->may_fail = true;
}

/*
 * It is attached anew, without a power cut: what the CPU sees need not be what the medium
 * has. Fences may fail meanwhile; when none did, what is read now is there to stay.
 */
static void attach_anew(struct world *w)
{
	for (u32 tries = 0; world_reopen(w, false); tries++) {
		must(w->may_fail);
		if (tries > 4)
			w->m.fail_fence = 0;
	}
	world_settle_history(w);
	world_cut(w);
}

TEST(fence__that_fails_loses_nothing_acknowledged)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(200); seed++) {
		struct world w;

		world_small(&w, 1 + !(seed % 4), 4, 3, 16, seed % 2 + 1, seed);
		plan_failure(&w, 20);
		world_run(&w, mixture);
		attach_anew(&w);
		world_run(&w, mixture);
		world_end(&w, &t);
	}
	report("fences fail", &t);
}

/* Of what was behind, all is in the map, and it is certain, whatever has failed before. */
TEST(settle__is_certain_after_a_failure)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(200); seed++) {
		struct world w;

		world_small(&w, 1, 4, 3, 16, seed % 2 + 1, seed);
		plan_failure(&w, 10);
		for (u32 i = 0; i < 8; i++)
			op_write(&w, 0, world_dice(&w, 3), world_dice(&w, 4));
		w.m.fail_fence = 0;
		must(!btt_arena_settle(&w.a[0]));
		for (u32 i = 0; i < w.m.npending; i++) {
			u64 at = w.m.pending[i].word * 8ull;

			must(at + 8 <= w.a[0].layout.mapoff || at >= w.a[0].layout.logoff);
		}
		world_cut(&w);
		world_end(&w, &t);
	}
	report("settled after a failure", &t);
}

/* ---- read-only, then writable ---- */

static void read_or_turn(struct world *w, u32 actor)
{
	for (u32 i = 0; !actor && i < 12; i++)
		op_read(w, 0, world_dice(w, 4), false);
	if (actor && btt_arena_make_writable(&w->a[0]))
		must(w->may_fail);
	for (u32 i = 0; actor && i < 6; i++)
		op_write(w, 0, world_dice(w, 3), world_dice(w, 4));
}

/* Power fails under writes; it comes up read-only, is read, and turns writable meanwhile. */
TEST(turning_writable__is_unnoticed_by_readers)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(3000); seed++) {
		struct world w;

		world_small(&w, 1, 4, 3, 16, seed % 2 + 1, seed);
		w.uncut = true;
		for (u32 i = 0; i < 6; i++)
			op_write(&w, 0, world_dice(&w, 3), world_dice(&w, 4));
		world_power_cut(&w);
		must(!world_reopen(&w, true));
		world_settle_history(&w);
		w.uncut = seed % 8;
		if (!(seed % 3))
			plan_failure(&w, 6);
		world_run(&w, read_or_turn);
		w.uncut = false;
		world_cut(&w);
		world_end(&w, &t);
	}
	report("turned writable below readers", &t);
}

/* ---- lanes ---- */

/* Bad is a block that is free, or will be: others go on. */
TEST(lanes__that_are_parked_stop_nobody)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(200); seed++) {
		struct world w;
		struct btt_arena *a;

		world_small(&w, 1, 4, 4, 16, seed % 2 + 1, seed);
		a = &w.a[0];
		w.m.bad = btt_block_at(a, world_dice(&w, 7));
		w.m.bad_len = 1 + 16 * world_dice(&w, 2);
		world_run(&w, mixture);
		world_end(&w, &t);
	}
	assert_true(t.changes > 100);
	report("lanes are parked", &t);
}

/* ---- the log ---- */

/* Sooner or later some of the log is bad. */
static void mixture_over_a_bad_log(struct world *w, u32 actor)
{
	static const u32 len[] = { 1, 100, 500 };

	for (u32 i = 0; i < 5; i++) {
		u32 arena = world_dice(w, w->arenas);

		if (!world_dice(w, 6)) {
			w->m.bad = btt_log_at(&w->a[arena], world_dice(w, 16), 0);
			w->m.bad_len = len[world_dice(w, ARRAY_SIZE(len))];
		}
		if (world_dice(w, 8))
			op_write(w, arena, world_dice(w, 24), world_dice(w, 4));
		else
			op_read(w, arena, world_dice(w, 4), false);
	}
}

/* Power has failed amid a repair, or after one that failed: it is refused, and that was its end. */
static bool ends_refused(struct world *w)
{
	for (u32 k = 0; k < w->arenas; k++)
		if (!world_log_makes_sense(&w->a[k], w->a[k].pad)) {
			must(world_reopen(w, false));
			return true;
		}
	return false;
}

/* It comes up, perhaps read-only at first, with all that was acknowledged. */
static void comes_up(struct world *w, bool read_only)
{
	must(!world_reopen(w, read_only));
	for (u32 k = 0; k < w->arenas; k++) {
		must(!btt_arena_make_writable(&w->a[k]));
		must(machine_healthy(&w->a[k]));
	}
	world_settle_history(w);
	world_cut(w);
}

/* Its sectors are cleared, or not, and rewritten from memory, while power fails. */
TEST(log__that_turns_bad_is_repaired_or_refused)
{
	static const u8 leaves[] = { 0, 0xff, 0x5a };
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(120); seed++) {
		struct world w;

		world_small(&w, 1 + !(seed % 4), 4, 24, 16, seed % 2 + 1, seed);
		w.repairs = true;
		w.m.leaves = leaves[seed % ARRAY_SIZE(leaves)];
		for (u32 life = 0; life < 4; life++) {
			w.m.cures = (seed + life) % 5;
			w.may_fail = !w.m.cures;
			if (!((seed + life) % 6))
				plan_failure(&w, 40);
			world_run(&w, mixture_over_a_bad_log);
			w.m.bad_len = 0;
			world_power_cut(&w);
			if (ends_refused(&w))
				break;
			w.may_fail = false;
			comes_up(&w, !(seed % 3));
		}
		world_end(&w, &t);
	}
	printf("## log: %llu states bad, %llu amid a repair, %llu after one\n", t.poisoned, t.amid,
	       t.repaired);
	assert_true(t.states >= 1000000 && t.poisoned >= 100000 && t.amid >= 100000 &&
		    t.repaired >= 100000);
	report("logs turn bad", &t);
}

/* ---- lives ---- */

static void life(struct world *w)
{
	w->m.fail_fence = 0;
	w->may_fail = false;
	if (world_dice(w, 2))
		plan_failure(w, 30);
	world_run(w, mixture);
	if (world_dice(w, 2))
		must(!btt_arena_settle(&w->a[0]) || w->may_fail);
	if (world_dice(w, 2))
		world_power_cut(w);
	if (!world_dice(w, 4)) {
		w->uncut = true;
		must(!world_reopen(w, true));
		world_run(w, read_or_turn);
		w->uncut = false;
	}
	attach_anew(w);
	must(machine_healthy(&w->a[0]));
}

TEST(life__goes_on_whatever_has_failed)
{
	struct tally t = { };

	for (u64 seed = 1; seed <= worlds(8); seed++) {
		struct world w;

		world_small(&w, 1, 4, 3, 16, seed % 2 + 1, seed);
		for (u32 i = 0; i < 150; i++)
			life(&w);
		world_end(&w, &t);
	}
	report("lives", &t);
}

TEST(all__there_were_enough_failures)
{
	printf("## all: %llu states after a failed fence, %llu read-only, %llu changes of lanes\n",
	       all.lossy, all.read_only, all.changes);
	assert_true(all.lossy >= 100000 && all.read_only >= 100000);
}
