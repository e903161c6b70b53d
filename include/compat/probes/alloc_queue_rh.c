// SPDX-License-Identifier: GPL-2.0
/*
 * A queue is made with who takes its bios, as v5.7 does (3d745ea5b095 "block: simplify queue
 * allocation"), by a name of RHEL 8's own, from 8.5 at the latest
 */
#include <linux/blkdev.h>

struct request_queue *probe(make_request_fn *fn)
{
	return blk_alloc_queue_rh(fn, 0);
}
