// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/poison/scrub_status.c */
#include "nd_test.h"
#include <linux/ndctl.h>
#include "poison/scrub.h"

#define FROM	0x100000ull
#define END	0x300000ull

enum { DONE = 0, STOPPED = 3 };

/* A status of a scrub of [address, end), with room for two records. */
static const struct nd_cmd_ars_status *status(u32 how, u64 address, u64 end, u32 records)
{
	static char room[sizeof(struct nd_cmd_ars_status) + 2 * sizeof(struct nd_ars_record)];
	struct nd_cmd_ars_status *s = (void *)room;

	memset(room, 0, sizeof(room));
	s->status = how << ARS_EXT_STATUS_SHIFT;
	s->address = address;
	s->length = end - address;
	s->num_records = records;
	return s;
}

#define FULL	(sizeof(struct nd_cmd_ars_status) + 2 * sizeof(struct nd_ars_record))

LAW(scrub__that_covers_the_range_is_done)
{
	struct scrub scrub = { FROM, END };
	u32 nr;

	assert_int_equal(scrub_read(&scrub, status(DONE, FROM, END, 2), FULL, &nr), SCRUB_DONE);
	assert_int_equal(nr, 2);
	assert_int_equal(scrub_read(&scrub, status(DONE, FROM - 1, END + 1, 0), FULL, &nr),
			 SCRUB_DONE);
}

LAW(scrub__of_another_range_is_not_ours)
{
	static const struct { u64 address, end; } other[] = {
		{ FROM + 1, END }, { 0, FROM }, { END, END + FROM }, { 0, 0 },
		{ ~0ull, ~0ull },
	};
	struct scrub scrub = { FROM, END };
	u32 nr = 7;

	for (u32 i = 0; i < ARRAY_SIZE(other); i++) {
		assert_int_equal(scrub_read(&scrub, status(DONE, other[i].address, other[i].end, 2),
					    FULL, &nr), SCRUB_OTHER);
		assert_int_equal(nr, 0);
	}
	assert_int_equal(scrub_read(&scrub, status(DONE, FROM, END, 2),
				    sizeof(struct nd_cmd_ars_status) - 1, &nr), SCRUB_OTHER);
	assert_int_equal(scrub.at, FROM);
}

LAW(records__are_counted_where_they_are)
{
	struct scrub scrub = { FROM, END };
	u32 nr;

	scrub_read(&scrub, status(DONE, FROM, END, 3), FULL, &nr);
	assert_int_equal(nr, 2);
	scrub.at = FROM;
	scrub_read(&scrub, status(DONE, FROM, END, ~0u), FULL - 1, &nr);
	assert_int_equal(nr, 1);
	scrub.at = FROM;
	scrub_read(&scrub, status(DONE, FROM, END, 1), FULL, &nr);
	assert_int_equal(nr, 1);
}

static enum scrub_said stopped(struct scrub *scrub, u64 restart)
{
	struct nd_cmd_ars_status *s = (void *)status(STOPPED, FROM, END, 0);
	u32 nr;

	s->restart_address = restart;
	return scrub_read(scrub, s, FULL, &nr);
}

LAW(scrub__that_stopped_goes_on_where_it_says)
{
	struct scrub scrub = { FROM, END };

	assert_int_equal(stopped(&scrub, FROM + 0x1000), SCRUB_MORE);
	assert_int_equal(scrub.at, FROM + 0x1000);
	/* back is no way on: that could go on for ever */
	assert_int_equal(stopped(&scrub, FROM + 0x1000), SCRUB_OTHER);
	assert_int_equal(stopped(&scrub, 0), SCRUB_OTHER);
	assert_int_equal(scrub.at, FROM + 0x1000);
	/* nor one behind what was scrubbed */
	assert_int_equal(stopped(&scrub, END + 1), SCRUB_OTHER);
	assert_int_equal(stopped(&scrub, ~0ull), SCRUB_OTHER);
	assert_int_equal(scrub.at, FROM + 0x1000);
	assert_int_equal(stopped(&scrub, END), SCRUB_DONE);
}

/* Where the length is what was scrubbed, not what was to be. */
LAW(scrub__of_a_part_goes_on_behind_it)
{
	struct scrub scrub = { FROM, END };
	struct nd_cmd_ars_status *s;
	u32 nr;

	assert_int_equal(scrub_read(&scrub, status(DONE, FROM, FROM + 0x1000, 0), FULL, &nr),
			 SCRUB_MORE);
	assert_int_equal(scrub.at, FROM + 0x1000);
	s = (void *)status(STOPPED, FROM + 0x1000, FROM + 0x2000, 2);
	s->restart_address = FROM + 0x2000;
	assert_int_equal(scrub_read(&scrub, s, FULL, &nr), SCRUB_MORE);
	assert_int_equal(nr, 2);
	assert_int_equal(scrub.at, FROM + 0x2000);
}

LAW(request__is_over_when_its_last_byte_was_scrubbed)
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

LAW(record__is_cut_to_the_range)
{
	static const struct { u64 start, len; bool in; u64 s, l; } law[] = {
		{ FROM, 0, false },
		{ FROM - 512, 512, false },
		{ END, 512, false },
		{ FROM - 512, 513, true, FROM, 1 },
		{ END - 1, 512, true, END - 1, 1 },
		{ 0, ~0ull, true, FROM, END - FROM },
		{ FROM, ~0ull, true, FROM, END - FROM },
		{ ~0ull, ~0ull, false },
		{ FROM + 512, 512, true, FROM + 512, 512 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(law); i++) {
		u64 start = law[i].start, len = law[i].len;

		assert_int_equal(scrub_clip(FROM, END, &start, &len), law[i].in);
		if (law[i].in) {
			assert_int_equal(start, law[i].s);
			assert_int_equal(len, law[i].l);
		}
	}
}
