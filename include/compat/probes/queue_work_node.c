// SPDX-License-Identifier: GPL-2.0
/*
 * queue_work_node(): v5.1,
 * 8204e0c1113d ("workqueue: Provide queue_work_node to queue work near a given NUMA node")
 */
#include <linux/workqueue.h>

bool probe(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_node(0, wq, work);
}
