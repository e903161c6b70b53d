// SPDX-License-Identifier: GPL-2.0
/* Attributes below ndbusN/nfit and regionN/nfit. */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <linux/nd.h>
#include <linux/sysfs.h>
#include "common/diag.h"
#include "core/bus.h"
#include "nfit/nfit.h"

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

/* Shall an uncorrectable error start a scrub of everything? */
static ssize_t hw_error_scrub_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(nfit_of(dev)->ars.on_error));
}

static ssize_t hw_error_scrub_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t len)
{
	struct nfit_ars *ars = &nfit_of(dev)->ars;
	long on;
	int rc = kstrtol(buf, 0, &on);

	if (rc)
		return rc;
	if (on != 0 && on != 1)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "hw_error_scrub is 0 or 1, not %ld", on);
	guard(mutex)(&ars->lock);
	WRITE_ONCE(ars->on_error, on);
	return len;
}
static DEVICE_ATTR_RW(hw_error_scrub);

/* How many scrubs have come to their end; "+": one is under way. Can be polled. */
static ssize_t scrub_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nfit_ars_view ars = nfit_ars_view(nfit_of(dev), capable(CAP_SYS_RAWIO));

	return sysfs_emit(buf, "%u%s\n", ars.count, ars.busy ? "+" : "");
}

static ssize_t scrub_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	long one;
	int rc = kstrtol(buf, 0, &one);

	if (rc)
		return rc;
	if (one != 1)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "scrub takes 1, not %ld", one);
	rc = nfit_ars_scrub(nfit_of(dev), 0, U64_MAX);
	return rc ?: len;
}
static DEVICE_ATTR_RW(scrub);

/* Bytes scrubbed, and bytes there are to scrub, of the scrub under way or the last one. */
static ssize_t scrub_progress_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nfit_ars_view ars = nfit_ars_view(nfit_of(dev), false);

	return sysfs_emit(buf, "%llu %llu\n", ars.done, ars.done + ars.left);
}
static DEVICE_ATTR_RO(scrub_progress);

static ssize_t scrub_range_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nfit_ars_view ars = nfit_ars_view(nfit_of(dev), false);

	if (!ars.run)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%#llx %#llx\n", ars.at, ars.len);
}

static ssize_t scrub_range_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len)
{
	u64 start, bytes;
	int rc;

	if (sscanf(buf, "%lli %lli", &start, &bytes) != 2 || !bytes)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "scrub_range takes an address and a length in bytes");
	rc = nfit_ars_scrub(nfit_of(dev), start, bytes);
	if (rc == -ENOTTY)
		return nd_note(dev, rc, ND_REASON_REFERENCE,
			       "no range firmware can scrub lies at %#llx, %#llx bytes", start,
			       bytes);
	return rc ?: len;
}
/* it names addresses */
static DEVICE_ATTR_ADMIN_RW(scrub_range);

/* Firmware cannot be stopped: what it is at, it ends. */
static ssize_t scrub_cancel_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	bool yes;

	if (kstrtobool(buf, &yes) || !yes)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "scrub_cancel takes 1");
	nfit_ars_cancel(nfit_of(dev));
	return len;
}
static DEVICE_ATTR_WO(scrub_cancel);

/* Is "firmware/activate" to go ahead without having devices stand still? */
static ssize_t firmware_activate_noidle_show(struct device *dev, struct device_attribute *attr,
					     char *buf)
{
	return sysfs_emit(buf, "%s\n", READ_ONCE(nfit_of(dev)->fwa_noidle) ? "Y" : "N");
}

static ssize_t firmware_activate_noidle_store(struct device *dev, struct device_attribute *attr,
					      const char *buf, size_t len)
{
	bool noidle;
	int rc = kstrtobool(buf, &noidle);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT,
			       "firmware_activate_noidle takes Y or N");
	WRITE_ONCE(nfit_of(dev)->fwa_noidle, noidle);
	return len;
}
static DEVICE_ATTR_RW(firmware_activate_noidle);

static struct attribute *bus_attrs[] = {
	&dev_attr_revision.attr,
	&dev_attr_hw_error_scrub.attr,
	&dev_attr_bus_dsm_mask.attr,
	&dev_attr_firmware_activate_noidle.attr,
	/* Those below need firmware that can scrub. */
	&dev_attr_scrub.attr,
	&dev_attr_scrub_progress.attr,
	&dev_attr_scrub_range.attr,
	&dev_attr_scrub_cancel.attr,
	NULL,
};

#define ATTRS_WITHOUT_ARS	4

static umode_t bus_visible(struct kobject *kobj, struct attribute *a, int n)
{
	const struct nvdimm_bus_descriptor *desc = &nfit_of(kobj_to_dev(kobj))->desc;

	if (a == &dev_attr_firmware_activate_noidle.attr)
		return desc->fw_ops ? a->mode : 0;
	return n < ATTRS_WITHOUT_ARS || nd_scrub_possible(desc) ? a->mode : 0;
}

static const struct attribute_group bus_group = {
	.name = "nfit",
	.attrs = bus_attrs,
	.is_visible = bus_visible,
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
