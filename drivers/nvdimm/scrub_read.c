// SPDX-License-Identifier: GPL-2.0
/* What the status of a scrub says. Pure; see scrub.h. */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/types.h>
#include "scrub.h"

/* Extended status (ACPI 6.5 §9.19.7.6): it ended before its end. */
#define STOPPED		3

static bool is_ours(const struct scrub *scrub, const struct nd_cmd_ars_status *status)
{
	/* as offsets, so that nothing wraps */
	return status->address <= scrub->at && status->length >= scrub->end - status->address;
}

enum scrub_said scrub_read(struct scrub *scrub, const struct nd_cmd_ars_status *status, u32 len,
			   u32 *nr)
{
	*nr = 0;
	if (len < sizeof(*status) || !is_ours(scrub, status))
		return SCRUB_OTHER;
	*nr = min_t(u64, status->num_records,
		    (len - sizeof(*status)) / sizeof(status->records[0]));
	if (status->status >> ARS_EXT_STATUS_SHIFT != STOPPED)
		return SCRUB_DONE;
	/* one that does not get on is one that somebody has stopped */
	if (status->restart_address <= scrub->at)
		return SCRUB_OTHER;
	scrub->at = min(status->restart_address, scrub->end);
	return scrub->at == scrub->end ? SCRUB_DONE : SCRUB_MORE;
}

bool scrub_clip(u64 from, u64 end, u64 *start, u64 *len)
{
	u64 last;

	if (!*len || *start >= end)
		return false;
	last = min(*len - 1, U64_MAX - *start) + *start;
	if (last < from)
		return false;
	*start = max(*start, from);
	*len = min(last, end - 1) - *start + 1;
	return true;
}
