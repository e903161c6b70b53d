// SPDX-License-Identifier: GPL-2.0
/*
 * ndbusN/firmware: have DIMMs change to new firmware without a reboot, where the
 * provider can. What they change to was armed DIMM by DIMM (sysfs/dimm.c).
 */
#include <linux/device.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "core/bus.h"

static ssize_t capability_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;

	enum nvdimm_fwa_capability capability = desc->fw_ops->capability(desc);

	switch (capability) {
	case NVDIMM_FWA_CAP_QUIESCE:
		return sysfs_emit(buf, "quiesce\n");
	case NVDIMM_FWA_CAP_LIVE:
		return sysfs_emit(buf, "live\n");
	default:
		return nd_firmware_errno(capability) ?: -EOPNOTSUPP;
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
		return nd_firmware_errno(state) ?: -ENXIO;
	return sysfs_emit(buf, "%s\n", words[state]);
}

static ssize_t activate_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(dev)->desc;

	return nd_firmware_state_show(desc->fw_ops->activate_state(desc), buf);
}

static int firmware_activate(void *data)
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
	enum nvdimm_fwa_state state;
	int rc;

	if (quiesce < 0)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "activate takes live or quiesce");
	state = desc->fw_ops->activate_state(desc);
	rc = nd_firmware_errno(state);
	if (rc)
		return nd_note(dev, rc, ND_REASON_RESOURCE,
			       "no memory to ask whether a DIMM is armed");
	switch (state) {
	case NVDIMM_FWA_BUSY:
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "an activation is under way");
	case NVDIMM_FWA_ARMED:
	case NVDIMM_FWA_ARM_OVERFLOW:
		break;
	default:
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "no DIMM is armed");
	}
	if (quiesce) {
		rc = hibernate_quiet_exec(firmware_activate, desc);
		/* no hibernation: a number for which user space has no name */
		if (rc == -ENOTSUPP)
			return nd_note(dev, -EOPNOTSUPP, ND_REASON_UNSUPPORTED,
				       "quiesce takes a kernel that can hibernate: activate live");
	} else {
		rc = firmware_activate(desc);
	}
	return rc ?: len;
}
static DEVICE_ATTR_ADMIN_RW(activate);

static struct attribute *firmware_attrs[] = {
	&dev_attr_activate.attr,
	&dev_attr_capability.attr,
	NULL,
};

static umode_t bus_firmware_visible(struct kobject *kobj, struct attribute *a, int n)
{
	struct nvdimm_bus_descriptor *desc = to_nvdimm_bus(kobj_to_dev(kobj))->desc;
	enum nvdimm_fwa_capability capability;

	if (!desc->fw_ops)
		return 0;
	capability = desc->fw_ops->capability(desc);
	/* not to be known now: each use asks again */
	return nd_firmware_errno(capability) || capability >= NVDIMM_FWA_CAP_QUIESCE ? a->mode : 0;
}

const struct attribute_group nd_bus_firmware_group = {
	.name = "firmware",
	.attrs = firmware_attrs,
	.is_visible = bus_firmware_visible,
};
