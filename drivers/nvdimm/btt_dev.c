// SPDX-License-Identifier: GPL-2.0
/*
 * btt devices: the claim of a namespace for sector mode. What the arenas hold
 * is nd_btt's; here a BTT is recognised, so that it is never served raw.
 */
#include <linux/device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "btt.h"
#include "claim.h"
#include "config.h"
#include "label.h"

static const u32 lbasizes[] = { 512, 520, 528, 4096, 4104, 4160, 4224 };

static ssize_t sector_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return nd_size_choice_show(to_nd_btt(dev)->lbasize, lbasizes, ARRAY_SIZE(lbasizes), buf);
}

static int change_sector_size(struct device *dev, const char *buf, size_t len)
{
	u64 size;
	int rc = nd_size_choice_parse(dev, buf, lbasizes, ARRAY_SIZE(lbasizes), &size);

	if (!rc)
		to_nd_btt(dev)->lbasize = size;
	return rc;
}

static ssize_t sector_size_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, change_sector_size);
}
static DEVICE_ATTR_RW(sector_size);

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(device)(dev);
	if (!dev->driver)
		return -ENXIO;
	return sysfs_emit(buf, "%llu\n", to_nd_btt(dev)->size);
}
static DEVICE_ATTR_RO(size);

/* ndctl asks whether the kernel knows both paddings of the log. */
static ssize_t log_zero_flags_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "Y\n");
}
static DEVICE_ATTR_RO(log_zero_flags);

static struct device_attribute btt_attr_namespace =
	__ATTR(namespace, 0644, nd_claim_namespace_show, nd_claim_namespace_store);
static struct device_attribute btt_attr_uuid =
	__ATTR(uuid, 0644, nd_claim_uuid_show, nd_claim_uuid_store);

static struct attribute *btt_attrs[] = {
	&dev_attr_sector_size.attr,
	&btt_attr_namespace.attr,
	&btt_attr_uuid.attr,
	&dev_attr_size.attr,
	&dev_attr_log_zero_flags.attr,
	NULL,
};

static const struct attribute_group btt_group = { .attrs = btt_attrs };

static const struct attribute_group *btt_groups[] = {
	&btt_group,
	&nd_device_group,
	&nd_numa_group,
	NULL,
};

static void btt_release(struct device *dev)
{
	struct nd_btt *btt = to_nd_btt(dev);

	nd_claim_release(&btt->claim);
	kfree(btt);
}

static const struct device_type btt_type = {
	.name = "nd_btt",
	.release = btt_release,
	.groups = btt_groups,
};

/**
 * is_nd_btt() - is this a btt device?
 * @dev: any device, or NULL
 *
 * Context: any. Return: true when it is.
 */
bool is_nd_btt(const struct device *dev)
{
	return dev && dev->type == &btt_type;
}
EXPORT_SYMBOL_GPL(is_nd_btt);

struct device *nd_btt_create(struct nd_region *region)
{
	struct nd_btt *btt = kzalloc(sizeof(*btt), GFP_KERNEL);

	if (!btt)
		return NULL;
	if (nd_claim_init(&btt->claim, region, ND_CLAIM_BTT, &btt_type, NULL)) {
		kfree(btt);
		return NULL;
	}
	nd_device_add_async(&btt->claim.dev);
	return &btt->claim.dev;
}

/* UEFI 2.10 §6.4: a 2.0 arena starts the namespace, a 1.1 arena leaves its first 4 KiB alone. */
static u64 info_offset(const struct nd_namespace_common *ndns)
{
	return ndns->claim_class == NVDIMM_CCLASS_BTT2 ? 0 : ND_INFO_OFFSET;
}

enum found { NOTHING, ARENA, REMAINS };

/* REMAINS: what was an info-block once, and has come to harm. */
static enum found judge(const struct nd_namespace_common *ndns, struct nd_media_btt *info)
{
	const uuid_t *parent = nd_dev_to_uuid((struct device *)&ndns->dev);
	__le64 recorded = info->checksum;
	u64 sum;
	uuid_t uuid;

	if (memcmp(info->signature, ND_BTT_SIG, ND_SIG_LEN))
		return NOTHING;
	info->checksum = 0;
	sum = label_fletcher64(info, sizeof(*info));
	info->checksum = recorded;
	if (sum != le64_to_cpu(recorded))
		return REMAINS;
	import_uuid(&uuid, info->parent_uuid);
	if (!uuid_is_null(&uuid) && parent && !uuid_equal(&uuid, parent))
		return NOTHING;
	return ARENA;
}

static int claim_btt(struct nd_namespace_common *ndns, const struct nd_media_btt *info)
{
	struct nd_region *region = to_nd_region(ndns->dev.parent);
	struct nd_btt *btt = kzalloc(sizeof(*btt), GFP_KERNEL);
	int rc;

	if (!btt)
		return -ENOMEM;
	btt->lbasize = le32_to_cpu(info->external_lbasize);
	btt->initial_offset = info_offset(ndns);
	btt->version_major = le16_to_cpu(info->version_major);
	btt->version_minor = le16_to_cpu(info->version_minor);
	import_uuid(&btt->claim.uuid, info->uuid);
	btt->claim.has_uuid = true;
	/* initialised and queued at once: who closes the region waits for what is queued */
	scoped_guard(nd_config_write, region) {
		rc = nd_claim_init(&btt->claim, region, ND_CLAIM_BTT, &btt_type, ndns);
		if (!rc)
			nd_device_add_async(&btt->claim.dev);
	}
	if (rc)
		kfree(btt);
	return rc;
}

/* Where the label, if there is one, tells of this BTT: by its class, or its own uuid. */
static bool label_agrees(const struct nd_namespace_common *ndns, const struct nd_media_btt *info)
{
	const uuid_t *own = nd_dev_to_uuid((struct device *)&ndns->dev);
	uuid_t parent;

	import_uuid(&parent, info->parent_uuid);
	return ndns->claim_class == NVDIMM_CCLASS_BTT || ndns->claim_class == NVDIMM_CCLASS_BTT2 ||
	       (own && uuid_equal(own, &parent));
}

/*
 * The info-block is unusable: its copy to @info. Who gives a BTT up takes away
 * the first only, so the word of a copy alone is not taken.
 *
 * Return: 0; -ENODEV: no copy; -EIO, with nd_fail(): perhaps one, and @poison keeps
 * us from telling.
 */
static int find_copy(struct device *dev, struct nd_namespace_common *ndns, bool poison,
		     struct nd_media_btt *info)
{
	u64 off = info_offset(ndns);
	u64 at = btt_copy_at(nvdimm_namespace_capacity(ndns) - off);

	if (nd_ns_peek(ndns, off + at, info, sizeof(*info)) || judge(ndns, info) != ARENA ||
	    le64_to_cpu(info->info2off) != at)
		return -ENODEV;
	if (label_agrees(ndns, info))
		return 0;
	if (!poison)
		return -ENODEV;
	return nd_fail(dev, -EIO, ND_WHY_MEDIA,
		       "the info-block at %#llx cannot be read; a copy at %#llx is of BTT %pUb, sector_size %u: give that to a btt device to restore it, or set force_raw",
		       off, off + at, info->uuid, le32_to_cpu(info->external_lbasize));
}

int nd_btt_detect(struct device *dev, struct nd_namespace_common *ndns)
{
	struct nd_media_btt *info __free(kfree) = NULL;
	enum found found = REMAINS;
	int rc, copy;

	if (ndns->force_raw || nvdimm_namespace_capacity(ndns) < SZ_16M)
		return -ENODEV;
	if (!nd_claim_admits(ndns->claim_class, ND_CLAIM_BTT))
		return -ENODEV;
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	rc = nvdimm_read_bytes(ndns, info_offset(ndns), info, sizeof(*info), 0);
	if (!rc)
		found = judge(ndns, info);
	if (found == NOTHING)
		return -ENODEV;
	if (found == REMAINS) {
		copy = find_copy(dev, ndns, rc, info);
		if (copy == -ENODEV && rc)
			return nd_fail(dev, rc, ND_WHY_MEDIA,
				       "cannot read the info-block at byte %llu, nor has it a copy",
				       info_offset(ndns));
		if (copy)
			return copy;
	}
	return claim_btt(ndns, info);
}
