// SPDX-License-Identifier: GPL-2.0
/* Attributes of ndbusN. */
#include <linux/device.h>
#include <linux/sysfs.h>
#include "common/recovery.h"
#include "core/bus.h"
#include "sysfs/sysfs.h"

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

/* What a device's children have queued, then whatever holds the device itself. */
static int child_settle(struct device *dev, void *data)
{
	const struct nd_device_type *type = nd_type_of(dev);

	if (!type)
		return 0;	/* ndctlN */
	if (type->children)
		nd_async_flush(dev);
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
	device_for_each_child(dev, NULL, child_settle);
	return sysfs_emit(buf, "1\n");
}
static DEVICE_ATTR_RO(wait_probe);

static ssize_t mce_recovery_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", nd_recovery_word(nd_recovery_now()));
}
static DEVICE_ATTR_RO(mce_recovery);

static ssize_t features_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_features_show(buf);
}
static DEVICE_ATTR_RO(features);

static struct attribute *bus_attrs[] = {
	&dev_attr_commands.attr,
	&dev_attr_wait_probe.attr,
	&dev_attr_provider.attr,
	&dev_attr_mce_recovery.attr,
	&dev_attr_features.attr,
	&dev_attr_last_error.attr,
	&dev_attr_last_error_time.attr,
	NULL,
};

static const struct attribute_group bus_group = { .attrs = bus_attrs };

const struct attribute_group *nd_bus_groups[] = {
	&bus_group,
	&nd_bus_firmware_group,
	NULL,
};
