// SPDX-License-Identifier: GPL-2.0
/*
 * The nd bus: matching, probing, and the life of struct nvdimm_bus.
 *
 * What a device is, its type says (struct nd_device_type); nothing here knows a noun but the bus.
 */
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "core/badrange.h"
#include "core/bus.h"

#define CREATE_TRACE_POINTS
#include "core/trace.h"

static DEFINE_IDA(bus_ida);

const struct nd_device_type *nd_type_of(const struct device *dev)
{
	if (!dev || dev->bus != &nvdimm_bus_type)
		return NULL;
	return container_of(dev->type, struct nd_device_type, type);
}

int nd_device_id(const struct device *dev)
{
	const struct nd_device_type *type = nd_type_of(dev);

	if (!type)
		return ND_DEVICE_BUS;
	return type->id_of ? type->id_of(dev) : type->id;
}

static int nd_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	return add_uevent_var(env, "MODALIAS=" ND_DEVICE_MODALIAS_FMT, nd_device_id(dev));
}
COMPAT_BUS_UEVENT(nd_uevent)

static struct module *device_pins(const struct device *dev)
{
	const struct nd_device_type *type = nd_type_of(dev);

	return type->pins ? type->pins(dev) : NULL;
}

static int nd_probe(struct device *dev)
{
	const struct nd_device_driver *drv = to_nd_device_driver(dev->driver);
	const struct nd_device_type *above = nd_type_of(dev->parent);
	struct module *provider = device_pins(dev);
	int rc;

	if (!try_module_get(provider))
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "its provider is being unloaded");
	/* what the last attempt said no longer counts; a success may still leave a remark */
	nd_ok(dev);
	rc = drv->probe(dev);
	trace_nd_bind(dev, rc);
	if (rc)
		module_put(provider);
	if (rc == -ENOMEM)
		nd_explain(dev, rc, ND_REASON_RESOURCE, "no memory");
	if ((!rc || rc == -EOPNOTSUPP) && above && above->child_bound)
		above->child_bound(dev->parent, dev);
	return rc;
}

static void nd_remove(struct device *dev)
{
	const struct nd_device_driver *drv = to_nd_device_driver(dev->driver);

	if (drv->remove)
		drv->remove(dev);
	module_put(device_pins(dev));
}
COMPAT_BUS_REMOVE(nd_remove)

static void nd_shutdown(struct device *dev)
{
	const struct nd_device_driver *drv;

	if (!dev->driver)
		return;
	drv = to_nd_device_driver(dev->driver);
	if (drv->shutdown)
		drv->shutdown(dev);
}

static int nd_match(struct device *dev, const struct device_driver *drv)
{
	return !!(to_nd_device_driver(drv)->type & BIT(nd_device_id(dev)));
}
COMPAT_BUS_MATCH(nd_match)

struct bus_type nvdimm_bus_type = {
	.name = "nd",
	.uevent = compat_bus_uevent(nd_uevent),
	.match = compat_bus_match(nd_match),
	.probe = nd_probe,
	.remove = compat_bus_remove(nd_remove),
	.shutdown = nd_shutdown,
};

static bool stands_aside;

bool __init nvdimm_bus_look(void)
{
	stands_aside = compat_built_in_at("/sys/bus/nd");
	if (stands_aside)
		pr_warn("the kernel has its own libnvdimm built in, which has started, so this one serves nobody: \"ndstack preflight\" names what the command line has to say\n");
	return stands_aside;
}

bool nvdimm_bus_stands_aside(void)
{
	return stands_aside;
}

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
 * Context: process. Return: 0 or a negative errno; -EEXIST, which modprobe takes for "loaded
 * already", where the kernel's own, built in, serves.
 */
int __nd_driver_register(struct nd_device_driver *nd_drv, struct module *owner,
			 const char *mod_name)
{
	if (!nd_drv->type || !nd_drv->probe) {
		pr_err("%s: nd driver without type or probe\n", mod_name);
		return -EINVAL;
	}
	if (stands_aside)
		return -EEXIST;
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

int nd_dimm_major;

struct dimm_news {
	struct nvdimm *nvdimm;
	enum nd_dimm_event event;
};

static int notify_dimm_event(struct device *dev, void *data)
{
	const struct nd_device_type *type = nd_type_of(dev);
	const struct dimm_news *news = data;

	return type && type->dimm_event ? type->dimm_event(dev, news->nvdimm, news->event) : 0;
}

int nd_bus_dimm_event(struct device *bus, struct nvdimm *nvdimm, enum nd_dimm_event event)
{
	struct dimm_news news = { .nvdimm = nvdimm, .event = event };

	return nd_visit_children(bus, &news, notify_dimm_event);
}

/* ---- attributes ---- */

ssize_t nd_commands_show(unsigned long mask, const char *(*name)(unsigned int cmd), char *buf)
{
	unsigned int cmd;
	int len = 0;

	for_each_set_bit(cmd, &mask, BITS_PER_LONG)
		len += sysfs_emit_at(buf, len, "%s ", name(cmd));
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, ND_DEVICE_MODALIAS_FMT "\n", nd_device_id(dev));
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
	&dev_attr_last_error_time.attr,
	NULL,
};

const struct attribute_group nd_device_group = { .attrs = device_attrs };

/* Its own, or that of what it is a part of. */
static int target_node(struct device *dev)
{
	const struct nd_device_type *type;

	for (; (type = nd_type_of(dev)); dev = dev->parent)
		if (type->target_node)
			return type->target_node(dev);
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
	badrange_forget_all(&bus->badrange);
	nd_device_fini(dev);
	kfree(bus);
}

static struct nd_async *bus_children(struct device *dev)
{
	return &to_nvdimm_bus(dev)->async;
}

static struct nd_device_type bus_type __ro_after_init = {
	.type = {
		.release = bus_release,
	},
	.level = ND_LEVEL_BUS,
	.id = ND_DEVICE_BUS,
	.children = bus_children,
};

void __init nd_bus_set_groups(const struct attribute_group **groups)
{
	bus_type.type.groups = groups;
}

bool is_nvdimm_bus(const struct device *dev)
{
	return dev->type == &bus_type.type;
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
	INIT_LIST_HEAD(&bus->uuids_coming);
	badrange_init(&bus->badrange);
	init_rwsem(&bus->clearing);
	bus->desc = desc;
	/* until the driver was asked; only memory can keep it from being */
	bus->no_driver = -ENOMEM;

	bus->dev.type = &bus_type.type;
	bus->dev.groups = desc->attr_groups;
	bus->dev.of_node = desc->of_node;
	nd_device_init(&bus->dev, parent);
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
	struct nvdimm_bus *bus;
	struct device *dev;
	int rc;

	if (stands_aside) {
		rc = nd_refuse(parent, -EBUSY, ND_REASON_BUSY,
			       "the kernel's own libnvdimm, built in, serves: see ndstack preflight");
		return ERR_PTR(rc);
	}
	bus = bus_alloc(parent, desc);
	if (!bus)
		return ERR_PTR(nd_refuse(parent, -ENOMEM, ND_REASON_RESOURCE,
					 "no memory for a bus, or its number"));
	dev = &bus->dev;
	rc = dev_set_name(dev, "ndbus%d", bus->id);
	if (rc)
		rc = nd_refuse(parent, rc, ND_REASON_RESOURCE, "no memory for the name of a bus");
	else
		rc = nd_device_add(dev);
	if (rc) {
		put_device(dev);
		return ERR_PTR(rc);
	}
	/* drivers_autoprobe=0 is about devices that an administrator can bind, not about these */
	if (!dev->driver && device_attach(dev) <= 0) {
		rc = nd_refuse(parent, bus->no_driver ?: -ENXIO, ND_REASON_RESOURCE,
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

/**
 * nvdimm_bus_add_badrange() - add poison to what a bus knows
 * @nvdimm_bus: the bus
 * @addr: physical address
 * @length: bytes
 *
 * Regions and namespaces learn of it when they bind, or with the event
 * NVDIMM_REVALIDATE_POISON of nvdimm_region_notify().
 *
 * Context: process, may sleep. Return: as badrange_add().
 */
int nvdimm_bus_add_badrange(struct nvdimm_bus *nvdimm_bus, u64 addr, u64 length)
{
	return badrange_add(&nvdimm_bus->badrange, addr, length);
}
EXPORT_SYMBOL_GPL(nvdimm_bus_add_badrange);

int nvdimm_bus_init(void)
{
	return bus_register(&nvdimm_bus_type);
}

void nvdimm_bus_exit(void)
{
	bus_unregister(&nvdimm_bus_type);
	ida_destroy(&bus_ida);
}
