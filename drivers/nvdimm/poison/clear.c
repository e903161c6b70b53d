// SPDX-License-Identifier: GPL-2.0
/* As often as firmware gets on. Pure: see clear.h. */
#include <linux/align.h>
#include <linux/minmax.h>
#include "poison/clear.h"

s64 clear_all(u64 start, u64 len, u32 unit, s64 (*clear)(void *data, u64 start, u64 len),
	      void *data)
{
	u64 done = 0;
	s64 rc;

	do {
		rc = clear(data, start + done, len - done);
		if (rc < 0)
			return done ? (s64)done : rc;
		done += min((u64)rc, len - done);
		/* it is told of whole units, and it did not clear one */
	} while (rc && done < len && IS_ALIGNED(done, unit));
	return done;
}
