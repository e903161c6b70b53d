// SPDX-License-Identifier: GPL-2.0
/* How far a scrub has come. Pure; see scrub.h. */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include "poison/scrub.h"

bool scrub_advance(struct scrub *scrub, u64 start, u64 len)
{
	if (start <= scrub->at && len > scrub->at - start)
		scrub->at = min(start + len, scrub->end);
	return scrub->at == scrub->end;
}

bool scrub_meets(const struct scrub *scrub, u64 start, u64 len)
{
	return len && start < scrub->end && min(len - 1, U64_MAX - start) + start >= scrub->at;
}
