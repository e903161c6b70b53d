// SPDX-License-Identifier: GPL-2.0
/* Refusals and reports of multi-DIMM changes; what interruptions do is enumerated by crash/. */
/* objects: lib/label_sim.c */
#include "nd_test.h"
#include "label_sim.h"
#include "label/label.h"

static struct machine m;
static struct view v;

static const struct ns_want one = { 1, 'a', 0, SZ_2M }, two = { 2, 'b', SZ_2M, SZ_2M };

int before_each(void **state)
{
	machine_init(&m, 3, 1024, 2);
	machine_load(&m);
	assert_int_equal(machine_change(&m, NULL, &one), 0);
	machine_view(&m, &v);
	media_start(&m.world);
	return 0;
}

int after_each(void **state)
{
	machine_free(&m);
	return 0;
}

/* One change for each DIMM, from @old to @want. */
static int run(enum label_txn_kind kind, struct label_change *changes, u32 *failed)
{
	*failed = 99;
	return label_txn_run(m.areas, m.io, m.n, kind, changes, &m.reason, failed);
}

/* What makes @two. */
static void make_two(struct nd_label *l, struct label_change *c)
{
	for (u32 i = 0; i < 3; i++) {
		l[i] = machine_label(&m, &two, i);
		c[i] = (struct label_change){ .add = &l[i], .nadd = 1 };
	}
}

TEST(txn__nothing_is_written_if_one_dimm_refuses)
{
	struct nd_label l[3];
	struct label_change c[3];
	u32 failed;

	make_two(l, c);
	c[0].spare = 1;
	assert_int_equal(run(LABEL_TXN_CREATE, c, &failed), -ENOSPC);
	assert_reason(m.reason, ND_REASON_NO_SLOT);
	assert_int_equal(failed, 0);
	assert_int_equal(m.world.xfers, 0);
	c[0].spare = 0;
	m.area[1].stale = true;
	assert_int_equal(run(LABEL_TXN_CREATE, c, &failed), -ESTALE);
	assert_int_equal(failed, 1);
	assert_int_equal(m.world.xfers, 0);
	m.area[1].stale = false;
	assert_int_equal(run(LABEL_TXN_CREATE, c, &failed), 0);
	assert_reason(m.reason, ND_REASON_OK);
}

TEST(txn__nothing_is_formatted_if_one_dimm_refuses)
{
	for (u32 refuses = 0; refuses < 3; refuses++) {
		struct nd_label l[3];
		struct label_change c[3];
		struct machine blank;
		u32 failed = 99;

		machine_init(&blank, 3, 4096, 2);
		machine_load(&blank);
		make_two(l, c);
		for (u32 i = 0; i < 3; i++)
			c[i].minor = 2;
		c[refuses].spare = 4096;
		media_start(&blank.world);
		assert_int_equal(label_txn_run(blank.areas, blank.io, 3, LABEL_TXN_CREATE, c,
					       &blank.reason, &failed), -ENOSPC);
		assert_int_equal(failed, refuses);
		assert_int_equal(blank.world.xfers, 0);
		machine_free(&blank);
	}
}

TEST(txn__an_update_may_not_move)
{
	const struct ns_want moved = { 1, 'a', SZ_4K, SZ_2M };

	assert_int_equal(machine_change(&m, &v.ns[0], &moved), -EINVAL);
	assert_reason(m.reason, ND_REASON_ARGUMENT);
	assert_int_equal(m.world.xfers, 0);
}

TEST(txn__nothing_goes_with_a_create)
{
	struct nd_label l[3];
	struct label_change c[3];
	u32 failed;

	make_two(l, c);
	c[2].drop = &v.ns[0].slot[2];
	c[2].ndrop = 1;
	assert_int_equal(run(LABEL_TXN_CREATE, c, &failed), -EINVAL);
	assert_reason(m.reason, ND_REASON_ARGUMENT);
	assert_int_equal(failed, 2);
	assert_int_equal(m.world.xfers, 0);
}

/* Of what a creation left on two of three DIMMs the label with the mark goes last. */
TEST(txn__what_is_left_of_leftovers_is_a_leftover)
{
	struct label_change c[3] = { 0 };
	struct machine big;
	u32 slot[3], failed;

	machine_init(&big, 3, 4096, 2);
	machine_load(&big);
	assert_int_equal(machine_change(&big, NULL, &one), 0);
	media_start(&big.world);
	/* a label and an index block on two DIMMs */
	big.world.cut = 2 * (big.area[0].label_size + big.area[0].index_size) / 8;
	assert_int_equal(machine_change(&big, NULL, &two), -EIO);
	media_repair(&big.world);
	machine_load(&big);
	machine_view(&big, &v);
	for (u32 i = 1; i < 3; i++) {
		assert_int_equal(v.norphan[i], 1);
		slot[i] = v.orphan[i][0];
		c[i] = (struct label_change){ .drop = &slot[i], .ndrop = 1 };
	}
	/* whichever DIMM comes first */
	for (u32 turn = 0; turn < 2; turn++) {
		struct label_area *areas[3] = {
			&big.area[0], &big.area[2 - turn], &big.area[1 + turn],
		};
		struct label_io ios[3] = { big.io[0], big.io[2 - turn], big.io[1 + turn] };
		struct label_change drops[3] = { c[0], c[2 - turn], c[1 + turn] };

		media_start(&big.world);
		big.world.fail = 2;
		assert_int_equal(label_txn_clear(areas, ios, 3, drops, &big.reason, &failed), -EIO);
		assert_int_equal(failed, 1 + turn);
		machine_view(&big, &v);
		assert_int_equal(v.norphan[1], 0);
		assert_int_equal(v.norphan[2], 1);
		assert_int_equal(v.kept, 0);
		media_rewind(&big.world);
		machine_load(&big);
	}
	media_start(&big.world);
	assert_int_equal(label_txn_clear(big.areas, big.io, 3, c, &big.reason, &failed), 0);
	assert_int_equal(big.world.xfers, 2);
	machine_view(&big, &v);
	assert_int_equal(v.nrest, 0);
	machine_free(&big);
}

TEST(txn__position_0_goes_last_or_first)
{
	/* label and index block on DIMMs 2, 1, 0 */
	m.world.fail = 5;
	m.world.fail_on = true;
	assert_int_equal(machine_change(&m, &v.ns[0], &one), -EIO);
	assert_reason(m.reason, ND_REASON_LABEL_WRITE);
	assert_int_equal(m.world.fail_dimm, 0);
	media_start(&m.world);
	/* DIMM 2 marked with a label and an index block, then an index block on 0 */
	m.world.fail = 3;
	machine_view(&m, &v);
	assert_int_equal(machine_change(&m, &v.ns[0], NULL), -EIO);
	assert_int_equal(m.world.fail_dimm, 0);
	/* and the mark is taken back */
	assert_int_equal(m.world.xfers, 4);
}

/* Whichever write fails: while two uuids are there, the label that decides says so. */
TEST(txn__a_change_of_uuid_is_marked_where_it_is_decided)
{
	const struct ns_want other = { 9, 'a', 0, SZ_2M };

	for (u32 fail = 1; fail <= 8; fail++) {
		media_start(&m.world);
		m.world.fail = fail;
		m.world.fail_on = true;
		assert_int_equal(machine_change(&m, &v.ns[0], &other), -EIO);
		media_repair(&m.world);
		machine_load(&m);
		machine_view(&m, &v);
		assert_int_equal(v.nr, 1);
		assert_int_equal(v.ns[0].is.id, 1);
		assert_int_equal(v.kept + v.refused, 0);
		media_rewind(&m.world);
		machine_load(&m);
		machine_view(&m, &v);
	}
	/* the mark, two DIMMs, the change */
	media_start(&m.world);
	assert_int_equal(machine_change(&m, &v.ns[0], &other), 0);
	assert_int_equal(m.world.xfers, 8);
	machine_view(&m, &v);
	assert_int_equal(v.ns[0].is.id, 9);
	assert_false(v.ns[0].torn);
}

TEST(txn__a_failed_create_names_its_dimm)
{
	struct nd_label l[3];
	struct label_change c[3];
	u32 failed;

	make_two(l, c);
	m.world.fail = 4;
	assert_int_equal(run(LABEL_TXN_CREATE, c, &failed), -EIO);
	assert_int_equal(failed, 1);
	assert_reason(m.reason, ND_REASON_LABEL_WRITE);
	/* DIMM 2 was taken back with one index block */
	assert_int_equal(m.world.xfers, 5);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(m.area[i].nfree, 1);
}

/* Two DIMMs' labels stay: the one that could not go, and the mark that says whose they are. */
TEST(txn__a_delete_is_decided_with_position_0)
{
	struct label_change c[3];
	u32 failed;

	for (u32 i = 0; i < 3; i++)
		c[i] = (struct label_change){ .drop = &v.ns[0].slot[i], .ndrop = 1 };
	m.world.fail = 4;
	assert_int_equal(run(LABEL_TXN_DELETE, c, &failed), 0);
	assert_reason(m.reason, ND_REASON_LABEL_WRITE);
	assert_int_equal(failed, 1);
	machine_view(&m, &v);
	assert_int_equal(v.nr, 0);
	assert_int_equal(v.kept, 0);
	assert_int_equal(v.norphan[0], 0);
	assert_int_equal(v.norphan[1], 1);
	assert_int_equal(v.norphan[2], 1);
}

/* Or what an interrupted one had marked: by that what is left is known. */
TEST(txn__a_delete_that_was_interrupted_keeps_its_mark)
{
	struct label_change c[3];
	u32 failed;

	/* a label and an index block on DIMM 2 */
	m.world.cut = (m.area[2].label_size + m.area[2].index_size) / 8;
	assert_int_equal(machine_change(&m, &v.ns[0], NULL), -EIO);
	media_repair(&m.world);
	media_start(&m.world);
	machine_load(&m);
	machine_view(&m, &v);
	assert_int_equal(v.nr, 1);
	assert_true(v.ns[0].torn);
	for (u32 i = 0; i < 3; i++)
		c[i] = (struct label_change){ .drop = &v.ns[0].slot[i], .ndrop = 1 };
	m.world.fail = 2;
	assert_int_equal(run(LABEL_TXN_DELETE, c, &failed), 0);
	assert_int_equal(failed, 1);
	machine_view(&m, &v);
	assert_int_equal(v.kept, 0);
	assert_int_equal(v.norphan[1], 1);
	assert_int_equal(v.norphan[2], 1);
}

TEST(txn__a_delete_that_cannot_be_marked_does_not_begin)
{
	m.world.fail = 2;
	assert_int_equal(machine_change(&m, &v.ns[0], NULL), -EIO);
	assert_int_equal(m.world.fail_dimm, 2);
	machine_view(&m, &v);
	assert_int_equal(v.nr, 1);
	assert_false(v.ns[0].torn);
}

TEST(txn__a_full_area_can_still_be_deleted_from)
{
	struct nd_label l = machine_label(&m, &two, 0);
	struct label_change c = { .add = &l, .nadd = 1, .minor = 2 };

	l.cookie = 77;
	assert_int_equal(machine_commit(&m, 2, &c), 0);
	assert_int_equal(m.area[2].nfree, 0);
	assert_int_equal(machine_change(&m, &v.ns[0], NULL), 0);
	assert_reason(m.reason, ND_REASON_OK);
	assert_int_equal(m.area[2].nfree, 1);
}

TEST(txn__a_create_ends_without_mark)
{
	struct machine big;

	machine_init(&big, 3, 4096, 2);
	machine_load(&big);
	assert_int_equal(machine_change(&big, NULL, &one), 0);
	machine_load(&big);
	machine_view(&big, &v);
	assert_int_equal(v.nr, 1);
	assert_false(v.ns[0].torn);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(v.ns[0].slot[i], big.slots[i]);
	machine_free(&big);
}

TEST(txn__blank_areas_are_formatted_before_the_first_label)
{
	struct machine blank;

	machine_init(&blank, 3, 4096, 2);
	machine_load(&blank);
	/* five writes of index blocks on each of three DIMMs; then a label */
	blank.world.fail = 16;
	assert_int_equal(machine_change(&blank, NULL, &one), -EIO);
	for (u32 i = 0; i < 3; i++)
		assert_true(blank.area[i].valid);
	machine_view(&blank, &v);
	assert_int_equal(v.nrest, 0);
	machine_free(&blank);
}
