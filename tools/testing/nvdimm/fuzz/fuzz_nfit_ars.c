// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/ars/plan.c drivers/nvdimm/nfit/dsm/marshal.c */
/* objects: drivers/nvdimm/core/command.c */
/* max_len: 512 */
#include "nd_fuzz.h"
#include <linux/ndctl.h>
#include "nfit/ars/plan.h"
#include "nfit/dsm/marshal.h"

/* Is it of one range, which can be scrubbed? */
static bool is_within(const struct ars_plan *plan, const struct ars_step *step)
{
	for (u32 i = 0; i < plan->nr; i++) {
		const struct ars_range *r = &plan->range[i];

		if (r->usable && step->address >= r->start &&
		    step->address + step->length <= r->start + r->length)
			return true;
	}
	return false;
}

/* The job, with firmware that answers anything; the plan must end when the answers do. */
static void carry_out(struct fuzz_in *in, struct ars_plan *plan)
{
	u64 room[24];
	struct nd_cmd_ars_status *st = (void *)room;
	struct ars_answer answer;
	struct ars_outcome out;
	int steps = 0, rc;

	while (ars_busy(plan)) {
		struct ars_step step = ars_next(plan);
		u32 len = fuzz_u8(in) % (sizeof(room) + 1);

		fuzz_assert(steps++ < 100000);
		/* whatever the step is; of an input that is used up, nothing is taken back */
		if (fuzz_u8(in) % 32 == 31)
			ars_cancel(plan);
		switch (step.action) {
		case ARS_QUERY:
			memset(room, 0, sizeof(room));
			fuzz_take(in, room, len);
			/* an input that is used up reads as "done" */
			rc = nfit_bus_status(ND_CMD_ARS_STATUS, st->status, st, len);
			ars_read_status(st, len, &answer);
			fuzz_assert(sizeof(*st) + answer.nr * sizeof(st->records[0]) <=
				    sizeof(room));
			out = ars_asked(plan, rc, &answer);
			/* nothing counts that firmware does not say */
			fuzz_assert(out.reason || !out.len ||
				    (answer.address <= out.start &&
				     out.start - answer.address + out.len <= answer.length));
			break;
		case ARS_START:
			fuzz_assert(step.length && is_within(plan, &step));
			rc = nfit_bus_status(ND_CMD_ARS_START, fuzz_u8(in) % 8, NULL, 0);
			ars_begun(plan, rc);
			break;
		case ARS_WAIT:
			fuzz_assert(step.delay >= ARS_WAIT_MIN && step.delay <= ARS_WAIT_MAX);
			ars_wake(plan);
			break;
		case ARS_REST:
			return;
		}
	}
}

void fuzz_one(struct fuzz_in *in)
{
	struct ars_range range[3] = { };
	struct ars_plan plan = { .range = range, .nr = fuzz_u8(in) % 4, .fresh = true };
	u64 at = 4096;

	for (u32 i = 0; i < plan.nr; i++) {
		range[i] = (struct ars_range) {
			.start = at, .length = (fuzz_u32(in) + 1ull) << 12,
			.type = ND_ARS_PERSISTENT, .usable = fuzz_u8(in) & 1,
		};
		at += range[i].length;
	}
	for (int round = 0; round < 3; round++) {
		if (fuzz_u8(in) & 1)
			ars_recall(&plan, fuzz_u8(in) & 1);
		if (fuzz_u8(in) & 1)
			ars_scrub(&plan, (u64)fuzz_u32(in) << 12, (u64)fuzz_u32(in) << 12);
		carry_out(in, &plan);
		fuzz_assert(!plan.run && !ars_left(&plan));
	}
}

void fuzz_seeds(void)
{
	u8 seed[64];

	memset(seed, 1, sizeof(seed));
	fuzz_seed("ones", seed, sizeof(seed));
	for (u32 i = 0; i < sizeof(seed); i++)
		seed[i] = i * 37;
	fuzz_seed("mixture", seed, sizeof(seed));
}
