// SPDX-License-Identifier: GPL-2.0
/*
 * The nd bus: matching, probing, and the life of struct nvdimm_bus.
 */
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "core/badrange.h"
#include "core/bus.h"
#include "claim/claim.h"
#include "dimm/dimm.h"
#include "namespace/namespace.h"
#include "poison/memory.h"
#include "region/region.h"
#include "core/trace.h"

static DEFINE_IDA(bus_ida);

/* Asked at each uevent: what comes and goes most often is found first. */
int nd_device_type(const struct device *dev)
{
	if (is_namespace_pmem(dev))
		return ND_DEVICE_NAMESPACE_PMEM;
	if (is_namespace_io(dev))
		return ND_DEVICE_NAMESPACE_IO;
	if (is_nd_dax(dev))
		return ND_DEVICE_DAX_PMEM;
	if (is_nd_pfn(dev) || is_nd_btt(dev))
		return nd_region_nstype(to_nd_region(dev->parent));
	if (is_nd_region(dev))
		return ND_DEVICE_REGION_PMEM;
	if (is_nvdimm(dev))
		return ND_DEVICE_DIMM;
	return 0;
}

static int nd_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	return add_uevent_var(env, "MODALIAS=" ND_DEVICE_MODALIAS_FMT, nd_device_type(dev));
}
COMPAT_BUS_UEVENT(nd_uevent)

/*
 * An enabled region pins its provider's module: unloading nfit must fail while a
 * disk is open. Buses and DIMMs pin nothing, they go when the provider wants.
 */
static struct module *pinned(const struct device *dev)
{
	return is_nd_region(dev) ? to_nvdimm_bus(dev->parent)->desc->module : NULL;
}

static int nd_probe(struct device *dev)
{
	const struct nd_device_driver *drv = to_nd_device_driver(dev->driver);
	struct module *provider = pinned(dev);
	int rc;

	if (!try_module_get(provider))
		return nd_note(dev, -ENXIO, ND_WHY_DISABLED, "its provider is being unloaded");
	/* what the last attempt said no longer counts; a success may still leave a remark */
	nd_ok(dev);
	rc = drv->probe(dev);
	trace_nd_bind(dev, rc);
	if (rc)
		module_put(provider);
	if (rc == -ENOMEM)
		nd_explain(dev, rc, ND_WHY_RESOURCE, "memory is short");
	if ((!rc || rc == -EOPNOTSUPP) && is_nd_region(dev->parent))
		nd_region_probed(to_nd_region(dev->parent), dev);
	return rc;
}

static void nd_remove(struct device *dev)
{
	const struct nd_device_driver *drv = to_nd_device_driver(dev->driver);

	if (drv->remove)
		drv->remove(dev);
	module_put(pinned(dev));
}

static void nd_shutdown(struct device *dev)
{
	const struct nd_device_driver *drv;

	if (!dev->driver)
		return;
	drv = to_nd_device_driver(dev->driver);
	if (drv->shutdown)
		drv->shutdown(dev);
}

/* The driver of bus devices; everything else matches by type. */
static struct nd_device_driver nd_bus_driver;

static int nd_match(struct device *dev, const struct device_driver *drv)
{
	const struct nd_device_driver *nd_drv = to_nd_device_driver(drv);

	if (is_nvdimm_bus(dev))
		return nd_drv == &nd_bus_driver;
	return !!(nd_drv->type & BIT(nd_device_type(dev)));
}
COMPAT_BUS_MATCH(nd_match)

struct bus_type nvdimm_bus_type = {
	.name = "nd",
	.uevent = compat_bus_uevent(nd_uevent),
	.match = compat_bus_match(nd_match),
	.probe = nd_probe,
	.remove = nd_remove,
	.shutdown = nd_shutdown,
};

/**
 * __nd_driver_register() - register a driver for devices of the nd bus
 * @nd_drv: probe and type are mandatory; type is a mask of ND_DRIVER_*
 * @owner: module of the driver
 * @mod_name: its name
 *
 * Probed where a device is added, whatever async_probe= and driver_async_probe= say: devices are
 * added side by side as it is, each by a job, and that the job is done has to mean that the device
 * has been probed. Labels are read before there are regions by that rule.
 *
 * Context: process. Return: 0 or a negative errno.
 */
int __nd_driver_register(struct nd_device_driver *nd_drv, struct module *owner,
			 const char *mod_name)
{
	if (!nd_drv->type || !nd_drv->probe) {
		pr_err("%s: nd driver without type or probe\n", mod_name);
		return -EINVAL;
	}
	nd_drv->drv.bus = &nvdimm_bus_type;
	nd_drv->drv.owner = owner;
	nd_drv->drv.mod_name = mod_name;
	nd_drv->drv.probe_type = PROBE_FORCE_SYNCHRONOUS;
	return driver_register(&nd_drv->drv);
}
EXPORT_SYMBOL(__nd_driver_register);

void nd_device_notify(struct device *dev, enum nvdimm_event event)
{
	guard(device)(dev);
	if (dev->driver) {
		const struct nd_device_driver *drv = to_nd_device_driver(dev->driver);

		if (drv->notify)
			drv->notify(dev, event);
	}
}

/**
 * nvdimm_region_notify() - tell a region, and through it its namespaces
 * @nd_region: the caller holds a reference
 * @event: what happened
 *
 * Context: process, no lock of rank 2 or higher.
 */
void nvdimm_region_notify(struct nd_region *nd_region, enum nvdimm_event event)
{
	nd_device_notify(&nd_region->dev, event);
}
EXPORT_SYMBOL_GPL(nvdimm_region_notify);

struct cleared {
	u64 start;
	u64 end;
};

static void region_cleared(struct nd_region *region, const struct cleared *c)
{
	const struct range range = nd_region_range(&region->dev);
	u64 start, end;

	start = max(c->start, region->start);
	end = min(c->end, region->start + region->size);
	if (start >= end || !region->bb.page)
		return;
	/* only whole sectors are known to be good */
	start = DIV_ROUND_UP(start - region->start, SECTOR_SIZE);
	end = (end - region->start) >> SECTOR_SHIFT;
	if (start < end)
		nvdimm_badblocks_cleared(region, &region->bb, &range, start, end - start);
	if (region->bb_state)
		sysfs_notify_dirent(region->bb_state);
}

/* Its badblocks come and go with its driver. */
static int bound_region_cleared(struct device *dev, void *data)
{
	if (!is_nd_region(dev))
		return 0;
	guard(device)(dev);
	if (dev->driver)
		region_cleared(to_nd_region(dev), data);
	return 0;
}

void nd_region_cleared(struct nd_region *region, u64 addr, u64 len)
{
	struct cleared c = { .start = addr, .end = addr + len };

	if (!len)
		return;
	badrange_del(&nd_bus_of(&region->dev)->badrange, addr, len);
	region_cleared(region, &c);
}

void nd_bus_cleared(struct nvdimm_bus *bus, u64 addr, u64 len)
{
	struct cleared c = { .start = addr };

	/* a provider's word, or a program's: up to the end of all addresses */
	len = min(len, U64_MAX - addr);
	c.end = addr + len;
	if (!len)
		return;
	badrange_del(&bus->badrange, addr, len);
	device_for_each_child(&bus->dev, &c, bound_region_cleared);
}

/* ---- attributes of the bus device ---- */

ssize_t nd_commands_show(unsigned long mask, const char *(*name)(unsigned int cmd), char *buf)
{
	unsigned int cmd;
	int len = 0;

	for_each_set_bit(cmd, &mask, BITS_PER_LONG)
		len += sysfs_emit_at(buf, len, "%s ", name(cmd));
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_commands_show(to_nvdimm_bus(dev)->desc->cmd_mask, nvdimm_bus_cmd_name, buf);
}
static DEVICE_ATTR_RO(commands);

static ssize_t provider_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	if (bus->desc->provider_name)
		return sysfs_emit(buf, "%s\n", bus->desc->provider_name);
	if (dev->parent)
		return sysfs_emit(buf, "%s\n", dev_name(dev->parent));
	return sysfs_emit(buf, "unknown\n");
}
static DEVICE_ATTR_RO(provider);

/* What a region's children have queued, then whatever holds the device itself. */
static int settle(struct device *dev, void *data)
{
	if (is_nd_region(dev))
		nd_async_flush(dev);
	else if (!is_nvdimm(dev))
		return 0;
	device_lock(dev);
	device_unlock(dev);
	return 0;
}

static ssize_t wait_probe_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;
	int rc = desc->flush_probe ? desc->flush_probe(desc) : 0;

	if (rc)
		return rc;
	nd_async_flush(dev);
	device_for_each_child(dev, NULL, settle);
	return sysfs_emit(buf, "1\n");
}
static DEVICE_ATTR_RO(wait_probe);

static struct attribute *bus_attrs[] = {
	&dev_attr_commands.attr,
	&dev_attr_wait_probe.attr,
	&dev_attr_provider.attr,
	&dev_attr_mce_recovery.attr,
	&dev_attr_last_error.attr,
	NULL,
};

static const struct attribute_group bus_group = { .attrs = bus_attrs };

static const struct attribute_group *bus_groups[] = {
	&bus_group,
	&nd_bus_firmware_group,
	NULL,
};

/* ---- attributes of every other device ---- */

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, ND_DEVICE_MODALIAS_FMT "\n", nd_device_type(dev));
}
static DEVICE_ATTR_RO(modalias);

static ssize_t devtype_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev->type->name);
}
static DEVICE_ATTR_RO(devtype);

static struct attribute *device_attrs[] = {
	&dev_attr_modalias.attr,
	&dev_attr_devtype.attr,
	&dev_attr_last_error.attr,
	NULL,
};

const struct attribute_group nd_device_group = { .attrs = device_attrs };

static int target_node(struct device *dev)
{
	if (is_nd_region(dev))
		return to_nd_region(dev)->target_node;
	if (is_nd_region(dev->parent))
		return to_nd_region(dev->parent)->target_node;
	return NUMA_NO_NODE;
}

static ssize_t numa_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_to_node(dev));
}
static DEVICE_ATTR_RO(numa_node);

static ssize_t target_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", target_node(dev));
}
static DEVICE_ATTR_RO(target_node);

static struct attribute *numa_attrs[] = {
	&dev_attr_numa_node.attr,
	&dev_attr_target_node.attr,
	NULL,
};

static umode_t numa_visible(struct kobject *kobj, struct attribute *a, int n)
{
	bool known = a != &dev_attr_target_node.attr ||
		     target_node(kobj_to_dev(kobj)) != NUMA_NO_NODE;

	return IS_ENABLED(CONFIG_NUMA) && known ? a->mode : 0;
}

const struct attribute_group nd_numa_group = {
	.attrs = numa_attrs,
	.is_visible = numa_visible,
};

/* ---- life of a bus ---- */

static void bus_release(struct device *dev)
{
	struct nvdimm_bus *bus = container_of(dev, struct nvdimm_bus, dev);

	ida_free(&bus_ida, bus->id);
	mutex_destroy(&bus->maps_lock);
	nd_device_fini(dev);
	kfree(bus);
}

static const struct device_type bus_type = {
	.release = bus_release,
	.groups = bus_groups,
};

bool is_nvdimm_bus(const struct device *dev)
{
	return dev->type == &bus_type;
}

struct nvdimm_bus *nd_bus_of(struct device *dev)
{
	while (dev && !is_nvdimm_bus(dev))
		dev = dev->parent;
	return dev ? container_of(dev, struct nvdimm_bus, dev) : NULL;
}

/**
 * to_nvdimm_bus() - the bus of its device
 * @dev: an ndbusN device
 */
struct nvdimm_bus *to_nvdimm_bus(struct device *dev)
{
	return container_of(dev, struct nvdimm_bus, dev);
}
EXPORT_SYMBOL_GPL(to_nvdimm_bus);

/**
 * nvdimm_to_bus() - the bus a DIMM belongs to
 * @nvdimm: the DIMM
 */
struct nvdimm_bus *nvdimm_to_bus(struct nvdimm *nvdimm)
{
	return to_nvdimm_bus(nvdimm->dev.parent);
}
EXPORT_SYMBOL_GPL(nvdimm_to_bus);

/**
 * to_nd_desc() - what the provider registered
 * @nvdimm_bus: its bus
 */
struct nvdimm_bus_descriptor *to_nd_desc(struct nvdimm_bus *nvdimm_bus)
{
	return nvdimm_bus->desc;
}
EXPORT_SYMBOL_GPL(to_nd_desc);

/**
 * to_nvdimm_bus_dev() - the ndbusN device
 * @nvdimm_bus: its bus
 */
struct device *to_nvdimm_bus_dev(struct nvdimm_bus *nvdimm_bus)
{
	return &nvdimm_bus->dev;
}
EXPORT_SYMBOL_GPL(to_nvdimm_bus_dev);

static int nd_bus_probe(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	/* provider attributes find their context here */
	dev_set_drvdata(dev, bus->desc);
	bus->no_driver = nd_bus_node_create(bus);
	return bus->no_driver;
}

static int kill_child(struct device *dev, void *data)
{
	if (dev->class)
		return 0;	/* ndctlN goes with nd_bus_node_destroy() */
	if (is_nvdimm(dev))
		nvdimm_delete(to_nvdimm(dev));
	else
		nd_device_kill(dev);
	return 0;
}

/* B5: no new ioctl, the running ones end; then whatever is being added; then the children. */
static void nd_bus_remove(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	nd_bus_node_destroy(bus);
	nd_async_flush(dev);
	device_for_each_child_reverse(dev, NULL, kill_child);
	nd_stillborn_bury(bus);
	badrange_forget_all(&bus->badrange);
}

static struct nd_device_driver nd_bus_driver = {
	.probe = nd_bus_probe,
	.remove = nd_bus_remove,
	.drv = {
		.name = "nd_bus",
		.bus = &nvdimm_bus_type,
		.owner = THIS_MODULE,
		.mod_name = KBUILD_MODNAME,
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static struct nvdimm_bus *bus_alloc(struct device *parent, struct nvdimm_bus_descriptor *desc)
{
	struct nvdimm_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);

	if (!bus)
		return NULL;
	bus->id = ida_alloc(&bus_ida, GFP_KERNEL);
	if (bus->id < 0) {
		kfree(bus);
		return NULL;
	}
	INIT_LIST_HEAD(&bus->list);
	INIT_LIST_HEAD(&bus->maps);
	mutex_init(&bus->maps_lock);
	init_waitqueue_head(&bus->idle);
	spin_lock_init(&bus->uuids_lock);
	bus->uuids = RB_ROOT;
	nd_async_init(&bus->async);
	badrange_init(&bus->badrange);
	bus->desc = desc;
	/* until the driver was asked; only memory can keep it from being */
	bus->no_driver = -ENOMEM;

	bus->dev.type = &bus_type;
	bus->dev.groups = desc->attr_groups;
	bus->dev.of_node = desc->of_node;
	nd_device_init(&bus->dev, parent, ND_LEVEL_BUS);
	return bus;
}

/**
 * nd_bus_register() - a provider has DIMMs or ranges to offer
 * @parent: provider's device
 * @desc: stays the provider's and must outlive the bus
 *
 * Context: process.
 * Return: the bus, or an ERR_PTR() with the reason in the kernel log and in
 * @parent's last_error.
 */
struct nvdimm_bus *nd_bus_register(struct device *parent, struct nvdimm_bus_descriptor *desc)
{
	struct nvdimm_bus *bus = bus_alloc(parent, desc);
	struct device *dev;
	int rc;

	if (!bus)
		return ERR_PTR(nd_fail(parent, -ENOMEM, ND_WHY_RESOURCE,
				       "no memory for a bus, or its number"));
	dev = &bus->dev;
	rc = dev_set_name(dev, "ndbus%d", bus->id);
	if (rc)
		nd_fail(parent, rc, ND_WHY_RESOURCE, "no memory for the name of a bus");
	else
		rc = nd_device_add(dev);
	if (rc) {
		put_device(dev);
		return ERR_PTR(rc);
	}
	/* drivers_autoprobe=0 is about devices that an administrator can bind, not about these */
	if (!dev->driver && device_attach(dev) <= 0) {
		rc = nd_fail(parent, bus->no_driver ?: -ENXIO, ND_WHY_RESOURCE,
			     "%s has no control node", dev_name(dev));
		device_unregister(dev);
		return ERR_PTR(rc);
	}
	return bus;
}
EXPORT_SYMBOL_GPL(nd_bus_register);

/**
 * nvdimm_bus_register() - the same for providers of the kernel
 * @parent: provider's device
 * @desc: stays the provider's and must outlive the bus
 *
 * Context: process. Return: the bus, or NULL.
 */
struct nvdimm_bus *nvdimm_bus_register(struct device *parent, struct nvdimm_bus_descriptor *desc)
{
	struct nvdimm_bus *bus = nd_bus_register(parent, desc);

	return IS_ERR(bus) ? NULL : bus;
}
EXPORT_SYMBOL_GPL(nvdimm_bus_register);

/**
 * nvdimm_bus_unregister() - the reverse; returns when no child is left
 * @nvdimm_bus: NULL is fine
 *
 * Context: process; waits for running ioctls and probes.
 */
void nvdimm_bus_unregister(struct nvdimm_bus *nvdimm_bus)
{
	if (nvdimm_bus)
		device_unregister(&nvdimm_bus->dev);
}
EXPORT_SYMBOL_GPL(nvdimm_bus_unregister);

int nvdimm_bus_init(void)
{
	int rc = bus_register(&nvdimm_bus_type);

	if (rc)
		return rc;
	rc = nd_ioctl_init();
	if (rc)
		goto no_nodes;
	rc = driver_register(&nd_bus_driver.drv);
	if (rc)
		goto no_driver;
	return 0;

no_driver:
	nd_ioctl_exit();
no_nodes:
	bus_unregister(&nvdimm_bus_type);
	return rc;
}

void nvdimm_bus_exit(void)
{
	driver_unregister(&nd_bus_driver.drv);
	nd_ioctl_exit();
	bus_unregister(&nvdimm_bus_type);
	ida_destroy(&bus_ida);
}
