// SPDX-License-Identifier: GPL-2.0
/*
 * Regions come to life: creation by a provider, their seeds, and the nd_region driver, which makes
 * their namespaces.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "claim/claim.h"
#include "common/range.h"
#include "core/bus.h"
#include "dimm/dimm.h"
#include "init.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "poison/badblocks.h"
#include "region/region.h"
#include "sysfs/sysfs.h"

/* ---- seeds ---- */

/* Without one nothing of its kind can be made until the region is enabled anew: say so. */
static struct device *claim_seed(struct nd_region *region, const char *kind,
				 struct device *(*create)(struct nd_region *region))
{
	struct device *seed = create(region);

	if (!seed)
		nd_remark(&region->dev, -ENOMEM, ND_REASON_RESOURCE,
			  "no memory for a %s seed: disable and enable %s to get one", kind,
			  dev_name(&region->dev));
	return seed;
}

static void region_child_bound(struct device *region_dev, struct device *dev)
{
	struct nd_region *region = to_nd_region(region_dev);
	struct nd_namespace_common *ndns = NULL;

	guard(nd_config_write)(region);
	if (is_nd_claim(dev)) {
		ndns = to_nd_claim(dev)->ndns;
		if (dev == region->seed.btt)
			region->seed.btt = claim_seed(region, "btt", nd_btt_create);
		else if (dev == region->seed.pfn)
			region->seed.pfn = claim_seed(region, "pfn", nd_pfn_create);
		else if (dev == region->seed.dax)
			region->seed.dax = claim_seed(region, "dax", nd_dax_create);
	}
	if (region->seed.ns && (dev == region->seed.ns || (ndns && &ndns->dev == region->seed.ns)))
		nd_region_ns_seed(region);
}

static void region_child_lost(struct device *region_dev, struct device *dev)
{
	struct nd_region *region = to_nd_region(region_dev);
	struct device **seed[] = {
		&region->seed.ns, &region->seed.btt, &region->seed.pfn, &region->seed.dax,
	};
	unsigned int i;

	guard(nd_config_write)(region);
	for (i = 0; i < ARRAY_SIZE(seed); i++)
		if (*seed[i] == dev)
			*seed[i] = NULL;
	if (is_nd_claim(dev))
		nd_claim_detach(to_nd_claim(dev));
}

/* ---- what DIMMs report to the regions over them ---- */

static int region_dimm_event(struct device *dev, struct nvdimm *nvdimm, enum nd_dimm_event event)
{
	struct nd_region *region = to_nd_region(dev);

	if (!nd_region_maps(region, nvdimm))
		return 0;
	switch (event) {
	case ND_DIMM_ARMED:
		nd_region_report_armed(region, nvdimm);
		return 0;
	case ND_DIMM_READY:
		if (READ_ONCE(region->waiting))
			nd_device_attach_async(dev);
		return 0;
	case ND_DIMM_WIPE_ASKED:
		/* what outlives a driver: kept System RAM, pinned pages */
		return nd_range_check_idle(&nvdimm->dev, region->start, region->size,
					   dev_name(dev));
	case ND_DIMM_WIPE_BEGINS:
		/* a guest cannot, and has nothing in caches that its host does not see to */
		if (nd_caches_invalidate(region->start, region->size))
			dev_dbg(dev, "CPU caches cannot be invalidated here\n");
		return 0;
	}
	return 0;
}

/* ---- what a region is ---- */

static void region_release(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev);

	nd_space_forget(region);
	nd_region_free(region);
}

static int region_target_node(struct device *dev)
{
	return to_nd_region(dev)->target_node;
}

static struct nd_async *region_children(struct device *dev)
{
	return &to_nd_region(dev)->async;
}

/*
 * An enabled region pins its provider's module: unloading nfit must fail while a
 * disk is open. Buses and DIMMs pin nothing, they go when the provider wants.
 */
static struct module *region_pins(const struct device *dev)
{
	return to_nvdimm_bus(dev->parent)->desc->module;
}

#define REGION_TYPE(_name)						\
	.type = {							\
		.name = _name,						\
		.release = region_release,				\
		.groups = nd_region_groups,				\
	},								\
	.level = ND_LEVEL_REGION,					\
	.id = ND_DEVICE_REGION_PMEM,					\
	.target_node = region_target_node,				\
	.children = region_children,					\
	.child_bound = region_child_bound,				\
	.child_lost = region_child_lost,					\
	.pins = region_pins,						\
	.dimm_event = region_dimm_event

static const struct nd_device_type pmem_region_type = { REGION_TYPE("nd_pmem") };
static const struct nd_device_type volatile_region_type = { REGION_TYPE("nd_volatile") };

/**
 * nd_region_create() - offer capacity
 * @bus: provider's bus; NULL is refused
 * @desc: as for nvdimm_pmem_region_create()
 * @persistent: or power takes it away
 *
 * Context: process. Return: the region, or an ERR_PTR() with the reason told of @bus: -ENXIO:
 * @desc is none that can be served; -ENOMEM.
 */
struct nd_region *nd_region_create(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				   bool persistent)
{
	struct nd_region *region;

	/* an in-tree provider may pass on a bus that could not be registered */
	if (!bus) {
		pr_err("nd: region %pr is refused: its provider has no bus\n", desc->res);
		return ERR_PTR(-ENXIO);
	}
	region = nd_region_new(bus, desc, persistent ? &pmem_region_type : &volatile_region_type);
	if (IS_ERR(region))
		return region;
	region->volatile_mem = !persistent;
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
	smp_mb();	/* pairs with state_is_known() */
	return nvdimm_in_overwrite(nvdimm);
}

/* Labels nobody has read may be there all the same: they are not to be written over. */
static bool may_have_labels(const struct nvdimm *nvdimm)
{
	return test_bit(NDD_LABELING, &nvdimm->flags) ||
	       (nvdimm_has_labels(nvdimm) && !nvdimm->no_labels);
}

static int region_check_dimm(struct nd_region *region, struct nvdimm *nvdimm)
{
	struct device *dev = &region->dev;

	if (waits_for_overwrite(region, nvdimm))
		return nd_refuse(dev, -EBUSY, ND_REASON_BUSY,
				 "%s is being overwritten: %s will follow when that is over",
				 nvdimm_name(nvdimm), dev_name(dev));
	guard(mutex)(&nvdimm->labels);
	if (nvdimm->bound)
		return 0;
	if (READ_ONCE(nvdimm->sec.unknown) && !nvdimm_security_unasked(nvdimm))
		return nd_refuse(dev, -EIO, ND_REASON_FIRMWARE,
				 "firmware does not say whether %s is locked, or being overwritten: enable that, %s will follow",
				 nvdimm_name(nvdimm), dev_name(dev));
	if (nvdimm_locked(nvdimm))
		return nd_refuse(dev, -ENXIO, ND_REASON_LOCKED,
				 "%s is locked: unlock it by enabling it with its key, %s will follow",
				 nvdimm_name(nvdimm), dev_name(dev));
	if (!may_have_labels(nvdimm) || region->force_raw)
		return 0;
	return nd_refuse(dev, -ENXIO, ND_REASON_DISABLED,
			 "%s is disabled, or its labels cannot be read (its last_error tells), and they are needed to tell namespaces apart: enable it, %s will follow",
			 nvdimm_name(nvdimm), dev_name(dev));
}

static int use_dimm(struct nd_region *region, struct nvdimm *nvdimm)
{
	int rc = nvdimm_use(nvdimm);

	if (rc == -EBUSY)
		return nd_refuse(&region->dev, rc, ND_REASON_BUSY,
				 "%s is being erased or overwritten: %s will follow when that is over",
				 nvdimm_name(nvdimm), dev_name(&region->dev));
	if (rc)
		return nd_refuse(&region->dev, rc, ND_REASON_FIRMWARE,
				 "labels of %s have changed and cannot be read again: its last_error tells",
				 nvdimm_name(nvdimm));
	return 0;
}

static int get_dimms(struct nd_region *region)
{
	int rc = 0;
	u16 i, k;

	/* before they are looked at: a change that ends a refusal looks for us afterwards */
	WRITE_ONCE(region->waiting, true);
	for (i = 0; i < region->num_mappings && !rc; i++)
		rc = region_check_dimm(region, region->mapping[i].nvdimm);
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
		return nd_refuse(&region->dev, rc, ND_REASON_UNSUPPORTED,
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
	region->seed.btt = claim_seed(region, "btt", nd_btt_create);
	region->seed.pfn = claim_seed(region, "pfn", nd_pfn_create);
	region->seed.dax = claim_seed(region, "dax", nd_dax_create);
	return 0;
}

/* The namespace is given back here, not by the release: that may come under any lock. */
static int region_kill_child(struct device *dev, void *data)
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
	return is_nd_claim(dev) ? region_kill_child(dev, data) : 0;
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
		region->seed = (struct nd_seeds) { };
		region->ns_count = 0;
		region->ns_active = 0;
	}
	/* Claims go before the namespaces they sit on, of which either may be the older. */
	nd_async_flush(dev);
	device_for_each_child_reverse(dev, region, kill_claim);
	device_for_each_child_reverse(dev, region, region_kill_child);
	nd_async_flush(dev);
	region_forget(region);
}
COMPAT_ND_REMOVE(region_remove)

static int notify_child(struct device *dev, void *data)
{
	nd_device_notify(dev, *(enum nvdimm_event *)data);
	return 0;
}

static void region_notify(struct device *dev, enum nvdimm_event event)
{
	struct nd_region *region = to_nd_region(dev);

	if (event == NVDIMM_REVALIDATE_POISON) {
		const struct range range = nd_region_range(region);

		nvdimm_badblocks_populate(region, &region->bb, &range);
		if (region->bb_state)
			sysfs_notify_dirent(region->bb_state);
	}
	nd_visit_children(dev, &event, notify_child);
	if (event == NVDIMM_REVALIDATE_POISON)
		nd_poison_notify(&(struct nd_poison_event) { dev, nd_region_range(region) });
}

/* ---- the driver ---- */

static struct nd_device_driver region_driver = {
	.probe = region_probe,
	.remove = compat_nd_remove(region_remove),
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
