// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of regions. Readers take the region's config lock for reading, or
 * no lock at all.
 */
#include <linux/device.h>
#include <linux/log2.h>
#include "claim/claim.h"
#include "common/range.h"
#include "common/speed.h"
#include "namespace/namespace.h"
#include "region/region.h"
#include "sysfs/sysfs.h"

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", to_nd_region(dev)->size);
}
static DEVICE_ATTR_RO(size);

static ssize_t resource_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", to_nd_region(dev)->start);
}
static DEVICE_ATTR_ADMIN_RO(resource);

static ssize_t nstype_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", nd_region_nstype(to_nd_region(dev)));
}
static DEVICE_ATTR_RO(nstype);

static ssize_t mappings_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_nd_region(dev)->num_mappings);
}
static DEVICE_ATTR_RO(mappings);

static ssize_t persistence_domain_show(struct device *dev, struct device_attribute *attr,
				       char *buf)
{
	unsigned long flags = to_nd_region(dev)->flags;

	return sysfs_emit(buf, "%s\n",
			  flags & BIT(ND_REGION_PERSIST_CACHE) ? "cpu_cache" :
			  flags & BIT(ND_REGION_PERSIST_MEMCTRL) ? "memory_controller" : "");
}
static DEVICE_ATTR_RO(persistence_domain);

static ssize_t deep_flush_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", nvdimm_has_flush(to_nd_region(dev)));
}

static ssize_t deep_flush_store(struct device *dev, struct device_attribute *attr,
				const char *buf, size_t len)
{
	struct nd_region *region = to_nd_region(dev);
	bool flush;
	int rc = kstrtobool(buf, &flush);

	if (!rc && !flush)
		rc = -EINVAL;
	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "deep_flush takes 1");
	/* the hints are mapped while the driver is bound */
	guard(device)(dev);
	if (!dev->driver)
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "enable %s first", dev_name(dev));
	rc = nvdimm_flush(region, NULL);
	if (rc)
		return nd_explain(dev, rc, ND_REASON_FIRMWARE, "the provider cannot flush");
	return len;
}
static DEVICE_ATTR_RW(deep_flush);

/* The cookie depends on the label version, hence on the label area of the first DIMM. */
static ssize_t set_cookie_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", nd_region_cookie(to_nd_region(dev)));
}
static DEVICE_ATTR_RO(set_cookie);

static ssize_t available_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", nd_region_capacity(to_nd_region(dev)).free);
}
static DEVICE_ATTR_RO(available_size);

static ssize_t max_available_extent_show(struct device *dev, struct device_attribute *attr,
					 char *buf)
{
	return sysfs_emit(buf, "%llu\n", nd_region_capacity(to_nd_region(dev)).largest);
}
static DEVICE_ATTR_RO(max_available_extent);

static ssize_t init_namespaces_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_region *region = to_nd_region(dev);

	guard(nd_config_read)(region);
	if (!region->ns_count)
		return -ENXIO;
	return sysfs_emit(buf, "%u/%u\n", region->ns_active, region->ns_count);
}
static DEVICE_ATTR_RO(init_namespaces);

static ssize_t seed_show(struct device *dev, struct device *const *seed, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev));
	return sysfs_emit(buf, "%s\n", *seed ? dev_name(*seed) : "");
}

#define SEED_ATTR(name, field)								\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	return seed_show(dev, &to_nd_region(dev)->seed.field, buf);				\
}											\
static DEVICE_ATTR_RO(name)

SEED_ATTR(namespace_seed, ns);
SEED_ATTR(btt_seed, btt);
SEED_ATTR(pfn_seed, pfn);
SEED_ATTR(dax_seed, dax);

static ssize_t read_only_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", nd_region_read_only(to_nd_region(dev)));
}

static int change_read_only(struct device *dev, const char *buf, size_t len)
{
	bool ro;
	int rc = kstrtobool(buf, &ro);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "read_only takes 0 or 1");
	nd_region_ro_ask(to_nd_region(dev), ro);
	return 0;
}

static ssize_t read_only_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t len)
{
	ssize_t rc = nd_config_store_live(dev, buf, len, change_read_only);

	if (rc >= 0)
		nd_region_ro_changed(to_nd_region(dev));
	return rc;
}
static DEVICE_ATTR_RW(read_only);

static ssize_t align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", READ_ONCE(to_nd_region(dev)->align));
}

/*
 * Each DIMM contributes the same power of two, a page at least: the kernel could
 * not tell which DIMM the tail of an odd namespace lies on.
 */
static int region_change_align(struct device *dev, const char *buf, size_t len)
{
	struct nd_region *region = to_nd_region(dev);
	u64 ways = nd_region_ways(region);
	u64 align;
	int rc = kstrtou64(buf, 0, &align);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "align takes a number of bytes");
	if (!dpa_align_valid(align, ways, region->size, PAGE_SIZE))
		return nd_note(dev, -EINVAL, ND_REASON_ALIGN,
			       "align %#llx: %llu times a power of two from %#lx up, at most %#llx",
			       align, ways, PAGE_SIZE, region->size);
	WRITE_ONCE(region->align, align);
	region->space.counted = false;
	return 0;
}

static ssize_t align_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	return nd_config_store_live(dev, buf, len, region_change_align);
}
static DEVICE_ATTR_RW(align);

/* What the next binding makes of it; the type of its namespaces is known to all that it has. */
static int region_change_force_raw(struct device *dev, const char *buf, size_t len)
{
	bool raw;
	int rc = kstrtobool(buf, &raw);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "force_raw takes 0 or 1");
	WRITE_ONCE(to_nd_region(dev)->force_raw, raw);
	return 0;
}

static ssize_t force_raw_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_nd_region(dev)->force_raw));
}

static ssize_t force_raw_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t len)
{
	return nd_config_store(dev, buf, len, region_change_force_raw);
}
static DEVICE_ATTR_RW(force_raw);

static ssize_t performance_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_speed_show(to_nd_region(dev)->target_node, buf);
}
static DEVICE_ATTR_RO(performance);

/* Of namespaces, too: what tells is the DIMMs, and these are the region's. */
static ssize_t at_rest_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", nd_at_rest_word(nd_range_at_rest(dev)));
}
static DEVICE_ATTR_RO(at_rest);

static struct attribute *at_rest_attrs[] = {
	&dev_attr_at_rest.attr,
	NULL,
};

const struct attribute_group nd_at_rest_group = { .attrs = at_rest_attrs };

static ssize_t badblocks_show_region(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(device)(dev);
	if (!dev->driver)
		return -ENXIO;
	return badblocks_show(&to_nd_region(dev)->bb, buf, 0);
}
static struct device_attribute dev_attr_badblocks =
	__ATTR(badblocks, 0444, badblocks_show_region, NULL);

static struct attribute *region_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_align.attr,
	&dev_attr_nstype.attr,
	&dev_attr_mappings.attr,
	&dev_attr_btt_seed.attr,
	&dev_attr_pfn_seed.attr,
	&dev_attr_dax_seed.attr,
	&dev_attr_namespace_seed.attr,
	&dev_attr_init_namespaces.attr,
	&dev_attr_available_size.attr,
	&dev_attr_max_available_extent.attr,
	&dev_attr_set_cookie.attr,
	&dev_attr_deep_flush.attr,
	&dev_attr_read_only.attr,
	&dev_attr_badblocks.attr,
	&dev_attr_resource.attr,
	&dev_attr_persistence_domain.attr,
	&dev_attr_performance.attr,
	&dev_attr_force_raw.attr,
	NULL,
};

static umode_t region_visible(struct kobject *kobj, struct attribute *a, int n)
{
	struct nd_region *region = to_nd_region(kobj_to_dev(kobj));
	int flush;

	if (a == &dev_attr_deep_flush.attr) {
		flush = nvdimm_has_flush(region);
		return flush < 0 ? 0 : flush ? a->mode : 0444;
	}
	if (a == &dev_attr_persistence_domain.attr)
		return region->flags & (BIT(ND_REGION_PERSIST_CACHE) |
					BIT(ND_REGION_PERSIST_MEMCTRL)) ? a->mode : 0;
	if (a == &dev_attr_set_cookie.attr)
		return region->set ? a->mode : 0;
	/* labels are a DIMM's */
	if (a == &dev_attr_force_raw.attr)
		return region->num_mappings ? a->mode : 0;
	if (a == &dev_attr_available_size.attr)
		return region->set || nd_region_nstype(region) == ND_DEVICE_NAMESPACE_PMEM ?
		       a->mode : 0;
	return a->mode;
}

static const struct attribute_group region_group = {
	.attrs = region_attrs,
	.is_visible = region_visible,
};

/* ---- mapping0 … mapping31: one show function, told apart by the attribute ---- */

#define MAPPING_ATTR(i)	[i] = __ATTR(mapping##i, 0444, mapping_show, NULL)

static ssize_t mapping_show(struct device *dev, struct device_attribute *attr, char *buf);

static struct device_attribute mapping_attr[ND_MAX_MAPPINGS] = {
	MAPPING_ATTR(0), MAPPING_ATTR(1), MAPPING_ATTR(2), MAPPING_ATTR(3),
	MAPPING_ATTR(4), MAPPING_ATTR(5), MAPPING_ATTR(6), MAPPING_ATTR(7),
	MAPPING_ATTR(8), MAPPING_ATTR(9), MAPPING_ATTR(10), MAPPING_ATTR(11),
	MAPPING_ATTR(12), MAPPING_ATTR(13), MAPPING_ATTR(14), MAPPING_ATTR(15),
	MAPPING_ATTR(16), MAPPING_ATTR(17), MAPPING_ATTR(18), MAPPING_ATTR(19),
	MAPPING_ATTR(20), MAPPING_ATTR(21), MAPPING_ATTR(22), MAPPING_ATTR(23),
	MAPPING_ATTR(24), MAPPING_ATTR(25), MAPPING_ATTR(26), MAPPING_ATTR(27),
	MAPPING_ATTR(28), MAPPING_ATTR(29), MAPPING_ATTR(30), MAPPING_ATTR(31),
};

static ssize_t mapping_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nd_mapping *m = &to_nd_region(dev)->mapping[attr - mapping_attr];

	return sysfs_emit(buf, "%s,%llu,%llu,%d\n", nvdimm_name(m->nvdimm), m->start, m->size,
			  m->position);
}

#define MAPPING_PTR(i)	[i] = &mapping_attr[i].attr

static struct attribute *mapping_attrs[ND_MAX_MAPPINGS + 1] = {
	MAPPING_PTR(0), MAPPING_PTR(1), MAPPING_PTR(2), MAPPING_PTR(3),
	MAPPING_PTR(4), MAPPING_PTR(5), MAPPING_PTR(6), MAPPING_PTR(7),
	MAPPING_PTR(8), MAPPING_PTR(9), MAPPING_PTR(10), MAPPING_PTR(11),
	MAPPING_PTR(12), MAPPING_PTR(13), MAPPING_PTR(14), MAPPING_PTR(15),
	MAPPING_PTR(16), MAPPING_PTR(17), MAPPING_PTR(18), MAPPING_PTR(19),
	MAPPING_PTR(20), MAPPING_PTR(21), MAPPING_PTR(22), MAPPING_PTR(23),
	MAPPING_PTR(24), MAPPING_PTR(25), MAPPING_PTR(26), MAPPING_PTR(27),
	MAPPING_PTR(28), MAPPING_PTR(29), MAPPING_PTR(30), MAPPING_PTR(31),
};

static umode_t mapping_visible(struct kobject *kobj, struct attribute *a, int n)
{
	return n < to_nd_region(kobj_to_dev(kobj))->num_mappings ? a->mode : 0;
}

static const struct attribute_group mapping_group = {
	.attrs = mapping_attrs,
	.is_visible = mapping_visible,
};

const struct attribute_group *nd_region_groups[] = {
	&nd_device_group,
	&region_group,
	&nd_region_layout_group,
	&nd_at_rest_group,
	&nd_numa_group,
	&mapping_group,
	NULL,
};
