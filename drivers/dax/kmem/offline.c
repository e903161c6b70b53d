// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a memory block offline, with a bound. The core tries for ever to move a
 * page that somebody has pinned, until its task has a signal; so a task of our
 * own tries, and is sent one when its time is up.
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "kmem/kmem.h"

struct attempt {
	int nid;
	u64 start;
	u64 size;
	struct completion done;
};

bool kmem_block_online(u64 start, u64 size)
{
	/* the last page: the first ones may be the struct pages of the block itself */
	return pfn_to_online_page(PHYS_PFN(start + size - 1));
}

static int attempt_to_remove(void *data)
{
	struct attempt *a = data;
	int rc;

	allow_signal(SIGKILL);
	rc = compat_offline_and_remove_memory(a->nid, a->start, a->size);
	complete(&a->done);
	return rc;
}

int kmem_offline_remove(int nid, u64 start, u64 size, unsigned int limit_ms)
{
	struct attempt a = { .nid = nid, .start = start, .size = size };
	struct task_struct *task;
	long left;
	int rc;

	init_completion(&a.done);
	task = kthread_create(attempt_to_remove, &a, "kmem/%llx", start);
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);
	wake_up_process(task);
	left = wait_for_completion_interruptible_timeout(&a.done, msecs_to_jiffies(limit_ms));
	/* a signal that comes before the task allows it is lost */
	while (left <= 0) {
		send_sig(SIGKILL, task, 1);
		if (wait_for_completion_timeout(&a.done, msecs_to_jiffies(100)))
			break;
	}
	rc = kthread_stop(task);
	put_task_struct(task);
	/* it may have succeeded when it was too late to stop it */
	if (rc && left < 0)
		return -EINTR;
	return rc ? -EBUSY : 0;
}
