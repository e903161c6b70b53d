// SPDX-License-Identifier: GPL-2.0
/*
 * blk_mq_freeze_queue() returns the allocation scope for blk_mq_unfreeze_queue(): v6.14,
 * 1e1a9cecfab3 ("block: force noio scope in blk_mq_freeze_queue")
 */
#include <linux/blk-mq.h>

void probe(struct request_queue *q)
{
	unsigned int memflags = blk_mq_freeze_queue(q);

	blk_mq_unfreeze_queue(q, memflags);
}
