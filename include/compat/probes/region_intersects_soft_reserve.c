// SPDX-License-Identifier: GPL-2.0
/*
 * Soft-reserved ranges are in a resource tree of their own: v7.0 ("dax/hmem, e820,
 * resource: Defer Soft Reserved insertion until hmem is ready")
 */
#include <linux/ioport.h>

int probe(void)
{
	return region_intersects_soft_reserve(0, 1);
}
