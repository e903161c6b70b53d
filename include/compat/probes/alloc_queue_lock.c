// SPDX-License-Identifier: GPL-2.0
/*
 * A queue is made with a lock of its owner's, or NULL: until v5.0
 */
#include <linux/blkdev.h>

struct request_queue *probe(void)
{
	return blk_alloc_queue_node(GFP_KERNEL, 0, NULL);
}
