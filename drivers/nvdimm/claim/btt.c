// SPDX-License-Identifier: GPL-2.0
/*
 * btt devices: the claim of a namespace for sector mode. What the arenas hold
 * is nd_btt's; here a BTT is recognised, so that it is never served raw.
 */
#include <linux/device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "claim/claim.h"
#include "layout/btt_info.h"

static const u32 lbasizes[] = { 512, 520, 528, 4096, 4104, 4160, 4224 };

static ssize_t sector_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return nd_size_choice_show(to_nd_btt(dev)->lbasize, lbasizes, ARRAY_SIZE(lbasizes), buf);
}

static int btt_change_sector_size(struct device *dev, const char *buf, size_t len)
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
	return nd_config_store(dev, buf, len, btt_change_sector_size);
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
	&nd_state_group,
	&nd_numa_group,
	NULL,
};

static void btt_release(struct device *dev)
{
	struct nd_btt *btt = to_nd_btt(dev);

	nd_claim_release(&btt->claim);
	kfree(btt);
}

static void btt_reset(struct nd_claim *claim)
{
	container_of(claim, struct nd_btt, claim)->lbasize = 0;
}

static const struct nd_claim_type btt_type = {
	.type = {
		ND_CLAIM_DEVICE("nd_btt", btt_release, btt_groups),
		.id_of = nd_claim_device_id,
	},
	.kind = ND_CLAIM_BTT,
	.name = "btt",
	.reset = btt_reset,
};

struct device *nd_btt_create(struct nd_region *region)
{
	struct nd_btt *btt = kzalloc(sizeof(*btt), GFP_KERNEL);

	if (!btt)
		return NULL;
	if (nd_claim_init(&btt->claim, region, &btt_type, NULL)) {
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

static int claim_btt(struct nd_namespace_common *ndns, const struct btt_layout *l)
{
	struct nd_region *region = to_nd_region(ndns->dev.parent);
	struct nd_btt *btt = kzalloc(sizeof(*btt), GFP_KERNEL);
	int rc;

	if (!btt)
		return -ENOMEM;
	btt->lbasize = l->external_lbasize;
	btt->initial_offset = info_offset(ndns);
	btt->version_major = l->major;
	btt->version_minor = l->minor;
	btt->claim.uuid = l->uuid;
	btt->claim.has_uuid = true;
	/* initialised and queued at once: closing the region waits for what is queued */
	scoped_guard(nd_config_write, region) {
		rc = nd_claim_init(&btt->claim, region, &btt_type, ndns);
		if (!rc)
			nd_device_add_async(&btt->claim.dev);
	}
	if (rc)
		kfree(btt);
	return rc;
}

/* Where to look: the namespace is mapped for its first bytes only. */
struct ns_search {
	struct btt_search s;
	struct nd_namespace_common *ndns;
};

static int btt_read_info(const struct btt_search *s, u64 at, struct nd_media_btt *info)
{
	struct nd_namespace_common *ndns = container_of(s, struct ns_search, s)->ndns;
	u64 off = info_offset(ndns) + at;

	return at ? nd_ns_read(ndns, off, info, sizeof(*info)) :
		    nvdimm_read_bytes(ndns, off, info, sizeof(*info), 0);
}

static int btt_read_signature(const struct btt_search *s, struct nd_media_btt *info)
{
	struct nd_namespace_common *ndns = container_of(s, struct ns_search, s)->ndns;

	return nvdimm_read_bytes(ndns, info_offset(ndns), info->signature, sizeof(info->signature),
				 0);
}

/* There is or was a BTT, and it cannot be said which: not raw, unless somebody insists. */
static int btt_refuse(struct device *dev, struct nd_namespace_common *ndns, enum btt_found found,
		      enum nd_reason reason, const struct btt_layout *l, u64 copy_at)
{
	int err = reason == ND_REASON_MEDIA ? -EIO : -ENXIO;
	u64 off = info_offset(ndns);

	switch (found) {
	case BTT_UNUSABLE:
		return nd_refuse(dev, err, reason,
				 "the info-block at %#llx, of BTT %pUb, sector_size %u, cannot be used: set force_raw to reach the bytes",
				 off, &l->uuid, l->external_lbasize);
	case BTT_DAMAGED_COPY:
		return nd_refuse(dev, err, reason,
				 "the info-block at %#llx is damaged; a copy at %#llx is of BTT %pUb, sector_size %u: give that to a btt device to restore it, or set force_raw",
				 off, off + copy_at, &l->uuid, l->external_lbasize);
	default:
		break;
	}
	if (reason == ND_REASON_MEDIA)
		return nd_refuse(dev, err, reason,
				 "cannot read the info-block at byte %llu, nor has it a copy: set force_raw to reach the bytes",
				 off);
	return nd_refuse(dev, err, reason,
			 "the info-block at byte %llu is damaged, nor has it a copy; as far as it can be read it is of BTT %pUb, sector_size %u: set force_raw to reach the bytes, and zero it to give the BTT up",
			 off, &l->uuid, l->external_lbasize);
}

int nd_btt_detect(struct device *dev, struct nd_namespace_common *ndns)
{
	u64 size = nvdimm_namespace_capacity(ndns);
	struct nd_media_btt *info __free(kfree) = NULL;
	struct ns_search search;
	enum btt_found found;
	struct btt_layout l;
	enum nd_reason reason;

	if (READ_ONCE(ndns->force_raw) || size < SZ_16M)
		return -ENODEV;
	if (!nd_claim_admits(ndns->claim_class, ND_CLAIM_BTT))
		return -ENODEV;
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	search = (struct ns_search){
		.s = {
			.read = btt_read_info, .read_signature = btt_read_signature,
			.room = size - info_offset(ndns),
			.copy_at = btt_copy_at(size - info_offset(ndns)),
			.own = nd_dev_to_uuid(&ndns->dev),
			.labelled = ndns->claim_class == NVDIMM_CCLASS_BTT ||
				    ndns->claim_class == NVDIMM_CCLASS_BTT2,
		},
		.ndns = ndns,
	};
	found = btt_find(&search.s, info, &l, &reason);
	switch (found) {
	case BTT_NOTHING:
	case BTT_FOREIGN:
		return -ENODEV;
	case BTT_WHOLE:
	case BTT_COPY:
		return claim_btt(ndns, &l);
	case BTT_DAMAGED:
		/* every BTT has a copy: what else it may be is left to nd_pfn_detect() */
		if (reason == ND_REASON_MEDIA &&
		    nd_claim_hidden(ndns, info_offset(ndns)) != ND_HIDDEN_EXPECTED)
			return -ENODEV;
		fallthrough;
	default:
		return btt_refuse(dev, ndns, found, reason, &l, search.s.copy_at);
	}
}
