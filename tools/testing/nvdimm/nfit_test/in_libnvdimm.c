// SPDX-License-Identifier: GPL-2.0
/* What the test build of libnvdimm has more: no cache is in the way of pretended memory. */
#include "boundary.h"
#include "in_libnvdimm.h"
#include "mark.h"

int __wrap_nd_caches_invalidate(u64 start, u64 size)
{
	return mock_range_at(start) ? 0 : __real_nd_caches_invalidate(start, size);
}

NFIT_TEST_MARK(libnvdimm);
