// SPDX-License-Identifier: GPL-2.0
/*
 * pfn and dax devices: seeds, attributes, and the claim of a namespace that
 * carries an info-block.
 */
#include <linux/device.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "claim/claim.h"
#include "claim/pfn.h"

static bool strict_align;
module_param(strict_align, bool, 0644);
MODULE_PARM_DESC(strict_align,
		 "What strict_align of a namespace is when it is found: refuse to serve it with smaller pages than align, or without dax");

static const char * const mode_name[] = {
	[ND_PFN_MODE_NONE] = "none",
	[ND_PFN_MODE_RAM] = "ram",
	[ND_PFN_MODE_PMEM] = "pmem",
};

const char *nd_pfn_mode_word(u32 mode)
{
	return mode_name[mode];
}

unsigned int nd_pfn_alignments(u32 *align)
{
	unsigned int n = 0;

	align[n++] = PAGE_SIZE;
	if (!has_transparent_hugepage())
		return n;
	align[n++] = PMD_SIZE;
	/* an info-block has 32 bits for it: 64 GiB, of kernels with pages of 16 KiB, is too much */
	if (IS_ENABLED(CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD) && PUD_SIZE <= U32_MAX)
		align[n++] = (u32)PUD_SIZE;
	return n;
}
EXPORT_SYMBOL_GPL(nd_pfn_alignments);

u32 nd_pfn_page_align(u64 align)
{
	u32 choice[ND_PFN_ALIGNS];
	unsigned int n = nd_pfn_alignments(choice);

	while (n > 1 && choice[n - 1] > align)
		n--;
	return choice[n - 1];
}

/* ---- attributes ---- */

static ssize_t mode_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%s\n", mode_name[to_nd_pfn(dev)->mode]);
}

static int change_mode(struct device *dev, const char *buf, size_t len)
{
	int mode = sysfs_match_string(mode_name, buf);

	if (mode < 0)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "mode takes none, ram or pmem");
	to_nd_pfn(dev)->mode = mode;
	return 0;
}

static ssize_t mode_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, change_mode);
}
static DEVICE_ATTR_RW(mode);

static ssize_t align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%llu\n", to_nd_pfn(dev)->align);
}

static int pfn_change_align(struct device *dev, const char *buf, size_t len)
{
	u32 most = nd_pfn_page_align(U64_MAX);
	struct nd_pfn *pfn = to_nd_pfn(dev);
	u64 align, before;
	int rc = kstrtou64(buf, 0, &align);

	if (rc || align < PAGE_SIZE || align > most || !is_power_of_2(align))
		return nd_note(dev, rc ?: -EINVAL, ND_REASON_ARGUMENT,
			       "align takes a power of two from %lu to %u", PAGE_SIZE, most);
	before = pfn->align;
	pfn->align = align;
	if (pfn->claim.ndns)
		rc = nd_pfn_check_plan(pfn, pfn->claim.ndns);
	if (rc)
		pfn->align = before;
	return rc;
}

static ssize_t align_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, pfn_change_align);
}
static DEVICE_ATTR_RW(align);

static ssize_t supported_alignments_show(struct device *dev, struct device_attribute *attr,
					 char *buf)
{
	u32 choice[ND_PFN_ALIGNS];
	unsigned int i, n = nd_pfn_alignments(choice);
	u32 align;
	int at = 0;

	/* Page-table sizes first; none is marked: `align` tells which. */
	for (i = 0; i < n; i++)
		at += sysfs_emit_at(buf, at, "%u ", choice[i]);
	for (i = 0, align = choice[0]; align < choice[n - 1]; align *= 2) {
		if (align == choice[i])
			i++;
		else
			at += sysfs_emit_at(buf, at, "%u ", align);
	}
	return at + sysfs_emit_at(buf, at, "\n");
}
static DEVICE_ATTR_RO(supported_alignments);

/* What today's place allows: the largest page-table size for all of the data (X1). */
static ssize_t effective_align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_pfn *pfn = to_nd_pfn(dev);

	guard(device)(dev);
	if (!dev->driver || !pfn->valid || !pfn->layout.pages)
		return -ENXIO;
	return sysfs_emit(buf, "%llu\n", pfn->layout.align);
}
static DEVICE_ATTR_RO(effective_align);

static ssize_t strict_align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%d\n", to_nd_pfn(dev)->strict_align);
}

static int change_strict_align(struct device *dev, const char *buf, size_t len)
{
	bool strict;

	if (kstrtobool(buf, &strict))
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "strict_align takes 0 or 1");
	to_nd_pfn(dev)->strict_align = strict;
	return 0;
}

static ssize_t strict_align_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, change_strict_align);
}
static DEVICE_ATTR_RW(strict_align);

/* Both speak of the data, and only while a driver serves it. */
static ssize_t resource_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_pfn *pfn = to_nd_pfn(dev);

	guard(device)(dev);
	if (!dev->driver || !pfn->valid)
		return -ENXIO;
	return sysfs_emit(buf, "%#llx\n", pfn->layout.data_start);
}
static DEVICE_ATTR_ADMIN_RO(resource);

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_pfn *pfn = to_nd_pfn(dev);

	guard(device)(dev);
	if (!dev->driver || !pfn->valid)
		return -ENXIO;
	return sysfs_emit(buf, "%llu\n", pfn->layout.usable);
}
static DEVICE_ATTR_RO(size);

static struct device_attribute pfn_attr_namespace =
	__ATTR(namespace, 0644, nd_claim_namespace_show, nd_claim_namespace_store);
static struct device_attribute pfn_attr_uuid =
	__ATTR(uuid, 0644, nd_claim_uuid_show, nd_claim_uuid_store);

static struct attribute *pfn_attrs[] = {
	&pfn_attr_namespace.attr,
	&pfn_attr_uuid.attr,
	&dev_attr_mode.attr,
	&dev_attr_align.attr,
	&dev_attr_supported_alignments.attr,
	&dev_attr_effective_align.attr,
	&dev_attr_strict_align.attr,
	&dev_attr_resource.attr,
	&dev_attr_size.attr,
	NULL,
};

static const struct attribute_group pfn_group = { .attrs = pfn_attrs };

static const struct attribute_group *pfn_groups[] = {
	&pfn_group,
	&nd_device_group,
	&nd_state_group,
	&nd_numa_group,
	NULL,
};

/* ---- devices ---- */

static void pfn_release(struct device *dev)
{
	struct nd_pfn *pfn = to_nd_pfn(dev);

	nd_claim_release(&pfn->claim);
	kfree(pfn);
}

static int pfn_check(struct nd_claim *claim, struct nd_namespace_common *ndns)
{
	return nd_pfn_check_plan(container_of(claim, struct nd_pfn, claim), ndns);
}

static void pfn_reset(struct nd_claim *claim)
{
	struct nd_pfn *pfn = container_of(claim, struct nd_pfn, claim);

	pfn->mode = ND_PFN_MODE_NONE;
	pfn->strict_align = READ_ONCE(strict_align);
}

static const struct nd_claim_type pfn_type = {
	.type = {
		ND_CLAIM_DEVICE("nd_pfn", pfn_release, pfn_groups),
		.id_of = nd_claim_device_id,
	},
	.kind = ND_CLAIM_PFN,
	.name = "pfn",
	.check = pfn_check,
	.reset = pfn_reset,
};

static const struct nd_claim_type dax_type = {
	.type = {
		ND_CLAIM_DEVICE("nd_dax", pfn_release, pfn_groups),
		.id = ND_DEVICE_DAX_PMEM,
	},
	.kind = ND_CLAIM_DAX,
	.name = "dax",
	.check = pfn_check,
	.reset = pfn_reset,
};

static int pfn_init(struct nd_pfn *pfn, struct nd_region *region, bool dax,
		    struct nd_namespace_common *ndns)
{
	pfn->strict_align = READ_ONCE(strict_align);
	return nd_claim_init(&pfn->claim, region, dax ? &dax_type : &pfn_type, ndns);
}

static struct device *create_seed(struct nd_region *region, bool dax)
{
	struct nd_pfn *pfn = kzalloc(sizeof(*pfn), GFP_KERNEL);

	if (!pfn)
		return NULL;
	pfn->align = has_transparent_hugepage() ? PMD_SIZE : PAGE_SIZE;
	if (pfn_init(pfn, region, dax, NULL)) {
		kfree(pfn);
		return NULL;
	}
	nd_device_add_async(&pfn->claim.dev);
	return &pfn->claim.dev;
}

struct device *nd_pfn_create(struct nd_region *region)
{
	return create_seed(region, false);
}

struct device *nd_dax_create(struct nd_region *region)
{
	return create_seed(region, true);
}

/* ---- a namespace that carries an info-block ---- */

static bool pfn_class_admits(enum nvdimm_claim_class class, bool dax)
{
	return nd_claim_admits(class, dax ? ND_CLAIM_DAX : ND_CLAIM_PFN);
}

static int claim_pfn(struct nd_namespace_common *ndns, const struct pfn_info *info)
{
	struct nd_region *region = to_nd_region(ndns->dev.parent);
	struct nd_pfn *pfn = kzalloc(sizeof(*pfn), GFP_KERNEL);
	int rc;

	if (!pfn)
		return -ENOMEM;
	pfn->mode = info->mode;
	pfn->align = pfn_info_align(info);
	pfn->claim.uuid = info->uuid;
	pfn->claim.has_uuid = true;
	/* initialised and queued at once: closing the region waits for what is queued */
	scoped_guard(nd_config_write, region) {
		rc = pfn_init(pfn, region, info->dax, ndns);
		if (!rc)
			nd_device_add_async(&pfn->claim.dev);
	}
	if (rc)
		kfree(pfn);
	return rc;
}

int nd_pfn_detect(struct device *dev, struct nd_namespace_common *ndns)
{
	struct pfn_info info;
	int rc;

	if (READ_ONCE(ndns->force_raw) || nvdimm_namespace_capacity(ndns) <= ND_INFO_RESERVE)
		return -ENODEV;
	if (!pfn_class_admits(ndns->claim_class, false) &&
	    !pfn_class_admits(ndns->claim_class, true))
		return -ENODEV;
	rc = nd_pfn_read_info(dev, ndns, &info);
	if (rc)
		return rc;
	if (!pfn_class_admits(ndns->claim_class, info.dax))
		return -ENODEV;
	/* a user that wants it in another mode then finds it without a claim */
	rc = nd_pfn_check_layout(dev, ndns, &info, READ_ONCE(strict_align));
	return rc ?: claim_pfn(ndns, &info);
}
