// SPDX-License-Identifier: GPL-2.0
/*
 * Regions: creation by a provider, and the nd_region driver that brings their
 * namespaces to life.
 */
#include <linux/device.h>
#include <linux/memregion.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "claim/claim.h"
#include "claim/configure.h"
#include "namespace/namespace.h"
#include "poison/memory.h"
#include "region/region.h"

static void region_release(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev);
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		put_device(&region->mapping[i].nvdimm->dev);
	nd_lanes_free(region);
	nd_place_remove(&region->place);
	if (!test_bit(ND_REGION_CXL, &region->flags))
		memregion_free(region->id);
	ida_destroy(&region->ns_ida);
	ida_destroy(&region->btt_ida);
	ida_destroy(&region->pfn_ida);
	ida_destroy(&region->dax_ida);
	nd_space_forget(region);
	nd_config_forget(region);
	nd_device_fini(dev);
	kfree(region->admit);
	kfree(region);
}

const struct device_type nd_pmem_region_type = {
	.name = "nd_pmem",
	.release = region_release,
	.groups = nd_region_groups,
};

const struct device_type nd_volatile_region_type = {
	.name = "nd_volatile",
	.release = region_release,
	.groups = nd_region_groups,
};

/**
 * to_nd_region() - the region of its device
 * @dev: a regionN device
 */
struct nd_region *to_nd_region(struct device *dev)
{
	return container_of(dev, struct nd_region, dev);
}
EXPORT_SYMBOL_GPL(to_nd_region);

/**
 * nd_region_dev() - the device of a region
 * @nd_region: the region
 */
struct device *nd_region_dev(struct nd_region *nd_region)
{
	return &nd_region->dev;
}
EXPORT_SYMBOL_GPL(nd_region_dev);

/**
 * nd_region_provider_data() - what the provider gave at creation
 * @nd_region: the region
 */
void *nd_region_provider_data(struct nd_region *nd_region)
{
	return nd_region->provider_data;
}
EXPORT_SYMBOL_GPL(nd_region_provider_data);

int nd_region_nstype(const struct nd_region *region)
{
	u16 i;

	for (i = 0; i < region->num_mappings && !region->force_raw; i++)
		if (test_bit(NDD_LABELING, &region->mapping[i].nvdimm->flags))
			return ND_DEVICE_NAMESPACE_PMEM;
	return ND_DEVICE_NAMESPACE_IO;
}

u64 nd_region_cookie(struct nd_region *region)
{
	const struct label_area *area;

	if (!region->set)
		return 0;
	if (!region->num_mappings)
		return region->set->cookie1;
	area = &region->mapping[0].nvdimm->area;
	/* a blank area will be formatted as v1.2 */
	if (area->data && (!area->valid || area->minor >= 2))
		return region->set->cookie2;
	return region->set->cookie1;
}

/* Placement that suits every architecture's memmap: 16 MiB, a multiple of the interleave ways. */
static u64 default_align(const struct nd_region *region)
{
	u64 align = region->size < SZ_16M ? PAGE_SIZE : SZ_16M;
	u16 ways = max_t(u16, region->num_mappings, 1);

	/* A bare range is one namespace, and tools refuse one whose size is no multiple. */
	if (!region->num_mappings && align > PAGE_SIZE)
		align = clamp(region->size & -region->size, (u64)PAGE_SIZE, align);
	return align % ways ? align * ways : align;
}

/*
 * More address lines than any processor has. Sums of addresses and sizes, rounded up to whatever
 * unit, do not wrap below it: who is behind this door need not ask.
 */
#define ND_ADDRESS_END	(1ull << 60)

static int check_desc(struct nvdimm_bus *bus, const struct nd_region_desc *desc)
{
	u16 i;

	if (desc->res->start > desc->res->end || desc->res->end >= ND_ADDRESS_END)
		return nd_fail(&bus->dev, -EINVAL, ND_WHY_BOUNDS, "%pr is no range of addresses",
			       desc->res);
	if (desc->num_mappings > ND_MAX_MAPPINGS)
		return nd_fail(&bus->dev, -EINVAL, ND_WHY_BOUNDS,
			       "region %pr has %u mappings, at most %u are possible",
			       desc->res, desc->num_mappings, ND_MAX_MAPPINGS);
	for (i = 0; i < desc->num_mappings; i++) {
		const struct nd_mapping_desc *m = &desc->mapping[i];

		if (!PAGE_ALIGNED(m->start | m->size))
			return nd_fail(&bus->dev, -EINVAL, ND_WHY_ALIGN,
				       "region %pr: mapping %u of %s, %#llx + %#llx, is not page aligned",
				       desc->res, i, nvdimm_name(m->nvdimm), m->start, m->size);
		if (m->start >= ND_ADDRESS_END || m->size >= ND_ADDRESS_END)
			return nd_fail(&bus->dev, -EINVAL, ND_WHY_BOUNDS,
				       "region %pr: mapping %u of %s, %#llx + %#llx, is beyond all addresses",
				       desc->res, i, nvdimm_name(m->nvdimm), m->start, m->size);
	}
	return 0;
}

static struct nd_region *region_alloc(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				      const struct device_type *type)
{
	struct nd_region *region = kzalloc(struct_size(region, mapping, desc->num_mappings),
					   GFP_KERNEL);
	struct device *dev;
	u16 i;

	if (!region)
		return NULL;
	/* CXL numbers its regions itself */
	region->id = test_bit(ND_REGION_CXL, &desc->flags) ? desc->memregion :
							     memregion_alloc(GFP_KERNEL);
	if (region->id < 0) {
		kfree(region);
		return NULL;
	}
	region->start = desc->res->start;
	region->size = resource_size(desc->res);
	region->volatile_mem = type == &nd_volatile_region_type;
	region->numa_node = desc->numa_node;
	region->target_node = desc->target_node;
	region->flags = desc->flags;
	region->set = desc->nd_set;
	region->provider_data = desc->provider_data;
	region->flush = desc->flush;
	region->num_lanes = ND_REGION_LANES;
	region->num_mappings = desc->num_mappings;
	for (i = 0; i < desc->num_mappings; i++) {
		const struct nd_mapping_desc *m = &desc->mapping[i];

		get_device(&m->nvdimm->dev);
		region->mapping[i] = (struct nd_mapping) {
			.nvdimm = m->nvdimm,
			.start = m->start,
			.size = m->size,
			.position = m->position,
		};
		if (test_bit(NDD_UNARMED, &m->nvdimm->flags))
			region->ro = true;
	}
	region->align = default_align(region);
	spin_lock_init(&region->holder_lock);
	init_rwsem(&region->config);
	INIT_LIST_HEAD(&region->namespaces);
	nd_async_init(&region->async);
	nd_place_init(&region->place);
	ida_init(&region->ns_ida);
	ida_init(&region->btt_ida);
	ida_init(&region->pfn_ida);
	ida_init(&region->dax_ida);

	dev = &region->dev;
	dev->type = type;
	dev->groups = desc->attr_groups;
	dev->of_node = desc->of_node;
	nd_device_init(dev, &bus->dev, ND_LEVEL_REGION);
	set_dev_node(dev, region->numa_node);
	return region;
}

/**
 * nd_region_create() - offer capacity
 * @bus: provider's bus
 * @desc: as for nvdimm_pmem_region_create()
 * @persistent: or power takes it away
 *
 * Context: process. Return: the region, or an ERR_PTR() with the reason told of @bus.
 */
struct nd_region *nd_region_create(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				   bool persistent)
{
	struct nd_region *region;
	int rc = check_desc(bus, desc);

	if (rc)
		return ERR_PTR(rc);
	region = region_alloc(bus, desc,
			      persistent ? &nd_pmem_region_type : &nd_volatile_region_type);
	if (!region)
		return ERR_PTR(nd_fail(&bus->dev, -ENOMEM, ND_WHY_RESOURCE,
				       "no memory or id for region %pr", desc->res));
	if (dev_set_name(&region->dev, "region%d", region->id) || nd_lanes_init(region)) {
		put_device(&region->dev);
		return ERR_PTR(nd_fail(&bus->dev, -ENOMEM, ND_WHY_RESOURCE,
				       "no memory for region %pr", desc->res));
	}
	nd_place_region(&region->place, region->start, region->size, dev_name(&region->dev));
	nd_device_add_async(&region->dev);
	return region;
}
EXPORT_SYMBOL_GPL(nd_region_create);

/* The kernel's providers know no errno. */
static struct nd_region *region_or_null(struct nd_region *region)
{
	return IS_ERR(region) ? NULL : region;
}

/**
 * nvdimm_pmem_region_create() - offer persistent capacity
 * @nvdimm_bus: provider's bus
 * @ndr_desc: range, mappings (at most 32), interleave set; copied but for
 *	nd_set and provider_data, which must outlive the region
 *
 * The region is added asynchronously; DIMM drivers should have bound before
 * (nvdimm_bus_check_dimm_count()).
 *
 * Context: process. Return: the region, NULL on error.
 */
struct nd_region *nvdimm_pmem_region_create(struct nvdimm_bus *nvdimm_bus,
					    struct nd_region_desc *ndr_desc)
{
	return region_or_null(nd_region_create(nvdimm_bus, ndr_desc, true));
}
EXPORT_SYMBOL_GPL(nvdimm_pmem_region_create);

/**
 * nvdimm_volatile_region_create() - offer capacity that power takes away
 * @nvdimm_bus: provider's bus
 * @ndr_desc: as for nvdimm_pmem_region_create()
 *
 * Context: process. Return: the region, NULL on error.
 */
struct nd_region *nvdimm_volatile_region_create(struct nvdimm_bus *nvdimm_bus,
						struct nd_region_desc *ndr_desc)
{
	return region_or_null(nd_region_create(nvdimm_bus, ndr_desc, false));
}
EXPORT_SYMBOL_GPL(nvdimm_volatile_region_create);

/**
 * nvdimm_region_delete() - take a region away before its bus goes
 * @nd_region: NULL is fine
 */
void nvdimm_region_delete(struct nd_region *nd_region)
{
	if (!nd_region)
		return;
	/* it may not have been added yet */
	nd_async_flush(nd_region->dev.parent);
	nd_device_kill(&nd_region->dev);
}
EXPORT_SYMBOL_GPL(nvdimm_region_delete);

/* ---- seeds ---- */

/* Without one nothing of its kind can be made until the region is enabled anew: say so. */
static struct device *claim_seed(struct nd_region *region, const char *kind,
				 struct device *(*create)(struct nd_region *region))
{
	struct device *seed = create(region);

	if (!seed)
		nd_fail(&region->dev, -ENOMEM, ND_WHY_RESOURCE,
			"no memory for a %s seed: disable and enable %s to get one", kind,
			dev_name(&region->dev));
	return seed;
}

void nd_region_probed(struct nd_region *region, struct device *dev)
{
	struct nd_namespace_common *ndns = NULL;

	guard(nd_config_write)(region);
	if (is_nd_claim(dev)) {
		ndns = to_nd_claim(dev)->ndns;
		if (dev == region->btt_seed)
			region->btt_seed = claim_seed(region, "btt", nd_btt_create);
		else if (dev == region->pfn_seed)
			region->pfn_seed = claim_seed(region, "pfn", nd_pfn_create);
		else if (dev == region->dax_seed)
			region->dax_seed = claim_seed(region, "dax", nd_dax_create);
	}
	if (region->ns_seed && (dev == region->ns_seed || (ndns && &ndns->dev == region->ns_seed)))
		nd_region_ns_seed(region);
}

void nd_region_lost(struct nd_region *region, struct device *dev)
{
	struct device **seed[] = {
		&region->ns_seed, &region->btt_seed, &region->pfn_seed, &region->dax_seed,
	};
	unsigned int i;

	guard(nd_config_write)(region);
	for (i = 0; i < ARRAY_SIZE(seed); i++)
		if (*seed[i] == dev)
			*seed[i] = NULL;
	if (is_nd_claim(dev))
		nd_claim_detach(to_nd_claim(dev));
}

/* ---- the nd_region driver ---- */

/* DIMMs may come and go only while no region uses their labels. */
static void put_dimms(void *data)
{
	struct nd_region *region = data;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		nvdimm_unuse(region->mapping[i].nvdimm);
}

/* The region follows when it is over; dimm/overwrite.c looks for it after it has said so. */
static bool waits_for_overwrite(struct nd_region *region, struct nvdimm *nvdimm)
{
	if (!nvdimm_in_overwrite(nvdimm))
		return false;
	WRITE_ONCE(region->waiting, true);
	smp_mb();	/* pairs with overwrite_goes_on() */
	return nvdimm_in_overwrite(nvdimm);
}

/* Labels nobody has read may be there all the same: they are not to be written over. */
static bool may_have_labels(const struct nvdimm *nvdimm)
{
	return test_bit(NDD_LABELING, &nvdimm->flags) ||
	       (nvdimm_has_labels(nvdimm) && !nvdimm->no_labels);
}

static int check_dimm(struct nd_region *region, struct nvdimm *nvdimm)
{
	struct device *dev = &region->dev;

	if (waits_for_overwrite(region, nvdimm))
		return nd_fail(dev, -EBUSY, ND_WHY_BUSY,
			       "%s is being overwritten: %s will follow when that is over",
			       nvdimm_name(nvdimm), dev_name(dev));
	guard(mutex)(&nvdimm->labels);
	if (nvdimm->bound)
		return 0;
	if (nvdimm_locked(nvdimm))
		return nd_fail(dev, -ENXIO, ND_WHY_LOCKED,
			       "%s is locked: unlock it by enabling it with its key, %s will follow",
			       nvdimm_name(nvdimm), dev_name(dev));
	if (!may_have_labels(nvdimm) || region->force_raw)
		return 0;
	return nd_fail(dev, -ENXIO, ND_WHY_DISABLED,
		       "%s is disabled, or its labels cannot be read (its last_error tells), and they are needed to tell namespaces apart: enable it, %s will follow",
		       nvdimm_name(nvdimm), dev_name(dev));
}

static int use_dimm(struct nd_region *region, struct nvdimm *nvdimm)
{
	int rc = nvdimm_use(nvdimm);

	if (rc == -EBUSY)
		return nd_fail(&region->dev, rc, ND_WHY_BUSY,
			       "%s is being erased or overwritten: %s will follow when that is over",
			       nvdimm_name(nvdimm), dev_name(&region->dev));
	if (rc)
		return nd_fail(&region->dev, rc, ND_WHY_FIRMWARE,
			       "labels of %s have changed and cannot be read again: its last_error tells",
			       nvdimm_name(nvdimm));
	return 0;
}

bool nd_region_maps(const struct nd_region *region, const struct nvdimm *nvdimm)
{
	for (u16 i = 0; i < region->num_mappings; i++)
		if (region->mapping[i].nvdimm == nvdimm)
			return true;
	return false;
}

static int resume_region(struct device *dev, void *nvdimm)
{
	if (is_nd_region(dev) && READ_ONCE(to_nd_region(dev)->waiting) &&
	    nd_region_maps(to_nd_region(dev), nvdimm))
		nd_device_attach_async(dev);
	return 0;
}

void nd_regions_resume(struct nvdimm *nvdimm)
{
	device_for_each_child(nvdimm->dev.parent, nvdimm, resume_region);
}

static int get_dimms(struct nd_region *region)
{
	int rc = 0;
	u16 i, k;

	/* before they are looked at: who ends what refuses us looks for us behind that */
	WRITE_ONCE(region->waiting, true);
	for (i = 0; i < region->num_mappings && !rc; i++)
		rc = check_dimm(region, region->mapping[i].nvdimm);
	for (i = 0; i < region->num_mappings && !rc; i++) {
		rc = use_dimm(region, region->mapping[i].nvdimm);
		if (!rc)
			continue;
		for (k = 0; k < i; k++)
			nvdimm_unuse(region->mapping[k].nvdimm);
	}
	if (rc)
		return rc;
	WRITE_ONCE(region->waiting, false);
	return devm_add_action_or_reset(&region->dev, put_dimms, region);
}

static int init_badblocks(struct nd_region *region)
{
	const struct range range = {
		.start = region->start,
		.end = region->start + region->size - 1,
	};
	int rc = devm_init_badblocks(&region->dev, &region->bb);

	if (rc)
		return rc;
	region->bb_state = sysfs_get_dirent(region->dev.kobj.sd, "badblocks");
	nvdimm_badblocks_populate(region, &region->bb, &range);
	return 0;
}

bool nd_region_incoherent(const struct nd_region *region)
{
	for (u16 i = 0; i < region->num_mappings; i++)
		if (atomic_read(&region->mapping[i].nvdimm->contents) !=
		    region->mapping[i].contents)
			return true;
	return false;
}

/*
 * What the kernel still caches of a DIMM whose contents were changed behind its back must go: of
 * this region, another one over the same DIMM has caches of its own. The DIMMs are in use by now,
 * so nothing wipes them meanwhile.
 */
static int make_coherent(struct nd_region *region)
{
	int seen[ND_MAX_MAPPINGS];
	int rc;
	u16 i;

	if (!nd_region_incoherent(region))
		return 0;
	for (i = 0; i < region->num_mappings; i++)
		seen[i] = atomic_read(&region->mapping[i].nvdimm->contents);
	rc = nd_caches_invalidate(region->start, region->size);
	if (rc)
		return nd_fail(&region->dev, rc, ND_WHY_UNSUPPORTED,
			       "the CPU caches cannot be invalidated here, as the changed contents of a DIMM require");
	for (i = 0; i < region->num_mappings; i++)
		region->mapping[i].contents = seen[i];
	return 0;
}

/* What was learnt while binding, once the devices are gone. */
static void region_forget(struct nd_region *region)
{
	nd_ns_forget_all(region);
	sysfs_put(region->bb_state);
	region->bb_state = NULL;
}

/* Rule B4: DIMMs, bad ranges, namespaces, seeds; in this order. */
static int region_probe(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev);
	int rc;

	scoped_guard(nd_config_write, region)
		region->closing = false;
	rc = get_dimms(region);
	if (!rc)
		rc = make_coherent(region);
	if (!rc)
		rc = nd_region_flush_init(region);
	if (!rc)
		rc = init_badblocks(region);
	if (!rc)
		rc = nd_region_register_namespaces(region);
	if (rc) {
		region_forget(region);
		return rc;
	}

	guard(nd_config_write)(region);
	region->btt_seed = claim_seed(region, "btt", nd_btt_create);
	region->pfn_seed = claim_seed(region, "pfn", nd_pfn_create);
	region->dax_seed = claim_seed(region, "dax", nd_dax_create);
	return 0;
}

/* The namespace is given back here, not by the release: that may come under any lock. */
static int kill_child(struct device *dev, void *data)
{
	struct nd_region *region = data;

	nd_device_kill(dev);
	if (is_nd_claim(dev)) {
		guard(nd_config_write)(region);
		nd_claim_detach(to_nd_claim(dev));
	}
	return 0;
}

static int kill_claim(struct device *dev, void *data)
{
	return is_nd_claim(dev) ? kill_child(dev, data) : 0;
}

static void region_remove(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev);

	/*
	 * First nobody makes a child any more: no seed, and no claim of a namespace
	 * that somebody binds just now. Such a child could outlive the rest.
	 */
	WRITE_ONCE(region->waiting, false);
	scoped_guard(nd_config_write, region) {
		region->closing = true;
		region->ns_seed = NULL;
		region->btt_seed = NULL;
		region->pfn_seed = NULL;
		region->dax_seed = NULL;
		region->ns_count = 0;
		region->ns_active = 0;
	}
	/* Claims go before the namespaces they sit on, of which either may be the older. */
	nd_async_flush(dev);
	device_for_each_child_reverse(dev, region, kill_claim);
	device_for_each_child_reverse(dev, region, kill_child);
	nd_async_flush(dev);
	region_forget(region);
}

static int notify_child(struct device *dev, void *data)
{
	nd_device_notify(dev, *(enum nvdimm_event *)data);
	return 0;
}

static void region_notify(struct device *dev, enum nvdimm_event event)
{
	struct nd_region *region = to_nd_region(dev);

	if (event == NVDIMM_REVALIDATE_POISON) {
		const struct range range = {
			.start = region->start,
			.end = region->start + region->size - 1,
		};

		nvdimm_badblocks_populate(region, &region->bb, &range);
		if (region->bb_state)
			sysfs_notify_dirent(region->bb_state);
	}
	device_for_each_child(dev, &event, notify_child);
	if (event == NVDIMM_REVALIDATE_POISON)
		nd_poison_notify(dev);
}

static struct nd_device_driver region_driver = {
	.probe = region_probe,
	.remove = region_remove,
	.notify = region_notify,
	.drv = { .name = "nd_region" },
	.type = ND_DRIVER_REGION_BLK | ND_DRIVER_REGION_PMEM,
};

int nd_region_init(void)
{
	return nd_driver_register(&region_driver);
}

void nd_region_exit(void)
{
	nd_driver_unregister(&region_driver);
}

MODULE_ALIAS_ND_DEVICE(ND_DEVICE_REGION_PMEM);
