// SPDX-License-Identifier: GPL-2.0
/*
 * Where a namespace is born and where it dies, what tells it from others, and what
 * its drivers ask it.
 */
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "namespace/namespace.h"

/* A namespace is well above 1024 bytes, of which kmalloc() would make 2048. */
static struct kmem_cache *ns_cache;

int nd_ns_init(void)
{
	ns_cache = KMEM_CACHE(nd_ns, 0);
	return ns_cache ? 0 : -ENOMEM;
}

void nd_ns_exit(void)
{
	kmem_cache_destroy(ns_cache);
}

static void ns_free(struct nd_ns *ns)
{
	kfree(ns->slot);
	kmem_cache_free(ns_cache, ns);
}

static struct nd_ns *ns_alloc(u16 slots)
{
	struct nd_ns *ns = kmem_cache_zalloc(ns_cache, GFP_KERNEL);

	if (!ns)
		return NULL;
	ns->slot = kcalloc(slots, sizeof(*ns->slot), GFP_KERNEL);
	if (ns->slot)
		return ns;
	ns_free(ns);
	return NULL;
}

static void ns_release(struct device *dev)
{
	struct nd_ns *ns = to_nd_ns(dev);

	if (ns->labelled)
		ida_free(&ns->region->ns_ida, ns->pmem.id);
	nd_polled_forget(&ns->state.polled);
	nd_device_fini(dev);
	kfree(ns->admit);
	ns_free(ns);
}

static struct nd_device_state *ns_state(struct device *dev)
{
	return &to_nd_ns(dev)->state;
}

static struct nd_device_type io_type __ro_after_init = {
	.type = {
		.name = "nd_namespace_io",
		.release = ns_release,
	},
	.level = ND_LEVEL_NAMESPACE,
	.id = ND_DEVICE_NAMESPACE_IO,
	.state = ns_state,
};

static struct nd_device_type pmem_type __ro_after_init = {
	.type = {
		.name = "nd_namespace_pmem",
		.release = ns_release,
	},
	.level = ND_LEVEL_NAMESPACE,
	.id = ND_DEVICE_NAMESPACE_PMEM,
	.state = ns_state,
};

void __init nd_ns_shows(const struct attribute_group **groups)
{
	io_type.type.groups = groups;
	pmem_type.type.groups = groups;
}

bool is_namespace_pmem(const struct device *dev)
{
	return dev && dev->type == &pmem_type.type;
}

bool is_namespace_io(const struct device *dev)
{
	return dev && dev->type == &io_type.type;
}

bool is_nd_namespace(const struct device *dev)
{
	return is_namespace_pmem(dev) || is_namespace_io(dev);
}

/* ---- claim classes ---- */

/* UEFI 2.10 §13.19.3 (BTT) and the pmem.io specification (PFN, DAX). */
static const struct {
	enum nvdimm_claim_class class;
	guid_t guid;
} claim_classes[] = {
	{ NVDIMM_CCLASS_NONE },
	{ NVDIMM_CCLASS_BTT, GUID_INIT(0x8aed63a2, 0x29a2, 0x4c66,
				       0x8b, 0x12, 0xf0, 0x5d, 0x15, 0xd3, 0x92, 0x2a) },
	{ NVDIMM_CCLASS_BTT2, GUID_INIT(0x18633bfc, 0x1735, 0x4217,
					0x8a, 0xc9, 0x17, 0x23, 0x92, 0x82, 0xd3, 0xf8) },
	{ NVDIMM_CCLASS_PFN, GUID_INIT(0x266400ba, 0xfb9f, 0x4677,
				       0xbc, 0xb0, 0x96, 0x8f, 0x11, 0xd0, 0xd2, 0x25) },
	{ NVDIMM_CCLASS_DAX, GUID_INIT(0x97a86d9c, 0x3cdd, 0x4eda,
				       0x98, 0x6f, 0x50, 0x68, 0xb4, 0xf8, 0x00, 0x88) },
};

static enum nvdimm_claim_class ns_claim_class(const guid_t *abstraction)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(claim_classes); i++)
		if (guid_equal(&claim_classes[i].guid, abstraction))
			return claim_classes[i].class;
	return NVDIMM_CCLASS_UNKNOWN;
}

const guid_t *nd_claim_class_guid(enum nvdimm_claim_class class)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(claim_classes); i++)
		if (claim_classes[i].class == class)
			return &claim_classes[i].guid;
	return &guid_null;
}

/*
 * ---- uuids ----
 *
 * A tree for each bus, because a store of a uuid asks it of thousands of
 * namespaces. Labels may name one uuid twice, so it holds duplicates.
 */

static struct nd_ns *ns_of(struct rb_node *node)
{
	return rb_entry(node, struct nd_ns, by_uuid);
}

static int uuid_node_compare(const uuid_t *uuid, struct rb_node *node)
{
	return memcmp(uuid, &ns_of(node)->cfg.uuid, sizeof(*uuid));
}

static void ns_uuid_forget(struct nd_ns *ns)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);

	spin_lock(&bus->uuids_lock);
	if (!RB_EMPTY_NODE(&ns->by_uuid)) {
		rb_erase(&ns->by_uuid, &bus->uuids);
		RB_CLEAR_NODE(&ns->by_uuid);
	}
	spin_unlock(&bus->uuids_lock);
}

static void ns_uuid_note(struct nd_ns *ns)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);
	struct rb_node **link = &bus->uuids.rb_node, *parent = NULL;

	if (!ns->cfg.has_uuid)
		return;
	spin_lock(&bus->uuids_lock);
	while (*link) {
		parent = *link;
		link = uuid_node_compare(&ns->cfg.uuid, parent) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&ns->by_uuid, parent, link);
	rb_insert_color(&ns->by_uuid, &bus->uuids);
	spin_unlock(&bus->uuids_lock);
}

/* Has another namespace than @ns that uuid, or is one about to? uuids_lock held. */
static bool uuid_in_use(struct nvdimm_bus *bus, const struct nd_ns *ns, const uuid_t *uuid)
{
	struct rb_node *node, *first = NULL;
	const struct nd_ns *other;

	for (node = bus->uuids.rb_node; node;) {
		int order = uuid_node_compare(uuid, node);

		if (!order)
			first = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	for (node = first; node && !uuid_node_compare(uuid, node); node = rb_next(node))
		if (ns_of(node) != ns)
			return true;
	list_for_each_entry(other, &bus->uuids_coming, coming)
		if (other != ns && uuid_equal(&other->coming_uuid, uuid))
			return true;
	return false;
}

bool nd_uuid_reserve(struct nd_ns *ns, const uuid_t *uuid)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);
	bool used;

	spin_lock(&bus->uuids_lock);
	used = uuid_in_use(bus, ns, uuid);
	if (!used) {
		ns->coming_uuid = *uuid;
		list_add(&ns->coming, &bus->uuids_coming);
	}
	spin_unlock(&bus->uuids_lock);
	return !used;
}

void nd_uuid_release(struct nd_ns *ns)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);

	spin_lock(&bus->uuids_lock);
	list_del(&ns->coming);
	spin_unlock(&bus->uuids_lock);
}

/* ---- birth and death ---- */

void nd_ns_install(struct nd_ns *ns, const struct ns_config *cfg)
{
	struct nd_region *region = ns->region;
	struct nd_namespace_pmem *pmem = &ns->pmem;
	struct resource *res = &pmem->nsio.res;

	ns_uuid_forget(ns);
	ns->cfg = *cfg;
	ns_uuid_note(ns);
	compat_set_namespace_uuid(pmem, ns->cfg.has_uuid ? &ns->cfg.uuid : NULL);
	pmem->alt_name = ns->cfg.name;
	pmem->lbasize = ns->cfg.lbasize;
	pmem->nsio.common.claim_class = ns_claim_class(&ns->cfg.abstraction);
	res->start = region->start + ns->cfg.offset * nd_region_ways(region);
	res->end = res->start + ns->cfg.size - 1;
}

struct nd_ns *nd_ns_create(struct nd_region *region, bool labelled)
{
	struct nd_ns *ns = ns_alloc(region->num_mappings);
	const struct ns_config whole = {
		.size = labelled ? 0 : ALIGN_DOWN(region->size, PAGE_SIZE),
	};
	struct device *dev;
	u16 i;

	if (!ns)
		return NULL;
	ns->region = region;
	ns->labelled = labelled;
	nd_range_owner_init(&ns->pages);
	RB_CLEAR_NODE(&ns->by_uuid);
	if (labelled) {
		ns->pmem.id = ida_alloc(&region->ns_ida, GFP_KERNEL);
		if (ns->pmem.id < 0) {
			ns_free(ns);
			return NULL;
		}
	}
	for (i = 0; i < region->num_mappings; i++)
		ns->slot[i] = (struct ns_slot) { .slot = ND_NO_SLOT };
	ns->pmem.nsio.res.name = dev_name(&region->dev);
	ns->pmem.nsio.res.flags = IORESOURCE_MEM;
	nd_ns_install(ns, &whole);

	dev = nd_ns_dev(ns);
	dev->type = labelled ? &pmem_type.type : &io_type.type;
	nd_device_init(dev, &region->dev);
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
		ns_uuid_forget(ns);
		put_device(nd_ns_dev(ns));
	}
}

/* Nothing configured, nobody using it: as good as new. */
static bool ns_idle(struct nd_ns *ns)
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
	region->seed.ns = NULL;
	list_for_each_entry(ns, &region->namespaces, list)
		if (ns_idle(ns) && (!seed || ns->pmem.id < seed->pmem.id))
			seed = ns;
	if (!seed) {
		seed = nd_ns_create(region, true);
		if (!seed) {
			nd_remark(&region->dev, -ENOMEM, ND_REASON_RESOURCE,
				  "no memory for a namespace seed: nothing can be created");
			return;
		}
		nd_device_add_async(nd_ns_dev(seed));
	}
	region->seed.ns = nd_ns_dev(seed);
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
	region->seed.ns = nd_ns_dev(ns);
	nd_device_add_async(nd_ns_dev(ns));
	return 0;
}

/*
 * Power failed when all was written but the end of it, or while a uuid was changed: then what one
 * DIMM has would be nobody's if others lost theirs. Make it whole before anybody relies on it.
 */
static void region_settle(struct nd_region *region)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list) {
		const struct ns_config same = ns->cfg;

		/* what fails is tried again when a driver is bound: nd_ns_settle() */
		if (ns->unsettled && !nd_ns_apply(ns, &same))
			dev_info(nd_ns_dev(ns), "an interrupted label update has been completed\n");
	}
}

static void report_torn(const struct nd_region *region)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list)
		if (ns->torn)
			dev_info(nd_ns_dev(ns), "an interrupted label update will be taken back or completed\n");
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
	if (!nd_region_read_only(region) && !nd_region_locked_dimm(region))
		region_settle(region);
	report_torn(region);
	list_for_each_entry(ns, &region->namespaces, list) {
		region->ns_active++;
		nd_device_add_async(nd_ns_dev(ns));
	}
	region->ns_count = region->ns_active + region->ns_lost;
	/* nothing can be created while data is locked: what there is, is all there is to see */
	if (!region->ns_active || !nd_region_locked_dimm(region))
		nd_region_ns_seed(region);
	/* a seed alone is one namespace found, as tools expect */
	if (!region->ns_count && region->seed.ns) {
		region->ns_count = 1;
		region->ns_active = 1;
	}
	return 0;
}

/* ---- questions of drivers ---- */

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
 * nd_dev_to_uuid() - uuid of a namespace's label
 * @dev: a namespace
 *
 * Context: any, while the namespace is bound or claimed.
 * Return: the uuid; NULL for a bare range.
 */
const uuid_t *nd_dev_to_uuid(struct device *dev)
{
	return is_namespace_pmem(dev) ? compat_namespace_uuid(to_nd_namespace_pmem(dev)) : NULL;
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
	    READ_ONCE(to_ndns(dev)->force_raw))
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
