// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes. Those of a device are there while the driver is bound to it, so
 * its memory is, too: the driver core takes them away before remove(). But for
 * `remove`, which has a reference: it may wait for a lock that whoever unbinds
 * the device holds, and so is not waited for.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "common/speed.h"
#include "kmem/kmem.h"

static unsigned int offline_limit_ms = 30000;
module_param(offline_limit_ms, uint, 0644);
MODULE_PARM_DESC(offline_limit_ms,
		 "Milliseconds that removing the memory of a device may take before blocks still busy are left online (30000)");

/* ---- of a device ---- */

/*
 * The name has the driver in it: `state` is a name that the dax bus of the kernel may give to an
 * attribute of its own, with other words.
 */
static ssize_t kmem_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct kmem_memory *memory = dev_get_drvdata(dev);
	struct kmem_census census;
	enum kmem_state state;

	nd_polled_read(&memory->polled, &dev->kobj, attr->attr.name);
	state = kmem_memory_state(memory);
	census = kmem_memory_census(memory);
	return sysfs_emit(buf, "%s\n", kmem_state_word(state, &census));
}
static DEVICE_ATTR_RO(kmem_state);

static ssize_t slack_bytes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", kmem_memory_slack(dev_get_drvdata(dev)));
}
static DEVICE_ATTR_RO(slack_bytes);

static ssize_t remove_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t len)
{
	struct kmem_memory *memory = dev_get_drvdata(dev);
	struct kernfs_node *protection;
	bool wanted;
	int rc = kstrtobool(buf, &wanted);

	if (rc || !wanted)
		return -EINVAL;
	kmem_memory_get(memory);
	protection = sysfs_break_active_protection(&dev->kobj, &attr->attr);
	rc = kmem_memory_remove(memory, READ_ONCE(offline_limit_ms));
	kmem_memory_put(memory);
	if (protection)
		sysfs_unbreak_active_protection(protection);
	return rc ?: len;
}
static DEVICE_ATTR_WO(remove);

static ssize_t admission_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct kmem_memory *memory = dev_get_drvdata(dev);
	u64 done = 0, all = 0;

	kmem_job_scrubs(memory, &done, &all);
	return kmem_policy_show(memory, to_dev_dax(dev), done, all, buf);
}
static DEVICE_ATTR_RO(admission);

static ssize_t repaired_pages_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct kmem_memory *memory = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%ld\n", atomic_long_read(&memory->repaired));
}
static DEVICE_ATTR_RO(repaired_pages);

static ssize_t performance_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_speed_show(to_dev_dax(dev)->target_node, buf);
}
static DEVICE_ATTR_RO(performance);

static struct attribute *device_attrs[] = {
	&dev_attr_performance.attr,
	&dev_attr_admission.attr,
	&dev_attr_repaired_pages.attr,
	&dev_attr_kmem_state.attr,
	&dev_attr_slack_bytes.attr,
	&dev_attr_remove.attr,
	NULL,
};

static const struct attribute_group device_group = { .attrs = device_attrs };
const struct attribute_group *kmem_device_groups[] = { &device_group, NULL };

/* ---- of the driver ---- */

struct retarget {
	const struct bus_type *bus;
	int node;
	bool dry;
};

static int retarget_one(struct device *dev, void *data)
{
	const struct retarget *r = data;

	if (dev->bus != r->bus)
		return 0;
	guard(device)(dev);
	if (dev->driver)
		return -EBUSY;
	if (!r->dry)
		to_dev_dax(dev)->target_node = r->node;
	return 0;
}

/* All of a region, which has one target node: its devices show that of the region. It is locked. */
static int region_retarget(struct dev_dax *dev_dax, int node)
{
	struct retarget r = { .bus = dev_dax->dev.bus, .node = node, .dry = true };
	struct dax_region *region = dev_dax->region;

	if (node < 0 || node >= MAX_NUMNODES || !node_possible(node))
		return dax_refuse(dev_dax, -EINVAL, ND_REASON_ARGUMENT,
				  "node %d cannot exist on this machine: see /sys/devices/system/node/possible",
				  node);
	if (device_for_each_child(region->dev, &r, retarget_one))
		return dax_refuse(dev_dax, -EBUSY, ND_REASON_BUSY,
				  "its target node can be changed while no driver is bound to a device of its region");
	if (kmem_memory_kept_in(&(struct range) { region->res.start, region->res.end }))
		return dax_refuse(dev_dax, -EBUSY, ND_REASON_BUSY,
				  "System RAM of node %d stayed in its region when kmem was unbound: take that offline first",
				  region->target_node);
	if (kmem_node_choose(region, node))
		return dax_refuse(dev_dax, -ENOMEM, ND_REASON_RESOURCE,
				  "no memory to keep the choice of node %d with", node);
	r.dry = false;
	if (device_for_each_child(region->dev, &r, retarget_one)) {
		/* bound just now: as it was */
		r.node = region->target_node;
		kmem_node_choose(region, r.node);
		device_for_each_child(region->dev, &r, retarget_one);
		return dax_refuse(dev_dax, -EBUSY, ND_REASON_BUSY,
				  "a driver was bound to a device of its region meanwhile");
	}
	WRITE_ONCE(region->target_node, node);
	return 0;
}

/* Does the bus have it still? */
static bool on_bus(struct device *dev)
{
	struct device *found = bus_find_device_by_name(dev->bus, NULL, dev_name(dev));

	put_device(found);
	return found == dev;
}

/*
 * The device of its region, a reference. Who deletes a device takes it off the bus first, then its
 * lock, and only then lets go of its parent: one that is on the bus under its lock has its parent.
 */
static struct device *hold_parent(struct device *dev)
{
	guard(device)(dev);
	return on_bus(dev) ? get_device(dev->parent) : NULL;
}

/* An attribute of the driver keeps no device: the region is there while its provider is bound. */
static int device_retarget(struct device *dev, int node)
{
	struct device *parent = hold_parent(dev);
	int rc = -ENODEV;

	if (!parent)
		return rc;
	scoped_guard(device, parent)
		if (parent->driver && on_bus(dev))
			rc = region_retarget(to_dev_dax(dev), node);
	put_device(parent);
	return rc;
}

/* "daxN.M NODE", for a device that no driver is bound to (requirements X11). */
static ssize_t target_node_store(struct device_driver *drv, const char *buf, size_t len)
{
	struct device *dev;
	char name[32];
	int node, rc;

	if (sscanf(buf, "%31s %d", name, &node) != 2)
		return -EINVAL;
	dev = bus_find_device_by_name(drv->bus, NULL, name);
	if (!dev)
		return -ENODEV;
	rc = device_retarget(dev, node);
	put_device(dev);
	return rc ?: len;
}
static DRIVER_ATTR_WO(target_node);

static struct attribute *driver_attrs[] = {
	&driver_attr_target_node.attr,
	NULL,
};

static const struct attribute_group driver_group = { .attrs = driver_attrs };
const struct attribute_group *kmem_driver_groups[] = { &driver_group, NULL };
