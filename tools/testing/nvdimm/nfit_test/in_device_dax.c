// SPDX-License-Identifier: GPL-2.0
/* What the test build of device_dax has more: pages of vmalloc memory do not follow each other. */
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include "boundary.h"
#include "in_device_dax.h"
#include "mark.h"

unsigned long __wrap_dax_frame(unsigned long pfn)
{
	const struct mock_range *range = mock_range_at(PFN_PHYS(pfn));

	if (!range)
		return __real_dax_frame(pfn);
	return vmalloc_to_pfn(range->memory + (PFN_PHYS(pfn) - range->start));
}

NFIT_TEST_MARK(device_dax);
