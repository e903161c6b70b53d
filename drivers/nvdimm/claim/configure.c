// SPDX-License-Identifier: GPL-2.0
/*
 * The one way of configuration stores, and the claim of a region for a process.
 */
#include <linux/device.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "claim/claim.h"
#include "claim/configure.h"
#include "common/censor.h"

/* ---- who may ---- */

/* Is this the holder, or was it started by the holder or what that has started? */
static bool is_of(struct task_struct *task, const struct pid *holder)
{
	struct task_struct *parent;

	for (;; task = parent) {
		if (task_tgid(task) == holder)
			return true;
		parent = rcu_dereference(task->real_parent);
		if (parent == task)
			return false;
	}
}

/* As long as one of its threads: the first may have ended long before. */
static bool is_alive(struct pid *holder)
{
	const struct task_struct *task = pid_task(holder, PIDTYPE_TGID);

	return task && atomic_read(&task->signal->live);
}

/* Who has it, if that is neither the caller nor nobody. holder_lock is held. */
static struct pid *other_holder(struct nd_region *region)
{
	struct pid *holder = region->holder;
	bool other;

	if (!holder)
		return NULL;
	rcu_read_lock();
	other = is_alive(holder) && !is_of(current, holder);
	rcu_read_unlock();
	return other ? holder : NULL;
}

static int refuse_other(struct nd_region *region, struct device *dev, struct pid *other)
{
	int rc = nd_note(dev, -EAGAIN, ND_REASON_EXCLUSIVE,
			 "%s is being configured by process " ND_PRIVATE("%d")
			 " alone: try again when it has ended",
			 dev_name(&region->dev), pid_nr(other));

	put_pid(other);
	return rc;
}

/* Without config: a writer that is not to wait for the holder's work does not wait here. */
static int check_claim(struct nd_region *region, struct device *dev)
{
	struct pid *other;

	scoped_guard(spinlock, &region->holder_lock)
		other = get_pid(other_holder(region));
	return other ? refuse_other(region, dev, other) : 0;
}

/* A reference to @holder is given away; NULL: nobody has it from now on. */
static int change_holder(struct nd_region *region, struct device *dev, struct pid *holder)
{
	struct pid *other;

	scoped_guard(spinlock, &region->holder_lock) {
		other = get_pid(other_holder(region));
		if (!other)
			swap(region->holder, holder);
	}
	put_pid(holder);
	return other ? refuse_other(region, dev, other) : 0;
}

/* ---- stores ---- */

/* Who waited for the lock of a claim may get it when that has been given up. */
static int check_alive(struct device *dev)
{
	if (!is_nd_claim(dev) || !to_nd_claim(dev)->dying)
		return 0;
	return nd_note(dev, -ENODEV, ND_REASON_DISABLED,
		       "being deleted: it has just given its namespace back");
}

static int config_check_idle(struct device *dev)
{
	struct device *claim = is_nd_namespace(dev) ? to_ndns(dev)->claim : NULL;

	if (claim)
		return nd_note(dev, -EBUSY, ND_REASON_CLAIMED, "claimed by %s", dev_name(claim));
	if (dev->driver)
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "disable %s first", dev_name(dev));
	return is_nd_namespace(dev) ? nd_ns_check_known(to_nd_ns(dev)) : 0;
}

/* For a change that has told nothing itself. */
static int config_explain(struct device *dev, int rc)
{
	switch (rc) {
	case -ENOMEM:
		return nd_explain(dev, rc, ND_REASON_RESOURCE, "no memory");
	case -EINVAL:
	case -ERANGE:
		return nd_explain(dev, rc, ND_REASON_ARGUMENT, "not a value this attribute takes");
	default:
		return nd_explain(dev, rc, ND_REASON_RESOURCE, "the kernel refuses it");
	}
}

static ssize_t config_apply(struct device *dev, const char *buf, size_t len, nd_change_fn change,
			    bool live)
{
	struct nd_region *region = nd_region_of(dev);
	int rc;

	/* a writer that is not to wait for the holder's work is told before it would */
	rc = check_claim(region, dev);
	if (rc)
		return rc;
	/*
	 * Rule B6: the device lock first, as a probe has it when it comes to take
	 * config. A task that holds both has no probe of @dev to wait for, and waits for no
	 * other one.
	 */
	guard(device)(dev);
	guard(nd_config_write)(region);
	rc = check_alive(dev);
	if (!rc)
		rc = check_claim(region, dev);
	if (!rc && !live)
		rc = config_check_idle(dev);
	if (!rc)
		rc = change(dev, buf, len);
	if (rc)
		return config_explain(dev, rc);
	nd_ok(dev);
	return len;
}

ssize_t nd_config_store(struct device *dev, const char *buf, size_t len, nd_change_fn change)
{
	return config_apply(dev, buf, len, change, false);
}

ssize_t nd_config_store_live(struct device *dev, const char *buf, size_t len,
			     nd_change_fn change)
{
	return config_apply(dev, buf, len, change, true);
}

/* ---- config_claim ---- */

static ssize_t config_claim_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_region *region = to_nd_region(dev);
	int nr = 0;

	scoped_guard(spinlock, &region->holder_lock) {
		rcu_read_lock();
		if (region->holder && is_alive(region->holder))
			nr = pid_vnr(region->holder);
		rcu_read_unlock();
	}
	return nr ? sysfs_emit(buf, "%d\n", nr) : sysfs_emit(buf, "\n");
}

static ssize_t config_claim_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct nd_region *region = to_nd_region(dev);
	bool claim;
	int rc = kstrtobool(buf, &claim);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "config_claim takes 0 or 1");
	rc = change_holder(region, dev, claim ? get_pid(task_tgid(current)) : NULL);
	if (rc)
		return rc;
	/* what others began before ends before the claim counts: a store, no more than that */
	down_write(&region->config);
	up_write(&region->config);
	nd_ok(dev);
	return len;
}
DEVICE_ATTR_ADMIN_RW(config_claim);

void nd_config_forget(struct nd_region *region)
{
	put_pid(region->holder);
	region->holder = NULL;
}
