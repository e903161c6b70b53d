// SPDX-License-Identifier: GPL-2.0
#include "nd_test.h"
#include "poison/clear.h"

#define START	0x40000000ull
#define UNIT	256
#define UNITS	64

/* A firmware that clears no more than so much at a time. */
struct firmware {
	u64 at_a_time;
	u64 fails_at;		/* bytes from START on */
	bool clear[UNITS];
	u32 commands;
};

static s64 firmware_clear(void *data, u64 start, u64 len)
{
	struct firmware *f = data;
	u64 at = start - START, end = at + min(len, f->at_a_time);

	f->commands++;
	/* what it is told of has to be whole units, of those that were asked for */
	assert_true(start >= START && at + len <= UNITS * UNIT && len);
	assert_int_equal((start | len) % UNIT, 0);
	if (at >= f->fails_at)
		return -EIO;
	end = min(end, f->fails_at);
	for (u64 unit = at / UNIT; (unit + 1) * UNIT <= end; unit++)
		f->clear[unit] = true;
	return end - at;
}

static s64 run(struct firmware *f, u32 units)
{
	return clear_all(START, units * UNIT, UNIT, firmware_clear, f);
}

TEST(firmware__that_clears_a_part_is_asked_to_go_on)
{
	for (u64 n = 1; n <= UNITS; n++) {
		struct firmware f = { .at_a_time = n * UNIT, .fails_at = U64_MAX };

		assert_int_equal(run(&f, UNITS), UNITS * UNIT);
		for (u32 i = 0; i < UNITS; i++)
			assert_true(f.clear[i]);
		assert_int_equal(f.commands, DIV_ROUND_UP(UNITS, n));
	}
}

TEST(firmware__is_not_asked_for_more_than_there_is)
{
	struct firmware f = { .at_a_time = U64_MAX, .fails_at = U64_MAX };

	assert_int_equal(run(&f, 3), 3 * UNIT);
	assert_int_equal(f.commands, 1);
	assert_true(f.clear[2]);
	assert_false(f.clear[3]);
}

TEST(firmware__that_does_not_get_on_is_left)
{
	struct firmware none = { .at_a_time = 0, .fails_at = U64_MAX };
	struct firmware half = { .at_a_time = UNIT / 2, .fails_at = U64_MAX };

	assert_int_equal(run(&none, UNITS), 0);
	assert_int_equal(none.commands, 1);
	assert_int_equal(run(&half, UNITS), UNIT / 2);
	assert_int_equal(half.commands, 1);
}

TEST(failure__tells_how_far_it_has_come)
{
	struct firmware first = { .at_a_time = UNIT, .fails_at = 0 };
	struct firmware later = { .at_a_time = UNIT, .fails_at = 5 * UNIT };

	assert_int_equal(run(&first, UNITS), -EIO);
	assert_int_equal(run(&later, UNITS), 5 * UNIT);
	assert_int_equal(later.commands, 6);
}
