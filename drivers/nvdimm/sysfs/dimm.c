// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of nmemN, but for those of dimm/security.c. `firmware` exists only where
 * the provider can activate one.
 */
#include <linux/device.h>
#include <linux/sysfs.h>
#include "dimm/dimm.h"
#include "sysfs/sysfs.h"

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nvdimm *nvdimm = to_nvdimm(dev);
	/* not what is there, only whether: who asks is not to wait for firmware under @labels */
	bool labels = data_race(nvdimm->area.data);

	/* what counts is whether a region relies on its labels */
	return sysfs_emit(buf, "%s\n", READ_ONCE(nvdimm->users) && labels ? "active" : "idle");
}
static DEVICE_ATTR_RO(state);

static ssize_t flags_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nvdimm *nvdimm = to_nvdimm(dev);

	return sysfs_emit(buf, "%s%s\n",
			  test_bit(NDD_LABELING, &nvdimm->flags) ? "label " : "",
			  nvdimm_locked(nvdimm) ? "lock " : "");
}
static DEVICE_ATTR_RO(flags);

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_commands_show(to_nvdimm(dev)->cmd_mask, nvdimm_cmd_name, buf);
}
static DEVICE_ATTR_RO(commands);

static ssize_t available_slots_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);

	guard(mutex)(&nvdimm->labels);
	if (!nvdimm->bound || !nvdimm->area.data)
		return -ENXIO;
	return sysfs_emit(buf, "%u\n", nvdimm_available_slots(nvdimm));
}
static DEVICE_ATTR_RO(available_slots);

static struct attribute *nvdimm_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_flags.attr,
	&dev_attr_commands.attr,
	&dev_attr_available_slots.attr,
	NULL,
};

static const struct attribute_group nvdimm_group = { .attrs = nvdimm_attrs };

/* ---- firmware: a new image without a reboot, where the provider can ---- */

static ssize_t activate_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);

	guard(device)(dev);
	return nd_firmware_state_show(nvdimm->fw_ops->activate_state(nvdimm), buf);
}

static ssize_t activate_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	static const char * const words[] = {
		[NVDIMM_FWA_ARM] = "arm",
		[NVDIMM_FWA_DISARM] = "disarm",
	};
	struct nvdimm *nvdimm = to_nvdimm(dev);
	int trigger = sysfs_match_string(words, buf);
	int rc;

	if (trigger < 0)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "activate takes arm or disarm");
	guard(device)(dev);
	rc = nvdimm->fw_ops->arm(nvdimm, trigger);
	if (rc == -ENOMEM)
		return nd_refuse(dev, rc, ND_REASON_RESOURCE, "no memory to %s the DIMM",
				 words[trigger]);
	if (rc < 0)
		return nd_refuse(dev, rc, ND_REASON_FIRMWARE, "firmware refused to %s",
				 words[trigger]);
	return len;
}
static DEVICE_ATTR_ADMIN_RW(activate);

static ssize_t result_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const words[] = {
		[NVDIMM_FWA_RESULT_NONE] = "none",
		[NVDIMM_FWA_RESULT_SUCCESS] = "success",
		[NVDIMM_FWA_RESULT_NOTSTAGED] = "not_staged",
		[NVDIMM_FWA_RESULT_NEEDRESET] = "need_reset",
		[NVDIMM_FWA_RESULT_FAIL] = "fail",
	};
	struct nvdimm *nvdimm = to_nvdimm(dev);
	unsigned int result;

	guard(device)(dev);
	result = nvdimm->fw_ops->activate_result(nvdimm);
	if (result >= ARRAY_SIZE(words) || !words[result])
		return nd_firmware_errno(result) ?: -ENXIO;
	return sysfs_emit(buf, "%s\n", words[result]);
}
static DEVICE_ATTR_ADMIN_RO(result);

static struct attribute *firmware_attrs[] = {
	&dev_attr_activate.attr,
	&dev_attr_result.attr,
	NULL,
};

static umode_t dimm_firmware_visible(struct kobject *kobj, struct attribute *a, int n)
{
	struct nvdimm *nvdimm = to_nvdimm(kobj_to_dev(kobj));
	struct nvdimm_bus_descriptor *desc = to_nd_desc(nvdimm_to_bus(nvdimm));

	if (!desc->fw_ops || !nvdimm->fw_ops ||
	    desc->fw_ops->capability(desc) < NVDIMM_FWA_CAP_QUIESCE)
		return 0;
	return a->mode;
}

static const struct attribute_group firmware_group = {
	.name = "firmware",
	.attrs = firmware_attrs,
	.is_visible = dimm_firmware_visible,
};

const struct attribute_group *nvdimm_groups[] = {
	&nd_device_group,
	&nvdimm_group,
	&nvdimm_security_group,
	&nvdimm_snapshots_group,
	&firmware_group,
	NULL,
};
