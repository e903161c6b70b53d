// SPDX-License-Identifier: GPL-2.0
/*
 * Soft-reserved ranges are in a resource tree of their own: v7.0 ("dax/hmem, e820,
 * resource: Defer Soft Reserved insertion until hmem is ready")
 * exported: walk_soft_reserve_res
 */
#include <linux/ioport.h>

int probe(int (*each)(struct resource *res, void *arg))
{
	return walk_soft_reserve_res(0, 1, NULL, each);
}
