// SPDX-License-Identifier: GPL-2.0
/*
 * blk_alloc_disk() takes the limits, features among them, and returns ERR_PTR:
 * v6.9, 74fa8f9c553f ("block: pass a queue_limits argument to blk_alloc_disk"), and
 * v6.11, 1122c0c1cc71 ("block: move cache control settings out of queue->flags")
 */
#include <linux/blkdev.h>

struct gendisk *probe(int node)
{
	struct queue_limits lim = { .features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_DAX };

	return blk_alloc_disk(&lim, node);
}
