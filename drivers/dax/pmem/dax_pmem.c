// SPDX-License-Identifier: GPL-2.0
/*
 * dax_pmem: a devdax namespace as a device of the dax bus.
 *
 * libnvdimm has found the info-block and made the nd device daxR.N; here its
 * data becomes a static dax region with one device, named after the namespace.
 */
#include <linux/cleanup.h>
#include <linux/memremap.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nd.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <nd/format.h>
#include "claim/claim.h"
#include "claim/pfn.h"
#include "common/range.h"
#include "dax_bus.h"
#include "namespace/namespace.h"
#include "poison/badblocks.h"
#include "region/region.h"

/*
 * What must stay while there are pages, be the driver bound or not: the claim
 * of the namespace, and what precedes the data (the memmap lies there). While it is
 * bound (@lock), there is a region to be told.
 */
struct dax_pmem {
	struct dax_hold hold;
	struct mutex lock;
	bool bound;
	struct nd_claim *claim;
	char *name;
	resource_size_t start;
	resource_size_t size;
};

static atomic_t nr_held = ATOMIC_INIT(0);

static void release_hold(struct kref *kref)
{
	struct dax_pmem *pmem = container_of(kref, struct dax_pmem, hold.kref);

	if (pmem->size)
		release_mem_region(pmem->start, pmem->size);
	nd_claim_unhold(&pmem->claim->dev);
	mutex_destroy(&pmem->lock);
	kfree(pmem->name);
	kfree(pmem);
}

/*
 * Whoever has the memory next is to know, unless firmware has told the bus better already; or
 * nobody could ever cure it: then a page that a program has only declared bad would be lost for
 * good.
 */
static void record_failed(struct dax_hold *hold, unsigned long pfn, unsigned long nr)
{
	struct dax_pmem *pmem = container_of(hold, struct dax_pmem, hold);
	struct device *dev = &pmem->claim->dev;
	struct range page, bad;

	guard(mutex)(&pmem->lock);
	if (!pmem->bound || !nvdimm_clears_poison(dev))
		return;
	for (; nr--; pfn++) {
		page = (struct range) { PFN_PHYS(pfn), PFN_PHYS(pfn + 1) - 1 };
		if (!nd_range_next_bad(dev, &page, &bad))
			nvdimm_record_poison(to_nd_region(dev->parent), page.start, PAGE_SIZE);
	}
}

/* Of a claim that is not bound any more, that it is over is told when all of it is free. */
static void hold_drains(struct dax_hold *hold, bool drains, const char *who)
{
	struct dax_pmem *pmem = container_of(hold, struct dax_pmem, hold);
	bool bound;

	scoped_guard(mutex, &pmem->lock)
		bound = pmem->bound;
	nd_claim_mapped_by(&pmem->claim->dev, who);
	if (drains || bound)
		nd_claim_drain(&pmem->claim->dev, drains);
}

static void put_hold(void *data)
{
	struct dax_pmem *pmem = data;

	nd_hold_retract(&pmem->hold);
	scoped_guard(mutex, &pmem->lock)
		pmem->bound = false;
	dax_hold_put(&pmem->hold);
}

/* Before the device is made: devres puts it after that is gone. */
static struct dax_pmem *hold_claim(struct device *dev, struct nd_namespace_common *ndns)
{
	struct dax_pmem *pmem = kzalloc(sizeof(*pmem), GFP_KERNEL);
	int rc;

	if (!pmem)
		return ERR_PTR(-ENOMEM);
	pmem->name = kstrdup(dev_name(&ndns->dev), GFP_KERNEL);
	if (!pmem->name) {
		kfree(pmem);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&pmem->hold.kref);
	mutex_init(&pmem->lock);
	pmem->bound = true;
	pmem->hold.release = release_hold;
	pmem->hold.failed = record_failed;
	pmem->hold.drains = hold_drains;
	pmem->hold.count = &nr_held;
	pmem->claim = to_nd_claim(dev);
	atomic_inc(&nr_held);
	nd_claim_hold(&pmem->claim->dev);
	nd_hold_publish(&pmem->hold, dev);
	rc = devm_add_action_or_reset(dev, put_hold, pmem);
	return rc ? ERR_PTR(rc) : pmem;
}

/* What precedes the data; that is reserved by the driver of the dax device. */
static int reserve_head(struct device *dev, struct nd_namespace_common *ndns,
			struct dax_pmem *pmem, resource_size_t size)
{
	int rc = nd_ns_request(dev, ndns, size, pmem->name);

	if (rc)
		return rc;
	pmem->start = to_nd_namespace_io(&ndns->dev)->res.start;
	pmem->size = size;
	return 0;
}

/* Read, or on first use write, the info-block. */
static int dax_pmem_setup_pfn(struct device *dev, struct nd_namespace_common *ndns,
			      struct nd_pfn *nd_pfn, struct dev_pagemap *pgmap)
{
	int rc = nd_ns_map(dev, ndns, ND_INFO_RESERVE);

	if (rc)
		return rc;
	rc = nvdimm_setup_pfn(nd_pfn, pgmap);
	if (!rc)
		nd_ns_unmap(dev, ndns);
	return rc;
}

/*
 * With the memmap in DRAM nothing in front of the data needs struct pages, and
 * compound pages that begin where the data does are aligned like it.
 */
static void trim_pagemap(const struct pfn_layout *layout, struct dev_pagemap *pgmap)
{
	if (!(pgmap->flags & PGMAP_ALTMAP_VALID) &&
	    IS_ALIGNED(layout->data_start, memremap_compat_align()))
		pgmap->range.start = layout->data_start;
}

static struct dax_region *make_region(struct device *dev, const struct pfn_layout *layout)
{
	struct range data = {
		.start = layout->data_start,
		.end = layout->data_start + layout->usable - 1,
	};
	struct nd_region *nd_region = to_nd_region(dev->parent);

	return alloc_dax_region(dev, nd_region->id, &data, nd_region->target_node,
				layout->align, IORESOURCE_DAX_STATIC);
}

static int make_device(struct device *dev, struct nd_namespace_common *ndns,
		       const struct pfn_layout *layout, struct dev_pagemap *pgmap)
{
	int id = nd_namespace_id(ndns);	/* daxN.M is named as namespaceN.M is */
	struct dax_region *region;
	struct dev_dax *dev_dax;

	region = make_region(dev, layout);
	if (!region)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE, "cannot make the dax region");
	dev_dax = devm_create_dev_dax(&(struct dev_dax_data) {
		.dax_region = region,
		.pgmap = pgmap,
		.size = layout->usable,
		.id = id,
	});
	compat_dax_region_put(region);
	if (IS_ERR(dev_dax))
		return nd_refuse(dev, PTR_ERR(dev_dax), ND_REASON_RESOURCE,
				 "cannot make dax%d.%d", to_nd_region(dev->parent)->id, id);
	return 0;
}

static int dax_pmem_probe(struct device *dev)
{
	struct nd_namespace_common *ndns = nd_namespace_open(dev);
	struct nd_pfn *nd_pfn = to_nd_pfn(dev);
	const struct pfn_layout *layout = &nd_pfn->layout;
	struct dev_pagemap pgmap = { };
	struct dax_pmem *pmem;
	int rc;

	if (IS_ERR(ndns))
		return PTR_ERR(ndns);
	rc = dax_pmem_setup_pfn(dev, ndns, nd_pfn, &pgmap);
	if (rc)
		return rc;
	pmem = hold_claim(dev, ndns);
	if (IS_ERR(pmem))
		return PTR_ERR(pmem);
	rc = reserve_head(dev, ndns, pmem, layout->start_pad + layout->dataoff);
	if (rc)
		return rc;
	trim_pagemap(layout, &pgmap);
	return make_device(dev, ndns, layout, &pgmap);
}

static struct nd_device_driver dax_pmem_driver = {
	.probe = dax_pmem_probe,
	.drv = { .name = "dax_pmem" },
	.type = ND_DRIVER_DAX_PMEM,
};

static int __init dax_pmem_module_init(void)
{
	return nd_driver_register(&dax_pmem_driver);
}
module_init(dax_pmem_module_init);

static void __exit dax_pmem_exit(void)
{
	driver_unregister(&dax_pmem_driver.drv);
	/* pages pinned just now; those that began to drain earlier pin this module */
	while (atomic_read(&nr_held))
		schedule_timeout_idle(HZ / 10);
}
module_exit(dax_pmem_exit);

MODULE_ALIAS_ND_DEVICE(ND_DEVICE_DAX_PMEM);
/* Or a namespace is enabled and its device not, until udev has come round to loading it. */
MODULE_SOFTDEP("pre: device_dax");
MODULE_DESCRIPTION("Persistent memory as a device of the dax bus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
