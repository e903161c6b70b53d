// SPDX-License-Identifier: GPL-2.0
/*
 * ndbusN/firmware: have DIMMs change to new firmware without a reboot, where the
 * provider can. What they change to was armed DIMM by DIMM (dimm_sysfs.c).
 */
#include <linux/device.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "bus.h"

static ssize_t capability_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;

	switch (desc->fw_ops->capability(desc)) {
	case NVDIMM_FWA_CAP_QUIESCE:
		return sysfs_emit(buf, "quiesce\n");
	case NVDIMM_FWA_CAP_LIVE:
		return sysfs_emit(buf, "live\n");
	default:
		return -EOPNOTSUPP;
	}
}
static DEVICE_ATTR_RO(capability);

ssize_t nd_firmware_state_show(enum nvdimm_fwa_state state, char *buf)
{
	static const char * const words[] = {
		[NVDIMM_FWA_IDLE] = "idle",
		[NVDIMM_FWA_ARMED] = "armed",
		[NVDIMM_FWA_BUSY] = "busy",
		[NVDIMM_FWA_ARM_OVERFLOW] = "overflow",
	};

	if (state >= ARRAY_SIZE(words) || !words[state])
		return -ENXIO;
	return sysfs_emit(buf, "%s\n", words[state]);
}

static ssize_t activate_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;

	return nd_firmware_state_show(desc->fw_ops->activate_state(desc), buf);
}

static int activate(void *data)
{
	struct nvdimm_bus_descriptor *desc = data;

	return desc->fw_ops->activate(desc);
}

/* "live": at once; "quiesce": with devices and tasks stopped as for hibernation. */
static ssize_t activate_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	static const char * const words[] = { "live", "quiesce" };
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;
	int quiesce = sysfs_match_string(words, buf);
	int rc;

	if (quiesce < 0)
		return nd_note(dev, -EINVAL, ND_WHY_ARGUMENT, "activate takes live or quiesce");
	switch (desc->fw_ops->activate_state(desc)) {
	case NVDIMM_FWA_BUSY:
		return nd_note(dev, -EBUSY, ND_WHY_BUSY, "an activation is under way");
	case NVDIMM_FWA_ARMED:
	case NVDIMM_FWA_ARM_OVERFLOW:
		break;
	default:
		return nd_note(dev, -ENXIO, ND_WHY_DISABLED, "no DIMM is armed");
	}
	rc = quiesce ? hibernate_quiet_exec(activate, desc) : activate(desc);
	return rc ?: len;
}
static DEVICE_ATTR_ADMIN_RW(activate);

static struct attribute *firmware_attrs[] = {
	&dev_attr_activate.attr,
	&dev_attr_capability.attr,
	NULL,
};

static umode_t firmware_visible(struct kobject *kobj, struct attribute *a, int n)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(kobj_to_dev(kobj))->desc;

	return desc->fw_ops && desc->fw_ops->capability(desc) >= NVDIMM_FWA_CAP_QUIESCE ?
	       a->mode : 0;
}

const struct attribute_group nd_bus_firmware_group = {
	.name = "firmware",
	.attrs = firmware_attrs,
	.is_visible = firmware_visible,
};
