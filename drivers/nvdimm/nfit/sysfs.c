// SPDX-License-Identifier: GPL-2.0
/* Attributes below ndbusN/nfit and regionN/nfit. */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <linux/nd.h>
#include <linux/sysfs.h>
#include "nfit.h"

static struct nfit_bus *nfit_of(struct device *dev)
{
	return to_nfit_bus(to_nd_desc(to_nvdimm_bus(dev)));
}

static ssize_t revision_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", nfit_of(dev)->revision);
}
static DEVICE_ATTR_RO(revision);

static ssize_t bus_dsm_mask_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#lx\n", nfit_of(dev)->dsm_mask);
}

static struct device_attribute dev_attr_bus_dsm_mask =
	__ATTR(dsm_mask, 0444, bus_dsm_mask_show, NULL);

/* Shall an uncorrectable error start a scrub of everything? There is no scrub: never. */
static ssize_t hw_error_scrub_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static ssize_t hw_error_scrub_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t len)
{
	long on;
	int rc = kstrtol(buf, 0, &on);

	if (rc)
		return rc;
	switch (on) {
	case 0:
		return len;
	case 1:
		return nd_note(dev, -EOPNOTSUPP, ND_WHY_UNSUPPORTED,
			       "hw_error_scrub: address ranges are not scrubbed by this driver");
	default:
		return nd_note(dev, -EINVAL, ND_WHY_ARGUMENT,
			       "hw_error_scrub is 0 or 1, not %ld", on);
	}
}
static DEVICE_ATTR_RW(hw_error_scrub);

static struct attribute *bus_attrs[] = {
	&dev_attr_revision.attr,
	&dev_attr_hw_error_scrub.attr,
	&dev_attr_bus_dsm_mask.attr,
	NULL,
};

static const struct attribute_group bus_group = {
	.name = "nfit",
	.attrs = bus_attrs,
};

const struct attribute_group *nfit_bus_groups[] = {
	&bus_group,
	NULL,
};

static ssize_t range_index_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nfit_region *region = nd_region_provider_data(to_nd_region(dev));

	return sysfs_emit(buf, "%u\n", region->index);
}
static DEVICE_ATTR_RO(range_index);

static struct attribute *region_attrs[] = {
	&dev_attr_range_index.attr,
	NULL,
};

static const struct attribute_group region_group = {
	.name = "nfit",
	.attrs = region_attrs,
};

const struct attribute_group *nfit_region_groups[] = {
	&region_group,
	NULL,
};
