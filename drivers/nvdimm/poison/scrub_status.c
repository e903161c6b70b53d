// SPDX-License-Identifier: GPL-2.0
/* What the status of a scrub says. Pure; see scrub.h. */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/types.h>
#include "poison/scrub.h"

/* Extended status (ACPI 6.5 §9.19.7.6): it ended before its end. */
#define STOPPED		3

/* The byte behind what has been scrubbed; 0: that makes no sense. */
static u64 scrub_reached(const struct nd_cmd_ars_status *status)
{
	u64 upto = status->address + min(status->length, U64_MAX - status->address);

	if (status->status >> ARS_EXT_STATUS_SHIFT != STOPPED)
		return upto;
	return status->restart_address > upto ? 0 : status->restart_address;
}

enum scrub_said scrub_read(struct scrub *scrub, const struct nd_cmd_ars_status *status, u32 len,
			   u32 *nr)
{
	u64 upto;

	*nr = 0;
	if (len < sizeof(*status) || status->address > scrub->at)
		return SCRUB_OTHER;
	upto = scrub_reached(status);
	/* one that does not get on is one that somebody has stopped */
	if (upto <= scrub->at)
		return SCRUB_OTHER;
	*nr = min_t(u64, status->num_records,
		    (len - sizeof(*status)) / sizeof(status->records[0]));
	scrub->at = min(upto, scrub->end);
	return scrub->at == scrub->end ? SCRUB_DONE : SCRUB_MORE;
}

bool scrub_advance(struct scrub *scrub, u64 start, u64 len)
{
	if (start <= scrub->at && len > scrub->at - start)
		scrub->at = min(start + len, scrub->end);
	return scrub->at == scrub->end;
}

bool scrub_meets(const struct scrub *scrub, u64 start, u64 len)
{
	return scrub_clip(scrub->at, scrub->end, &start, &len);
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
