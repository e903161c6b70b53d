// SPDX-License-Identifier: GPL-2.0
/* What a test turns on and off: the directories "nd_provider" of bus, regions and DIMMs. */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "provider.h"

/* ---- regions ---- */

static struct provider_range *of_region(struct device *dev)
{
	return nd_region_provider_data(to_nd_region(dev));
}

/* "OFFSET LENGTH", in bytes of the region. */
static int parse_extent(const char *buf, u64 *offset, u64 *len)
{
	return sscanf(buf, "%lli %lli", (s64 *)offset, (s64 *)len) == 2 ? 0 : -EINVAL;
}

static ssize_t poison_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct provider_range *range = of_region(dev);
	u64 start = 0, len = 0;
	int n = 0;

	while (provider_next_bad(range, start + len, &start, &len))
		n += sysfs_emit_at(buf, n, "%#llx %#llx\n", start, len);
	return n;
}

static ssize_t poison_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t n)
{
	u64 offset, len;
	int rc = parse_extent(buf, &offset, &len) ?: provider_poison(of_region(dev), offset, len);

	return rc ?: n;
}
static DEVICE_ATTR_RW(poison);

static ssize_t uc_store(struct device *dev, struct device_attribute *attr, const char *buf,
			size_t n)
{
	u64 offset, len;
	int rc = parse_extent(buf, &offset, &len) ?: provider_uc(of_region(dev), offset, len);

	return rc ?: n;
}
static DEVICE_ATTR_WO(uc);

static ssize_t mce_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t n)
{
	u64 offset, len;
	int rc = parse_extent(buf, &offset, &len) ?: provider_mce(of_region(dev), offset, len);

	return rc ?: n;
}
static DEVICE_ATTR_WO(mce);

static ssize_t uncurable_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t n)
{
	int rc = kstrtou64(buf, 0, &of_region(dev)->uncurable);

	return rc ?: n;
}
static DEVICE_ATTR_WO(uncurable);

static ssize_t flushes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&of_region(dev)->flushes));
}
static DEVICE_ATTR_RO(flushes);

static ssize_t store_count(atomic_t *count, const char *buf, size_t n)
{
	unsigned int value;
	int rc = kstrtouint(buf, 0, &value);

	if (!rc && value > INT_MAX)
		rc = -ERANGE;
	if (!rc)
		atomic_set(count, value);
	return rc ?: n;
}

/* How often something of what @of says is yet to go on so. */
#define COUNT_ATTR(name, of)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{										\
	return sysfs_emit(buf, "%d\n", atomic_read(&of(dev)->name));		\
}										\
										\
static ssize_t name##_store(struct device *dev, struct device_attribute *attr, const char *buf, \
			    size_t n)						\
{										\
	return store_count(&of(dev)->name, buf, n);				\
}										\
static DEVICE_ATTR_RW(name)

COUNT_ATTR(flush_errors, of_region);

static struct attribute *region_attrs[] = {
	&dev_attr_poison.attr,
	&dev_attr_uc.attr,
	&dev_attr_mce.attr,
	&dev_attr_uncurable.attr,
	&dev_attr_flushes.attr,
	&dev_attr_flush_errors.attr,
	NULL
};

static const struct attribute_group region_group = { .name = "nd_provider", .attrs = region_attrs };

const struct attribute_group *provider_region_groups[] = { &region_group, NULL };

/* ---- DIMMs ---- */

static struct provider_dimm *of_dimm(struct device *dev)
{
	return nvdimm_provider_data(to_nvdimm(dev));
}

/*
 * What the next power-on finds: "disabled" has no passphrase, "locked" wants
 * one (which the kernel does not have, unless it has set it), "unlocked" was
 * given it, "frozen" takes no more commands.
 */
static ssize_t power_on_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t n)
{
	struct provider_dimm *dimm = of_dimm(dev);
	struct provider_security *s = &dimm->security;

	guard(mutex)(&dimm->lock);
	if (sysfs_streq(buf, "frozen")) {
		s->frozen = true;
		return n;
	}
	if (sysfs_streq(buf, "disabled"))
		*s = (struct provider_security) { };
	else if (sysfs_streq(buf, "locked"))
		s->locked = true;
	else if (sysfs_streq(buf, "unlocked"))
		s->locked = false;
	else
		return -EINVAL;
	if (!sysfs_streq(buf, "disabled"))
		provider_passphrase(s);
	s->frozen = false;
	s->wiping = 0;
	return n;
}
static DEVICE_ATTR_WO(power_on);

COUNT_ATTR(label_errors, of_dimm);
COUNT_ATTR(label_well, of_dimm);

static struct attribute *dimm_attrs[] = {
	&dev_attr_power_on.attr,
	&dev_attr_label_errors.attr,
	&dev_attr_label_well.attr,
	&provider_attr_hold.attr,
	&provider_attr_mute.attr,
	NULL
};

static const struct attribute_group dimm_group = { .name = "nd_provider", .attrs = dimm_attrs };

const struct attribute_group *provider_dimm_groups[] = { &dimm_group, NULL };

/* ---- buses ---- */

static ssize_t scrub_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t n)
{
	const struct nvdimm_bus_descriptor *desc = to_nd_desc(to_nvdimm_bus(dev));

	if (!sysfs_streq(buf, "1"))
		return -EINVAL;
	for (unsigned int i = 0; i < provider_nranges; i++)
		if (provider_ranges[i].bus && &provider_ranges[i].bus->desc == desc)
			provider_scrub(&provider_ranges[i]);
	return n;
}
static DEVICE_ATTR_WO(scrub);

static ssize_t scrub_hold_store(struct device *dev, struct device_attribute *attr, const char *buf,
				size_t n)
{
	struct nvdimm_bus_descriptor *desc = to_nd_desc(to_nvdimm_bus(dev));
	struct provider_bus *bus = container_of(desc, struct provider_bus, desc);
	bool hold;
	int rc = kstrtobool(buf, &hold);

	if (!rc)
		WRITE_ONCE(bus->hold, hold);
	return rc ?: n;
}
static DEVICE_ATTR_WO(scrub_hold);

static struct attribute *bus_attrs[] = {
	&dev_attr_scrub.attr,
	&provider_attr_delete.attr,
	&provider_attr_removed.attr,
	&provider_attr_lock_order.attr,
	&provider_attr_slow.attr,
	&provider_attr_linger.attr,
	&provider_attr_clear_hold.attr,
	&provider_attr_mce_hold.attr,
	&provider_attr_online_hold.attr,
	&dev_attr_scrub_hold.attr,
	NULL
};

static const struct attribute_group bus_group = { .name = "nd_provider", .attrs = bus_attrs };

const struct attribute_group *provider_bus_groups[] = { &bus_group, NULL };
