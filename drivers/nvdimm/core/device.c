// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of devices on the nd bus.
 *
 * Devices are added by a workqueue, because a probe may read megabytes of
 * labels or map terabytes; each parent counts what is queued for its children.
 * Exactly one caller gets to delete a device (B2); who asks from within one of
 * the device's own attributes has it done by the queue, outside the attribute
 * (B3). A device has attributes before it has been added to the end: who deletes
 * it waits for that, too.
 *
 * Not the kernel's async domains: those run the work in the caller when memory
 * is short, and the callers hold locks that a probe takes.
 */
#include <linux/device.h>
#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "core/bus.h"

static struct lock_class_key nd_level_key[ND_LEVELS];

/* As lockdep calls them. */
static const char * const nd_level_name[] = {
	[ND_LEVEL_BUS] = "nd_bus_device",
	[ND_LEVEL_DIMM] = "nd_dimm_device",
	[ND_LEVEL_REGION] = "nd_region_device",
	[ND_LEVEL_CLAIM] = "nd_claim_device",
	[ND_LEVEL_NAMESPACE] = "nd_namespace_device",
};

/* Its destruction is what waits for the last instruction of a job. */
static struct workqueue_struct *nd_wq;

struct nd_job {
	struct work_struct work;
	struct llist_node failed;		/* in nvdimm_bus.failed */
	struct list_head adding;		/* in nd_async.adding, until @dev has been added */
	u64 nr;					/* ascends in that list */
	struct device *dev;
	bool (*run)(struct device *dev);	/* false: @dev could not be added, keep it */
};

static void async_init(struct nd_async *async)
{
	atomic_set(&async->pending, 0);
	init_waitqueue_head(&async->idle);
	spin_lock_init(&async->lock);
	INIT_LIST_HEAD(&async->adding);
}

static struct nd_async *async_of(struct device *parent)
{
	return nd_type_of(parent)->children(parent);
}

void nd_async_flush(struct device *parent)
{
	struct nd_async *async = async_of(parent);

	wait_event(async->idle, !atomic_read(&async->pending));
}

/* ---- devices on their way in ---- */

static void adding_begins(struct nd_async *async, struct nd_job *job)
{
	spin_lock(&async->lock);
	job->nr = ++async->added;
	list_add_tail(&job->adding, &async->adding);
	spin_unlock(&async->lock);
}

static void adding_ends(struct nd_async *async, struct nd_job *job)
{
	scoped_guard(spinlock, &async->lock)
		list_del(&job->adding);
	wake_up_all(&async->idle);
}

static bool is_being_added(struct nd_async *async, const struct device *dev)
{
	const struct nd_job *job;
	bool found = false;

	spin_lock(&async->lock);
	list_for_each_entry(job, &async->adding, adding)
		found |= job->dev == dev;
	spin_unlock(&async->lock);
	return found;
}

/* The first one with a number above *@nr, which becomes its; the caller puts it. */
static struct device *next_being_added(struct nd_async *async, u64 *nr)
{
	const struct nd_job *job;
	struct device *dev = NULL;

	spin_lock(&async->lock);
	list_for_each_entry(job, &async->adding, adding) {
		if (job->nr <= *nr)
			continue;
		*nr = job->nr;
		dev = get_device(job->dev);
		break;
	}
	spin_unlock(&async->lock);
	return dev;
}

/* In this order: a device leaves the list only after the driver core has it. */
int nd_visit_children(struct device *parent, void *data, nd_child_fn fn)
{
	struct nd_async *async = async_of(parent);
	struct device *dev;
	u64 nr = 0;
	int rc = 0;

	while (!rc && (dev = next_being_added(async, &nr))) {
		rc = fn(dev, data);
		put_device(dev);
	}
	return rc ?: device_for_each_child(parent, data, fn);
}

/* Not before it has been added. What could not be, is its maker's to put. */
static void device_unregister_added(struct device *dev)
{
	struct nd_async *async = async_of(dev->parent);

	wait_event(async->idle, !is_being_added(async, dev));
	if (device_is_registered(dev))
		device_unregister(dev);
}

/* ---- jobs ---- */

static void run_job(struct work_struct *work)
{
	struct nd_job *job = container_of(work, struct nd_job, work);
	struct device *dev = job->dev;
	/* the device may go with the job, and a waiter may then let the parent go */
	struct device *parent = get_device(dev->parent);
	struct nd_async *async = async_of(parent);
	bool done = job->run(dev);

	if (!list_empty(&job->adding))
		adding_ends(async, job);
	if (done)
		kfree(job);
	else
		llist_add(&job->failed, &to_nvdimm_bus(parent)->failed);
	put_device(dev);
	if (atomic_dec_and_test(&async->pending))
		wake_up_all(&async->idle);
	put_device(parent);
}

/* Never in the caller, whose locks are not known, and never refused: the caller cannot give up. */
static struct nd_job *new_job(struct device *dev, bool (*run)(struct device *dev))
{
	struct nd_job *job = kmalloc(sizeof(*job), GFP_KERNEL | __GFP_NOFAIL);

	INIT_WORK(&job->work, run_job);
	INIT_LIST_HEAD(&job->adding);
	job->dev = get_device(dev);
	job->run = run;
	return job;
}

static void queue_job(struct nd_job *job)
{
	struct device *dev = job->dev;

	atomic_inc(&async_of(dev->parent)->pending);
	queue_work_node(dev_to_node(dev), nd_wq, &job->work);
}

void nd_device_init(struct device *dev, struct device *parent)
{
	const struct nd_device_type *type;
	enum nd_level level;

	device_initialize(dev);
	dev->bus = &nvdimm_bus_type;
	type = nd_type_of(dev);
	level = type->level;
	if (type->children)
		async_init(type->children(dev));
	/* nothing is known of it yet, whoever lay here before and could not say that it went */
	nd_diag_forget(dev);
	/* B7: the driver core would leave this lock out */
	lockdep_set_class_and_name(&dev->mutex, &nd_level_key[level], nd_level_name[level]);
	device_set_pm_not_required(dev);
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
		nd_remark(dev->parent, rc, ND_REASON_RESOURCE, "cannot add %s", dev_name(dev));
	return rc;
}

/*
 * What could not be added: a child of a region is forgotten by what names it,
 * and dies with the reference its maker gave away. A DIMM or a region has a
 * provider, which was given a pointer that is good until the bus goes. So it stays,
 * unregistered, in the job: there is no memory to note it elsewhere.
 */
static bool add_job(struct device *dev)
{
	const struct nd_device_type *above = nd_type_of(dev->parent);

	if (!nd_device_add(dev))
		return true;
	if (!above->child_lost)
		return false;
	above->child_lost(dev->parent, dev);
	put_device(dev);
	return true;
}

void nd_device_add_async(struct device *dev)
{
	struct nd_job *job = new_job(dev, add_job);

	adding_begins(async_of(dev->parent), job);
	queue_job(job);
}

/* Whoever was faster, or has taken the device away, is right, too. */
static bool attach_job(struct device *dev)
{
	if (device_attach(dev) < 0)
		dev_dbg(dev, "not bound again\n");
	return true;
}

void nd_device_attach_async(struct device *dev)
{
	queue_job(new_job(dev, attach_job));
}

static bool unregister_job(struct device *dev)
{
	device_unregister_added(dev);
	return true;
}

/*
 * B2: kill_device() is true for one caller only, and that one unregisters. A
 * device that could not be added has nothing to kill.
 */
static bool claim_kill(struct device *dev)
{
	device_lock_assert(dev);
	return device_is_registered(dev) && kill_device(dev);
}

/* B3: in the queue, because an attribute cannot wait for its own end. */
void nd_device_kill_async(struct device *dev)
{
	if (claim_kill(dev))
		queue_job(new_job(dev, unregister_job));
}

void nd_device_kill(struct device *dev)
{
	bool mine;

	scoped_guard(device, dev)
		mine = claim_kill(dev);
	/* not under the device lock: removal takes it, and waits for others that want it */
	if (mine)
		device_unregister_added(dev);
}

void nd_async_reap_failed(struct nvdimm_bus *bus)
{
	struct nd_job *job, *next;

	llist_for_each_entry_safe(job, next, llist_del_all(&bus->failed), failed) {
		put_device(job->dev);
		kfree(job);
	}
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
