// SPDX-License-Identifier: GPL-2.0
/*
 * Where a namespace is born and where it dies, and what its drivers ask it.
 */
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "claim/claim.h"
#include "namespace/namespace.h"

static void ns_release(struct device *dev)
{
	struct nd_ns *ns = to_nd_ns(dev);

	if (ns->labelled)
		ida_free(&ns->region->ns_ida, ns->pmem.id);
	nd_device_fini(dev);
	kfree(ns->admit);
	kfree(ns);
}

static const struct device_type io_type = {
	.name = "nd_namespace_io",
	.release = ns_release,
	.groups = nd_ns_groups,
};

static const struct device_type pmem_type = {
	.name = "nd_namespace_pmem",
	.release = ns_release,
	.groups = nd_ns_groups,
};

bool is_namespace_pmem(const struct device *dev)
{
	return dev && dev->type == &pmem_type;
}

bool is_namespace_io(const struct device *dev)
{
	return dev && dev->type == &io_type;
}

bool is_nd_namespace(const struct device *dev)
{
	return is_namespace_pmem(dev) || is_namespace_io(dev);
}

void nd_ns_install(struct nd_ns *ns, const struct ns_config *cfg)
{
	struct nd_region *region = ns->region;
	struct nd_namespace_pmem *pmem = &ns->pmem;
	struct resource *res = &pmem->nsio.res;

	nd_uuid_forget(ns);
	ns->cfg = *cfg;
	nd_uuid_note(ns);
	pmem->uuid = ns->cfg.has_uuid ? &ns->cfg.uuid : NULL;
	pmem->alt_name = ns->cfg.name;
	pmem->lbasize = ns->cfg.lbasize;
	pmem->nsio.common.claim_class = nd_claim_class_of(&ns->cfg.abstraction);
	res->start = region->start + ns->cfg.offset * nd_region_ways(region);
	res->end = res->start + ns->cfg.size - 1;
}

struct nd_ns *nd_ns_create(struct nd_region *region, bool labelled)
{
	struct nd_ns *ns = kzalloc(struct_size(ns, slot, region->num_mappings), GFP_KERNEL);
	const struct ns_config whole = { .size = labelled ? 0 : region->size };
	struct device *dev;
	u16 i;

	if (!ns)
		return NULL;
	ns->region = region;
	ns->labelled = labelled;
	nd_place_init(&ns->pages);
	RB_CLEAR_NODE(&ns->by_uuid);
	if (labelled) {
		ns->pmem.id = ida_alloc(&region->ns_ida, GFP_KERNEL);
		if (ns->pmem.id < 0) {
			kfree(ns);
			return NULL;
		}
	}
	for (i = 0; i < region->num_mappings; i++)
		ns->slot[i] = (struct ns_slot) { .slot = ND_NO_SLOT };
	ns->pmem.nsio.res.name = dev_name(&region->dev);
	ns->pmem.nsio.res.flags = IORESOURCE_MEM;
	nd_ns_install(ns, &whole);

	dev = nd_ns_dev(ns);
	dev->type = labelled ? &pmem_type : &io_type;
	nd_device_init(dev, &region->dev, ND_LEVEL_NAMESPACE);
	if (dev_set_name(dev, "namespace%d.%d", region->id, ns->pmem.id)) {
		put_device(dev);
		return NULL;
	}
	get_device(dev);
	list_add_tail(&ns->list, &region->namespaces);
	return ns;
}

void nd_ns_forget_all(struct nd_region *region)
{
	struct nd_ns *ns, *next;
	LIST_HEAD(gone);

	scoped_guard(nd_config_write, region) {
		list_splice_init(&region->namespaces, &gone);
		kvfree(region->orphan);
		region->orphan = NULL;
		region->norphan = 0;
		region->nkept = 0;
		nd_space_forget(region);
	}
	list_for_each_entry_safe(ns, next, &gone, list) {
		list_del_init(&ns->list);
		nd_uuid_forget(ns);
		put_device(nd_ns_dev(ns));
	}
}

/* Nothing configured, nobody using it: as good as new. */
static bool idle(struct nd_ns *ns)
{
	return ns->labelled && !ns->cfg.size && !ns->cfg.has_uuid &&
	       !ns->pmem.nsio.common.claim && device_is_registered(nd_ns_dev(ns));
}

/*
 * The next seed is the lowest idle namespace, a deleted one included, so that
 * create and destroy in a loop neither count up nor leave a trail of devices.
 */
void nd_region_ns_seed(struct nd_region *region)
{
	struct nd_ns *ns, *seed = NULL;

	/* a bare range is, and remains, its own */
	if (nd_region_nstype(region) != ND_DEVICE_NAMESPACE_PMEM)
		return;
	region->ns_seed = NULL;
	list_for_each_entry(ns, &region->namespaces, list)
		if (idle(ns) && (!seed || ns->pmem.id < seed->pmem.id))
			seed = ns;
	if (!seed) {
		seed = nd_ns_create(region, true);
		if (!seed) {
			nd_fail(&region->dev, -ENOMEM, ND_WHY_RESOURCE,
				"no memory for a namespace seed: nothing can be created");
			return;
		}
		nd_device_add_async(nd_ns_dev(seed));
	}
	region->ns_seed = nd_ns_dev(seed);
}

static int register_bare(struct nd_region *region)
{
	struct nd_ns *ns;

	guard(nd_config_write)(region);
	ns = nd_ns_create(region, false);
	if (!ns)
		return -ENOMEM;
	region->ns_count = 1;
	region->ns_active = 1;
	region->ns_seed = nd_ns_dev(ns);
	nd_device_add_async(nd_ns_dev(ns));
	return 0;
}

/* Power failed when all was written but the end of it: write that, before anybody relies on it. */
static void settle(struct nd_region *region)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list) {
		const struct ns_config same = ns->cfg;

		if (ns->unsettled && !nd_ns_apply(ns, &same))
			dev_info(nd_ns_dev(ns), "an interrupted label update has been completed\n");
	}
}

/* A DIMM of the region that is locked, or NULL. */
static struct nvdimm *locked_dimm(const struct nd_region *region)
{
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		if (nvdimm_locked(region->mapping[i].nvdimm))
			return region->mapping[i].nvdimm;
	return NULL;
}

int nd_region_register_namespaces(struct nd_region *region)
{
	struct nd_ns *ns;
	int rc;

	if (nd_region_nstype(region) == ND_DEVICE_NAMESPACE_IO)
		return register_bare(region);

	guard(nd_config_write)(region);
	rc = nd_ns_scan(region);
	if (rc) {
		/* never added: they end with the list's reference, the region's driver puts it */
		list_for_each_entry(ns, &region->namespaces, list)
			put_device(nd_ns_dev(ns));
		return rc;
	}
	if (!region->ro && !locked_dimm(region))
		settle(region);
	list_for_each_entry(ns, &region->namespaces, list) {
		region->ns_active++;
		nd_device_add_async(nd_ns_dev(ns));
	}
	region->ns_count = region->ns_active;
	/* nothing can be created while data is locked: what there is, is all there is to see */
	if (!region->ns_count || !locked_dimm(region))
		nd_region_ns_seed(region);
	/* a seed alone is one namespace found, as tools expect */
	if (!region->ns_count && region->ns_seed) {
		region->ns_count = 1;
		region->ns_active = 1;
	}
	return 0;
}

/* ---- questions of drivers ---- */

static struct nd_namespace_common *claimed_by(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev->parent);
	struct nd_namespace_common *ndns;

	scoped_guard(nd_config_read, region)
		ndns = to_nd_claim(dev)->ndns;
	if (!ndns) {
		nd_note(dev, -ENODEV, ND_WHY_MODE, "no namespace set");
		return ERR_PTR(-ENODEV);
	}
	if (nd_claim_draining(to_nd_claim(dev)))
		return ERR_PTR(-EBUSY);
	/* Its own probe, which found the info-block, may still be unwinding. */
	guard(device)(&ndns->dev);
	if (ndns->dev.driver) {
		nd_fail(dev, -EBUSY, ND_WHY_BUSY, "%s is in use in raw mode",
			dev_name(&ndns->dev));
		return ERR_PTR(-EBUSY);
	}
	return ndns;
}

static struct nd_namespace_common *unclaimed(struct device *dev)
{
	struct nd_namespace_common *ndns = to_ndns(dev);

	guard(nd_config_read)(to_nd_region(dev->parent));
	if (ndns->claim) {
		nd_note(dev, -ENXIO, ND_WHY_CLAIMED, "claimed by %s", dev_name(ndns->claim));
		return ERR_PTR(-ENXIO);
	}
	return ndns;
}

static int usable(struct device *dev, struct nd_namespace_common *ndns)
{
	struct nd_region *region = to_nd_region(ndns->dev.parent);
	struct nvdimm *locked = locked_dimm(region);

	if (locked)
		return nd_fail(dev, -EACCES, ND_WHY_LOCKED, "%s is locked: unlock it first",
			       nvdimm_name(locked));
	/* unlocked since */
	if (nd_region_incoherent(region))
		return nd_fail(dev, -EBUSY, ND_WHY_BUSY,
			       "contents of a DIMM have changed since %s was enabled: disable and enable it",
			       dev_name(&region->dev));
	guard(nd_config_read)(region);
	if (is_namespace_pmem(&ndns->dev) && !to_nd_namespace_pmem(&ndns->dev)->uuid)
		return nd_note(dev, -ENODEV, ND_WHY_UUID, "not configured: no uuid");
	if (resource_size(&to_nd_namespace_io(&ndns->dev)->res) < PAGE_SIZE)
		return nd_note(dev, -ENODEV, ND_WHY_SIZE, "not configured: no capacity");
	return 0;
}

struct nd_namespace_common *nd_namespace_open(struct device *dev)
{
	struct nd_namespace_common *ndns = is_nd_claim(dev) ? claimed_by(dev) : unclaimed(dev);
	int rc;

	if (IS_ERR(ndns))
		return ndns;
	rc = usable(dev, ndns);
	return rc ? ERR_PTR(rc) : ndns;
}
EXPORT_SYMBOL_GPL(nd_namespace_open);

/**
 * nvdimm_namespace_capacity() - raw bytes of a namespace
 * @ndns: the namespace
 *
 * Constant while the namespace is bound or claimed.
 */
resource_size_t nvdimm_namespace_capacity(struct nd_namespace_common *ndns)
{
	return resource_size(&to_nd_namespace_io(&ndns->dev)->res);
}
EXPORT_SYMBOL_GPL(nvdimm_namespace_capacity);

/**
 * nvdimm_namespace_disk_name() - name of the block device
 * @ndns: the namespace
 * @name: room for 32 bytes
 *
 * pmem<region>[.<namespace>][s]: the namespace is left out when 0, the s
 * stands for sector mode.
 */
const char *nvdimm_namespace_disk_name(struct nd_namespace_common *ndns, char *name)
{
	struct nd_ns *ns = to_nd_ns(&ndns->dev);
	const char *suffix = ndns->claim && is_nd_btt(ndns->claim) ? "s" : "";

	if (ns->pmem.id)
		snprintf(name, DISK_NAME_LEN, "pmem%d.%d%s", ns->region->id, ns->pmem.id, suffix);
	else
		snprintf(name, DISK_NAME_LEN, "pmem%d%s", ns->region->id, suffix);
	return name;
}
EXPORT_SYMBOL_GPL(nvdimm_namespace_disk_name);

/**
 * nd_dev_to_uuid() - uuid of a namespace's label
 * @dev: a namespace
 *
 * Context: any, while the namespace is bound or claimed.
 * Return: the uuid; NULL for a bare range.
 */
const uuid_t *nd_dev_to_uuid(struct device *dev)
{
	return is_namespace_pmem(dev) ? to_nd_namespace_pmem(dev)->uuid : NULL;
}
EXPORT_SYMBOL_GPL(nd_dev_to_uuid);

/**
 * pmem_should_map_pages() - shall a range without info-block get struct pages?
 * @dev: a namespace
 *
 * Only where the provider asked for it, and only what the kernel can map
 * without reaching into System RAM.
 *
 * Context: process. Return: true when it shall.
 */
bool pmem_should_map_pages(struct device *dev)
{
	const struct resource *res;

	if (!is_nd_namespace(dev) || !IS_ENABLED(CONFIG_ZONE_DEVICE))
		return false;
	if (!test_bit(ND_REGION_PAGEMAP, &to_nd_region(dev->parent)->flags) ||
	    to_ndns(dev)->force_raw)
		return false;
	res = &to_nd_namespace_io(dev)->res;
	return region_intersects(res->start, resource_size(res), IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_MIXED &&
	       ARCH_MEMREMAP_PMEM == MEMREMAP_WB;
}
EXPORT_SYMBOL_GPL(pmem_should_map_pages);

/**
 * pmem_sector_size() - sector size of a namespace's disk
 * @ndns: the namespace
 *
 * Context: any, while the namespace is bound or claimed. Return: 512 or 4096.
 */
unsigned int pmem_sector_size(struct nd_namespace_common *ndns)
{
	return is_namespace_pmem(&ndns->dev) &&
	       to_nd_namespace_pmem(&ndns->dev)->lbasize == SZ_4K ? SZ_4K : SECTOR_SIZE;
}
EXPORT_SYMBOL_GPL(pmem_sector_size);
