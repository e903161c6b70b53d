// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of devices on the nd bus.
 *
 * Devices are added by a workqueue, because a probe may read megabytes of
 * labels or map terabytes; each parent counts what is queued for its children.
 * Exactly one caller gets to delete a device (B2); who asks from within one of
 * the device's own attributes has it done by the queue, outside the attribute
 * (B3).
 *
 * Not the kernel's async domains: those run the work in the caller when memory
 * is short, and the callers hold locks that a probe takes.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "bus.h"
#include "region.h"

struct lock_class_key nd_level_key[ND_LEVELS];

/* Its destruction is what waits for the last instruction of a job. */
static struct workqueue_struct *nd_wq;

struct nd_job {
	struct work_struct work;
	struct device *dev;
	void (*run)(struct device *dev);
};

void nd_async_init(struct nd_async *async)
{
	atomic_set(&async->pending, 0);
	init_waitqueue_head(&async->idle);
}

static struct nd_async *async_of(struct device *parent)
{
	if (is_nd_region(parent))
		return &to_nd_region(parent)->async;
	return &to_nvdimm_bus(parent)->async;
}

void nd_async_flush(struct device *parent)
{
	struct nd_async *async = async_of(parent);

	wait_event(async->idle, !atomic_read(&async->pending));
}

static void run_job(struct work_struct *work)
{
	struct nd_job *job = container_of(work, struct nd_job, work);
	struct device *dev = job->dev;
	/* the device may go with the job, and who waits may then let the parent go */
	struct device *parent = get_device(dev->parent);
	struct nd_async *async = async_of(parent);

	job->run(dev);
	kfree(job);
	put_device(dev);
	if (atomic_dec_and_test(&async->pending))
		wake_up_all(&async->idle);
	put_device(parent);
}

/* Never in the caller, whose locks are not known, and never refused: who asks cannot give up. */
static void queue_job(struct device *dev, void (*run)(struct device *dev))
{
	struct nd_job *job = kmalloc(sizeof(*job), GFP_KERNEL | __GFP_NOFAIL);

	INIT_WORK(&job->work, run_job);
	job->dev = get_device(dev);
	job->run = run;
	atomic_inc(&async_of(dev->parent)->pending);
	queue_work_node(dev_to_node(dev), nd_wq, &job->work);
}

void nd_device_init(struct device *dev, struct device *parent, enum nd_level level)
{
	device_initialize(dev);
	lockdep_set_class(&dev->mutex, &nd_level_key[level]);
	device_set_pm_not_required(dev);
	dev->bus = &nvdimm_bus_type;
	dev->parent = get_device(parent);
	if (parent && dev_to_node(dev) == NUMA_NO_NODE)
		set_dev_node(dev, dev_to_node(parent));
}

void nd_device_fini(struct device *dev)
{
	nd_diag_forget(dev);
	put_device(dev->parent);
}

int nd_device_add(struct device *dev)
{
	int rc = device_add(dev);

	if (rc)
		nd_fail(dev->parent, rc, ND_WHY_RESOURCE, "cannot add %s", dev_name(dev));
	return rc;
}

/* A device that could not be added dies with the reference its maker gave away. */
static void add_job(struct device *dev)
{
	if (!nd_device_add(dev))
		return;
	if (is_nd_region(dev->parent))
		nd_region_lost(to_nd_region(dev->parent), dev);
	put_device(dev);
}

void nd_device_add_async(struct device *dev)
{
	queue_job(dev, add_job);
}

void nd_device_kill_async(struct device *dev)
{
	device_lock_assert(dev);
	if (kill_device(dev))
		queue_job(dev, device_unregister);
}

void nd_device_kill(struct device *dev)
{
	bool mine;

	device_lock(dev);
	mine = kill_device(dev);
	device_unlock(dev);
	if (mine)
		device_unregister(dev);
}

int nd_async_start(void)
{
	nd_wq = alloc_workqueue("nd", WQ_UNBOUND, 0);
	return nd_wq ? 0 : -ENOMEM;
}

void nd_async_stop(void)
{
	destroy_workqueue(nd_wq);
}
