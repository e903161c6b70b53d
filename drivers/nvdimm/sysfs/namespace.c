// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of namespaces. A store changes a copy of the configuration, which
 * goes to the media, then to memory.
 */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "claim/claim.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "sysfs/sysfs.h"

/* ---- size ---- */

static int change_size(struct device *dev, const char *buf, size_t len)
{
	struct nd_ns *ns = to_nd_ns(dev);
	struct ns_config want = ns->cfg;
	u64 size;
	int rc = kstrtou64(buf, 0, &size);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "size takes a number of bytes");
	if (!want.has_uuid) {
		if (!size && !want.size)
			return 0;
		return nd_note(dev, -ENXIO, ND_REASON_UUID, "set uuid before size");
	}
	/* bytes that somebody has still are not given to another */
	rc = nd_ns_check_idle(dev, to_ndns(dev), size);
	if (rc)
		return rc;
	if (size)
		rc = nd_ns_find_room(ns, &want, size);
	else	/* deletes: what the namespace was is forgotten */
		want = (struct ns_config) { };
	if (!rc)
		rc = nd_ns_apply(ns, &want);
	/* nor is the next one in its place raw because this one was */
	if (!rc && !size)
		WRITE_ONCE(to_ndns(dev)->force_raw, false);
	return rc;
}

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%llu\n", to_nd_ns(dev)->cfg.size);
}

static ssize_t size_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	return nd_config_store(dev, buf, len, change_size);
}
static struct device_attribute dev_attr_size = __ATTR(size, 0444, size_show, size_store);

/* ---- uuid ---- */

static int ns_change_uuid(struct device *dev, const char *buf, size_t len)
{
	struct nd_ns *ns = to_nd_ns(dev);
	struct ns_config want = ns->cfg;
	int rc = nd_uuid_parse_attr(dev, buf, len, &want.uuid);

	if (rc)
		return rc;
	if (!nd_uuid_reserve(ns, &want.uuid))
		return nd_note(dev, -EINVAL, ND_REASON_DUPLICATE, "%pUb is in use on this bus",
			       &want.uuid);
	want.has_uuid = true;
	rc = nd_ns_apply(ns, &want);
	nd_uuid_release(ns);
	return rc;
}

static ssize_t uuid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);

	guard(nd_config_read)(ns->region);
	if (!ns->cfg.has_uuid)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%pUb\n", &ns->cfg.uuid);
}

static ssize_t uuid_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	return nd_config_store(dev, buf, len, ns_change_uuid);
}
static DEVICE_ATTR_RW(uuid);

/* ---- alt_name ---- */

static int change_name(struct device *dev, const char *buf, size_t len)
{
	struct ns_config want = to_nd_ns(dev)->cfg;
	const char *start = skip_spaces(buf);

	/* tools write the terminating NUL as well */
	len = strnlen(start, len - (start - buf));
	while (len && isspace(start[len - 1]))
		len--;
	if (len >= ND_LABEL_NAME_LEN)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "a name has at most %u characters", ND_LABEL_NAME_LEN - 1);
	memset(want.name, 0, sizeof(want.name));
	memcpy(want.name, start, len);
	return nd_ns_apply(to_nd_ns(dev), &want);
}

/* A label's name is what the media says: one line all the same. */
static ssize_t alt_name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);
	int len;

	scoped_guard(nd_config_read, ns->region)
		len = sysfs_emit(buf, "%s", ns->cfg.name);
	strreplace(buf, '\n', '?');
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t alt_name_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t len)
{
	return nd_config_store(dev, buf, len, change_name);
}
static DEVICE_ATTR_RW(alt_name);

/* ---- sector_size ---- */

static const u32 sector_sizes[] = { SECTOR_SIZE, SZ_4K };

static int ns_change_sector_size(struct device *dev, const char *buf, size_t len)
{
	struct ns_config want = to_nd_ns(dev)->cfg;
	int rc = nd_size_choice_parse(dev, buf, sector_sizes, ARRAY_SIZE(sector_sizes),
				      &want.lbasize);

	return rc ?: nd_ns_apply(to_nd_ns(dev), &want);
}

static ssize_t sector_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);

	guard(nd_config_read)(ns->region);
	return nd_size_choice_show(ns->cfg.lbasize, sector_sizes, ARRAY_SIZE(sector_sizes), buf);
}

static ssize_t sector_size_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, ns_change_sector_size);
}
static DEVICE_ATTR_RW(sector_size);

/* ---- holder_class ---- */

static bool has_no_1_2_labels(struct nvdimm *nvdimm)
{
	const struct label_area *area = &nvdimm->area;

	guard(mutex)(&nvdimm->labels);
	return !area->data || (area->valid && area->minor < 2);
}

/* A BTT takes the version that goes with the labels: 1.1 where there are none or 1.1 labels. */
static int btt_class(struct nd_ns *ns, enum nvdimm_claim_class *class)
{
	const struct nd_region *region = ns->region;
	unsigned int old = 0;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		old += has_no_1_2_labels(region->mapping[i].nvdimm);
	if (old && old != region->num_mappings)
		return nd_note(nd_ns_dev(ns), -ENXIO, ND_REASON_VERSION,
			       "the DIMMs of %s have labels of different versions",
			       dev_name(&region->dev));
	*class = old || !region->num_mappings ? NVDIMM_CCLASS_BTT : NVDIMM_CCLASS_BTT2;
	return 0;
}

static int change_class(struct device *dev, const char *buf, size_t len)
{
	struct nd_ns *ns = to_nd_ns(dev);
	struct ns_config want = ns->cfg;
	enum nvdimm_claim_class class = NVDIMM_CCLASS_NONE;
	int rc = 0;

	if (sysfs_streq(buf, "btt"))
		rc = btt_class(ns, &class);
	else if (sysfs_streq(buf, "pfn"))
		class = NVDIMM_CCLASS_PFN;
	else if (sysfs_streq(buf, "dax"))
		class = NVDIMM_CCLASS_DAX;
	else if (!sysfs_streq(buf, ""))
		rc = nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			     "holder_class takes btt, pfn, dax or nothing");
	if (rc)
		return rc;
	want.abstraction = *nd_claim_class_guid(class);
	return nd_ns_apply(ns, &want);
}

static ssize_t holder_class_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char * const name[] = {
		[NVDIMM_CCLASS_NONE] = "",
		[NVDIMM_CCLASS_BTT] = "btt",
		[NVDIMM_CCLASS_BTT2] = "btt",
		[NVDIMM_CCLASS_PFN] = "pfn",
		[NVDIMM_CCLASS_DAX] = "dax",
		[NVDIMM_CCLASS_UNKNOWN] = "<unknown>",
	};

	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%s\n", name[to_ndns(dev)->claim_class]);
}

static ssize_t holder_class_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, change_class);
}
static DEVICE_ATTR_RW(holder_class);

/* ---- what can only be read ---- */

static ssize_t nstype_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", nd_device_id(dev));
}
static DEVICE_ATTR_RO(nstype);

static ssize_t resource_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct resource *res = &to_nd_namespace_io(dev)->res;

	guard(nd_config_read)(to_nd_region(dev->parent));
	if (!resource_size(res))
		return -ENXIO;
	return sysfs_emit(buf, "%#llx\n", (u64)res->start);
}
static DEVICE_ATTR_ADMIN_RO(resource);

/* Namespaces are contiguous: one extent on each DIMM. */
static ssize_t dpa_extents_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);

	guard(nd_config_read)(ns->region);
	return sysfs_emit(buf, "%d\n", ns->cfg.size ? ns->region->num_mappings : 0);
}
static DEVICE_ATTR_RO(dpa_extents);

static ssize_t holder_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_namespace_common *ndns = to_ndns(dev);

	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%s\n", ndns->claim ? dev_name(ndns->claim) : "");
}
static DEVICE_ATTR_RO(holder);

static const char *mode_of(struct device *dev, const struct device *claim)
{
	if (!claim)
		return pmem_should_map_pages(dev) ? "memory" : "raw";
	if (is_nd_btt(claim))
		return "safe";
	return is_nd_pfn(claim) ? "memory" : "dax";
}

static ssize_t mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%s\n", mode_of(dev, to_ndns(dev)->claim));
}
static DEVICE_ATTR_RO(mode);

/* force_raw steers the next probe; it changes nothing that exists. */
static ssize_t force_raw_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_ndns(dev)->force_raw));
}

static int ns_change_force_raw(struct device *dev, const char *buf, size_t len)
{
	bool raw;
	int rc = kstrtobool(buf, &raw);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT, "force_raw takes 0 or 1");
	WRITE_ONCE(to_ndns(dev)->force_raw, raw);
	return 0;
}

static ssize_t force_raw_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t len)
{
	return nd_config_store_live(dev, buf, len, ns_change_force_raw);
}
static DEVICE_ATTR_RW(force_raw);

static struct attribute *ns_attrs[] = {
	&dev_attr_nstype.attr,
	&dev_attr_size.attr,
	&dev_attr_mode.attr,
	&dev_attr_holder.attr,
	&dev_attr_holder_class.attr,
	&dev_attr_resource.attr,
	&dev_attr_force_raw.attr,
	&dev_attr_uuid.attr,
	&dev_attr_alt_name.attr,
	&dev_attr_sector_size.attr,
	&dev_attr_dpa_extents.attr,
	NULL,
};

static umode_t ns_visible(struct kobject *kobj, struct attribute *a, int n)
{
	struct device *dev = kobj_to_dev(kobj);

	if (is_namespace_pmem(dev))
		return a == &dev_attr_size.attr ? 0644 : a->mode;
	/* what only a label can hold does not exist without one */
	if (a == &dev_attr_uuid.attr || a == &dev_attr_alt_name.attr ||
	    a == &dev_attr_sector_size.attr || a == &dev_attr_dpa_extents.attr)
		return 0;
	return a->mode;
}

static const struct attribute_group ns_group = {
	.attrs = ns_attrs,
	.is_visible = ns_visible,
};

const struct attribute_group *nd_ns_groups[] = {
	&nd_device_group,
	&ns_group,
	&nd_state_group,
	&nd_ns_layout_group,
	&nd_at_rest_group,
	&nd_numa_group,
	NULL,
};
