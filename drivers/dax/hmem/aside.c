// SPDX-License-Identifier: GPL-2.0
/* The pieces of a range that are set aside. Pure: see aside.h. */
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include "hmem/aside.h"

void hmem_walk_init(struct hmem_walk *walk, u64 start, u64 size, u64 unit,
		    enum hmem_share (*share)(u64 start, u64 size))
{
	u64 at = ALIGN(start, unit), end = ALIGN_DOWN(start + size, unit);

	/* it wraps, or holds no whole unit */
	if (at < start || end < start || end < at)
		end = at;
	*walk = (struct hmem_walk) {
		.at = at, .end = end, .step = end - at, .unit = unit, .share = share,
	};
}

bool hmem_walk_next(struct hmem_walk *walk, u64 *start, u64 *size)
{
	*size = 0;
	while (walk->at < walk->end) {
		u64 len = min(walk->step, walk->end - walk->at);
		enum hmem_share share = walk->share(walk->at, len);

		if (share == HMEM_PART && len > walk->unit) {
			walk->step = ALIGN(len / 2, walk->unit);
			continue;
		}
		if (share == HMEM_ALL && !*size)
			*start = walk->at;
		if (share == HMEM_ALL)
			*size += len;
		else if (*size)
			break;
		walk->at += len;
		walk->step = min(len, U64_MAX / 2) * 2;
	}
	return *size;
}
