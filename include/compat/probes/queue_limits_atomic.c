// SPDX-License-Identifier: GPL-2.0
/*
 * queue_limits tells which writes are atomic: v6.11,
 * 9da3d1e912f3 ("block: Add core atomic write support")
 */
#include <linux/blkdev.h>

unsigned int probe(struct queue_limits *lim)
{
	return lim->atomic_write_hw_unit_max;
}
