// SPDX-License-Identifier: GPL-2.0
/* /sys/bus/nd/devices/nmemN/nfit: what the firmware table says about a DIMM. */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <linux/swab.h>
#include <linux/sysfs.h>
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/family.h"

static const struct nfit_dimm *dimm_of(struct device *dev)
{
	return nvdimm_provider_data(to_nvdimm(dev));
}

#define DIMM_ATTR(_name, _format, _value)					\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf) \
{										\
	const struct nfit_dimm *dimm = dimm_of(dev);				\
										\
	return sysfs_emit(buf, _format "\n", _value);				\
}										\
static DEVICE_ATTR_RO(_name)

/* Identifiers are shown in the order of their bytes in the DIMM's SPD. */
DIMM_ATTR(vendor, "0x%04x", swab16(dimm->dcr.vendor));
DIMM_ATTR(device, "0x%04x", swab16(dimm->dcr.device));
DIMM_ATTR(rev_id, "0x%04x", swab16(dimm->dcr.revision));
DIMM_ATTR(subsystem_vendor, "0x%04x", swab16(dimm->dcr.sub_vendor));
DIMM_ATTR(subsystem_device, "0x%04x", swab16(dimm->dcr.sub_device));
DIMM_ATTR(subsystem_rev_id, "0x%04x", swab16(dimm->dcr.sub_revision));
DIMM_ATTR(serial, "0x%08x", swab32(dimm->dcr.serial));
DIMM_ATTR(format, "0x%04x", dimm->dcr.code);
DIMM_ATTR(handle, "%#x", dimm->handle);
DIMM_ATTR(phys_id, "%#x", dimm->phys_id);
DIMM_ATTR(id, "%s", dimm->id);
/* One interface code: that of the byte interface, when the DIMM has one. */
DIMM_ATTR(formats, "%d", dimm->pmem);
DIMM_ATTR(dirty_shutdown, "%d", dimm->dirty_shutdown);

static ssize_t family_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nfit_dimm *dimm = dimm_of(dev);

	if (!dimm->family)
		return -ENXIO;
	return sysfs_emit(buf, "%d\n", dimm->family->number);
}
static DEVICE_ATTR_RO(family);

static ssize_t dsm_mask_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nfit_dimm *dimm = dimm_of(dev);

	if (!dimm->family)
		return -ENXIO;
	return sysfs_emit(buf, "%#lx\n", dimm->dsm_mask);
}
static DEVICE_ATTR_RO(dsm_mask);

int nfit_flags_text(u16 flags, char *buf, size_t size)
{
	static const struct {
		u16 flag;
		const char *word;
	} words[] = {
		{ NFIT_MAP_SAVE_FAILED, "save_fail " },
		{ NFIT_MAP_RESTORE_FAILED, "restore_fail " },
		{ NFIT_MAP_FLUSH_FAILED, "flush_fail " },
		{ NFIT_MAP_NOT_ARMED, "not_armed " },
		{ NFIT_MAP_HEALTH_EVENT, "smart_event " },
		{ NFIT_MAP_UNMAPPED, "map_fail " },
		{ NFIT_MAP_HEALTH_NOTIFY, "smart_notify " },
	};
	int len = 0;

	buf[0] = '\0';
	for (int i = 0; i < ARRAY_SIZE(words); i++)
		if (flags & words[i].flag)
			len += scnprintf(buf + len, size - len, "%s", words[i].word);
	return len;
}

static ssize_t flags_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nfit_dimm *dimm = dimm_of(dev);
	u16 flags = READ_ONCE(dimm->flags);
	int len;

	if (test_bit(NFIT_DIMM_DIRTY, &dimm->state))
		flags |= NFIT_MAP_FLUSH_FAILED;
	len = nfit_flags_text(flags, buf, PAGE_SIZE - 1);
	return len + sysfs_emit_at(buf, len, "\n");
}
static DEVICE_ATTR_RO(flags);

static struct attribute *dimm_attrs[] = {
	&dev_attr_handle.attr,
	&dev_attr_phys_id.attr,
	&dev_attr_flags.attr,
	&dev_attr_family.attr,
	&dev_attr_dsm_mask.attr,
	/* Those below need a control region. */
	&dev_attr_vendor.attr,
	&dev_attr_device.attr,
	&dev_attr_rev_id.attr,
	&dev_attr_subsystem_vendor.attr,
	&dev_attr_subsystem_device.attr,
	&dev_attr_subsystem_rev_id.attr,
	&dev_attr_serial.attr,
	&dev_attr_format.attr,
	&dev_attr_formats.attr,
	&dev_attr_id.attr,
	&dev_attr_dirty_shutdown.attr,
	NULL,
};

#define ATTRS_WITHOUT_DCR	5

static umode_t dimm_visible(struct kobject *kobj, struct attribute *a, int n)
{
	const struct nfit_dimm *dimm = dimm_of(kobj_to_dev(kobj));

	if (n >= ATTRS_WITHOUT_DCR && !dimm->has_dcr)
		return 0;
	if (a == &dev_attr_dirty_shutdown.attr && !test_bit(NFIT_DIMM_DIRTY_COUNT, &dimm->state))
		return 0;
	return a->mode;
}

static const struct attribute_group dimm_group = {
	.name = "nfit",
	.attrs = dimm_attrs,
	.is_visible = dimm_visible,
};

const struct attribute_group *nfit_dimm_groups[] = {
	&dimm_group,
	NULL,
};
