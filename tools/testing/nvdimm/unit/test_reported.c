// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/dimm/reported.c */
#include "nd_test.h"
#include "dimm/reported.h"

enum event { BOOT, WORSE, BETTER, STORE_0, STORE_1, SECURITY };

#define FIRST	1u
#define SECOND	2u

/* A start, an event, the report and the state after it. */
struct cell {
	struct nd_ro from;
	enum event event;
	u32 unarmed;		/* as firmware reports it with the event */
	bool degraded;
	enum nd_ro_report report;
	struct nd_ro to;
	bool read_only;
};

static enum nd_ro_report apply(struct nd_ro *ro, const struct cell *cell)
{
	bool locked;

	switch (cell->event) {
	case BOOT:
		*ro = nd_ro_boot(cell->unarmed);
		return ND_RO_SAME;
	case WORSE:
	case BETTER:
		return nd_ro_notice(ro, cell->unarmed, cell->degraded);
	case STORE_0:
	case STORE_1:
		nd_ro_ask(ro, cell->event == STORE_1);
		return ND_RO_SAME;
	case SECURITY:
		/* it has nothing to do with read_only */
		locked = nd_lock_notice(false, false, true);
		assert_true(locked);
		return ND_RO_SAME;
	}
	return ND_RO_SAME;
}

#define UNARMED		.unarmed = FIRST
#define DEGRADED	.degraded = true
#define ASKED		.asked = true
#define WAIVED		.waived = true

static const struct cell cells[] = {
	/* not armed */
	{ { 0 }, BOOT, 0, false, ND_RO_SAME, { 0 }, false },
	{ { ASKED }, BOOT, 0, false, ND_RO_SAME, { 0 }, false },
	{ { UNARMED, WAIVED }, BOOT, FIRST, false, ND_RO_SAME, { UNARMED }, true },
	{ { 0 }, WORSE, FIRST, false, ND_RO_UNARMED, { UNARMED }, true },
	{ { ASKED }, WORSE, FIRST, false, ND_RO_UNARMED, { UNARMED, ASKED }, true },
	{ { UNARMED, WAIVED }, WORSE, FIRST | SECOND, false, ND_RO_UNARMED,
	  { .unarmed = FIRST | SECOND }, true },
	{ { UNARMED, WAIVED }, WORSE, FIRST, false, ND_RO_SAME, { UNARMED, WAIVED }, false },
	{ { UNARMED, WAIVED }, WORSE, SECOND, false, ND_RO_UNARMED, { .unarmed = SECOND }, true },
	{ { UNARMED }, BETTER, 0, false, ND_RO_LIFTED, { 0 }, false },
	{ { UNARMED, WAIVED }, BETTER, 0, false, ND_RO_LIFTED, { 0 }, false },
	{ { UNARMED, ASKED }, BETTER, 0, false, ND_RO_ASKED, { ASKED }, true },
	{ { .unarmed = FIRST | SECOND }, BETTER, SECOND, false, ND_RO_SAME, { .unarmed = SECOND },
	  true },
	{ { .unarmed = FIRST | SECOND, WAIVED }, BETTER, SECOND, false, ND_RO_SAME,
	  { .unarmed = SECOND, WAIVED }, false },
	{ { UNARMED }, STORE_0, 0, false, ND_RO_SAME, { UNARMED, WAIVED }, false },
	{ { UNARMED }, STORE_1, 0, false, ND_RO_SAME, { UNARMED, ASKED }, true },
	{ { UNARMED, WAIVED }, STORE_1, 0, false, ND_RO_SAME, { UNARMED, ASKED }, true },
	{ { UNARMED, ASKED }, STORE_0, 0, false, ND_RO_SAME, { UNARMED, WAIVED }, false },
	{ { UNARMED }, SECURITY, 0, false, ND_RO_SAME, { UNARMED }, true },
	/* armed */
	{ { 0 }, BETTER, 0, false, ND_RO_SAME, { 0 }, false },
	{ { ASKED }, BETTER, 0, false, ND_RO_SAME, { ASKED }, true },
	{ { 0 }, STORE_0, 0, false, ND_RO_SAME, { 0 }, false },
	{ { 0 }, STORE_1, 0, false, ND_RO_SAME, { ASKED }, true },
	{ { ASKED }, STORE_0, 0, false, ND_RO_SAME, { 0 }, false },
	{ { 0 }, SECURITY, 0, false, ND_RO_SAME, { 0 }, false },
	{ { ASKED }, SECURITY, 0, false, ND_RO_SAME, { ASKED }, true },
	/* persistence */
	{ { DEGRADED, WAIVED }, BOOT, 0, false, ND_RO_SAME, { 0 }, false },
	{ { 0 }, WORSE, 0, true, ND_RO_DEGRADED, { DEGRADED }, true },
	{ { UNARMED, WAIVED }, WORSE, FIRST, true, ND_RO_DEGRADED, { UNARMED, DEGRADED }, true },
	{ { DEGRADED, WAIVED }, WORSE, 0, true, ND_RO_SAME, { DEGRADED, WAIVED }, false },
	{ { DEGRADED, WAIVED }, WORSE, FIRST, true, ND_RO_UNARMED, { UNARMED, DEGRADED }, true },
	{ { DEGRADED }, BETTER, 0, false, ND_RO_LIFTED, { 0 }, false },
	{ { DEGRADED, ASKED }, BETTER, 0, false, ND_RO_ASKED, { ASKED }, true },
	{ { UNARMED, DEGRADED }, BETTER, FIRST, false, ND_RO_SAME, { UNARMED }, true },
	{ { UNARMED, DEGRADED }, BETTER, 0, true, ND_RO_SAME, { DEGRADED }, true },
	{ { DEGRADED }, STORE_0, 0, false, ND_RO_SAME, { DEGRADED, WAIVED }, false },
	{ { DEGRADED }, STORE_1, 0, false, ND_RO_SAME, { DEGRADED, ASKED }, true },
	{ { DEGRADED }, SECURITY, 0, false, ND_RO_SAME, { DEGRADED }, true },
};

TEST(read_only__follows_each_cell_of_the_table)
{
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		const struct cell *cell = &cells[i];
		struct nd_ro ro = cell->from;
		enum nd_ro_report report = apply(&ro, cell);

		if (report != cell->report || ro.unarmed != cell->to.unarmed ||
		    ro.degraded != cell->to.degraded || ro.asked != cell->to.asked ||
		    ro.waived != cell->to.waived || nd_ro_read_only(&ro) != cell->read_only)
			fail_msg("cell %zu: report %d unarmed %#x degraded %d asked %d waived %d",
				 i, report, ro.unarmed, ro.degraded, ro.asked, ro.waived);
	}
}

TEST(read_only__returns_when_a_waived_dimm_is_disarmed_again)
{
	struct nd_ro ro = nd_ro_boot(0);

	nd_ro_notice(&ro, FIRST, false);
	assert_true(nd_ro_read_only(&ro));
	nd_ro_notice(&ro, 0, false);
	assert_false(nd_ro_read_only(&ro));
	nd_ro_notice(&ro, FIRST, false);
	nd_ro_ask(&ro, false);
	assert_false(nd_ro_read_only(&ro));
	nd_ro_notice(&ro, 0, false);
	nd_ro_notice(&ro, FIRST, false);
	assert_true(nd_ro_read_only(&ro));
}

/* treated as locked, the security state before and after, the result */
TEST(lock__follows_changes_of_the_security_state_only)
{
	static const bool cell[][4] = {
		{ false, false, false, false },
		{ false, false, true, true },
		{ false, true, false, false },
		{ false, true, true, false },
		{ true, false, false, true },
		{ true, false, true, true },
		{ true, true, false, false },
		{ true, true, true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cell); i++)
		assert_int_equal(nd_lock_notice(cell[i][0], cell[i][1], cell[i][2]), cell[i][3]);
}
