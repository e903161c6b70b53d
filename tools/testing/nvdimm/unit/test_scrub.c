// SPDX-License-Identifier: GPL-2.0
#include "nd_test.h"
#include "poison/scrub.h"

#define FROM	0x100000ull
#define END	0x300000ull

TEST(request__is_over_when_its_last_byte_was_scrubbed)
{
	struct scrub scrub = { FROM, END };

	assert_false(scrub_advance(&scrub, 0, FROM));
	assert_false(scrub_advance(&scrub, FROM + 1, END));
	assert_int_equal(scrub.at, FROM);
	assert_false(scrub_advance(&scrub, 0, FROM + 1));
	assert_int_equal(scrub.at, FROM + 1);
	assert_false(scrub_meets(&scrub, 0, FROM + 1));
	assert_false(scrub_meets(&scrub, END, END));
	assert_true(scrub_meets(&scrub, END - 1, 1));
	assert_true(scrub_meets(&scrub, 0, ~0ull));
	assert_true(scrub_advance(&scrub, FROM, END));
	assert_int_equal(scrub.at, END);
}

TEST(request__meets_what_has_a_byte_of_it)
{
	static const struct { u64 start, len; bool meets; } row[] = {
		{ FROM, 0, false },
		{ FROM - 512, 512, false },
		{ END, 512, false },
		{ FROM - 512, 513, true },
		{ FROM, ~0ull, true },
		{ ~0ull, ~0ull, false },
		{ FROM + 512, 512, true },
	};
	const struct scrub scrub = { FROM, END };

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(scrub_meets(&scrub, row[i].start, row[i].len), row[i].meets);
}
