// SPDX-License-Identifier: GPL-2.0
/*
 * nd_pmem: the driver of namespaces, and of pfn devices over them.
 *
 * A namespace that carries an info-block is not served as it is: a claim
 * device is made, which takes the namespace, and the driver meets it again
 * from there. Data are mapped in one of three ways:
 *
 *	info-block	pages, memmap and first data byte as it says (pfn devices)
 *	pages		the provider wants all of its capacity to have struct pages
 *	raw		a plain mapping, no struct pages, no dax
 */
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <nd/format.h>
#include "btt/attach.h"
#include "claim/claim.h"
#include "claim/pfn.h"
#include "pmem/pmem.h"

/* ---- mapping ---- */

/* No struct pages, no dax: the bytes, and nothing else. */
static int map_bytes(struct pmem *pmem)
{
	pmem->data = memremap(pmem->range.start, range_len(&pmem->range), ARCH_MEMREMAP_PMEM);
	if (!pmem->data)
		return nd_refuse(pmem->dev, -ENOMEM, ND_REASON_RESOURCE,
				 "%#llx-%#llx cannot be mapped: no address space or memory",
				 pmem->range.start, pmem->range.end);
	return 0;
}

static int pmem_map_pages(struct pmem *pmem, struct nd_namespace_common *ndns,
			  const struct dev_pagemap *pgmap, const struct pfn_layout *layout)
{
	struct nd_pages *pages = nd_pages_create(pmem->dev, ndns, pgmap, layout,
						 pmem_memory_failure, pmem);

	if (IS_ERR(pages))
		return PTR_ERR(pages);
	pmem->data = pages->addr;
	pmem->pages = pages;
	return 0;
}

static int map_data(struct pmem *pmem, struct nd_namespace_common *ndns,
		    const struct dev_pagemap *pgmap, const struct pfn_layout *layout)
{
	int rc;

	pmem->range.start = layout->data_start;
	pmem->range.end = layout->data_start + layout->usable - 1;
	/* pages reserve it themselves: they may be in use for longer than this */
	if (layout->pages)
		return pmem_map_pages(pmem, ndns, pgmap, layout);
	rc = nd_ns_reserve(pmem->dev, ndns, nvdimm_namespace_capacity(ndns));
	return rc ?: map_bytes(pmem);
}

/* Physical memory has both in the same order. */
long pmem_frames(const struct pmem *pmem, pgoff_t pgoff, long nr, unsigned long *first)
{
	*first = PHYS_PFN(pmem->range.start) + pgoff;
	return nr;
}

/* ---- disk ---- */

static struct queue_limits pmem_limits(struct pmem *pmem, struct nd_namespace_common *ndns)
{
	struct queue_limits lim = {
		.logical_block_size = pmem_sector_size(ndns),
		.physical_block_size = PAGE_SIZE,
		.max_hw_sectors = UINT_MAX,
		.features = BLK_FEAT_SYNCHRONOUS | BLK_FEAT_NOWAIT,
	};
	int flush = nvdimm_has_flush(pmem->region);

	if (!pmem->region->volatile_mem) {
		lim.features |= BLK_FEAT_WRITE_CACHE;
		if (!IS_ENABLED(CONFIG_ARCH_HAS_UACCESS_FLUSHCACHE) || flush < 0)
			dev_warn(pmem->dev, "nothing says that writes survive a power failure: no DIMM is described\n");
		else if (flush)
			lim.features |= BLK_FEAT_FUA;
	}
	if (pmem->pages && pmem->dax)
		lim.features |= BLK_FEAT_DAX;
	return lim;
}

static int alloc_disk(struct pmem *pmem, struct nd_namespace_common *ndns)
{
	struct queue_limits lim = pmem_limits(pmem, ndns);
	struct gendisk *disk = blk_alloc_disk(&lim, dev_to_node(pmem->dev));

	if (IS_ERR(disk))
		return nd_refuse(pmem->dev, PTR_ERR(disk), ND_REASON_RESOURCE,
				 "cannot allocate a disk");
	pmem_set_disk_ops(disk);
	disk->private_data = pmem;
	disk->bb = &pmem->bb;
	nvdimm_namespace_disk_name(ndns, disk->disk_name);
	set_capacity(disk, range_len(&pmem->range) >> SECTOR_SHIFT);
	set_disk_ro(disk, nd_region_read_only(pmem->region));
	/* a page may be reported as failed from now on: see pmem_pages_failed() */
	smp_store_release(&pmem->disk, disk);
	return 0;
}

static int pmem_publish(struct pmem *pmem)
{
	struct device *disk_dev = disk_to_dev(pmem->disk);
	int rc;

	if (pmem->dax) {
		rc = dax_add_host(pmem->dax, pmem->disk);
		if (rc)
			return nd_refuse(pmem->dev, rc, ND_REASON_RESOURCE,
					 "cannot add the dax device");
	}
	rc = device_add_disk(pmem->dev, pmem->disk, pmem_disk_groups);
	if (rc)
		return nd_refuse(pmem->dev, rc, ND_REASON_RESOURCE, "%s could not be added",
				 pmem->disk->disk_name);
	nd_disk_added(pmem->disk);
	pmem->live = true;
	/* the disk is in use by now: see pmem_badblocks_changed() */
	smp_store_release(&pmem->bb_state, sysfs_get_dirent(disk_dev->kobj.sd, "badblocks"));
	return 0;
}

/*
 * No new users, then no users, then nothing to use. The dax device goes first,
 * so that a filesystem is told while it can still write.
 */
static void pmem_release(void *data)
{
	struct pmem *pmem = data;

	if (pmem->disk)
		dax_remove_host(pmem->disk);
	kill_dax(pmem->dax);
	if (pmem->pages)
		nd_pages_kill(pmem->pages, pmem->dax);
	if (pmem->live) {
		del_gendisk(pmem->disk);
		if (nvdimm_flush(pmem->region, NULL))
			dev_err(pmem->dev, "the last flush failed: recent writes may not survive a power failure\n");
	}
	/* a page may be reported as failed until here, the dax device asked, and bios waited for */
	if (pmem->pages) {
		nd_pages_end(pmem->pages);
	} else {
		if (pmem->data)
			memunmap(pmem->data);
		put_dax(pmem->dax);
	}
	put_disk(pmem->disk);
	sysfs_put(pmem->bb_state);
}

/* Read, or on first use write, the info-block. */
static int pmem_setup_pfn(struct pmem *pmem, struct nd_namespace_common *ndns,
			  struct nd_pfn *nd_pfn, struct dev_pagemap *pgmap,
			  struct pfn_layout *layout)
{
	int rc = nd_ns_map(pmem->dev, ndns, ND_INFO_RESERVE);

	if (rc)
		return rc;
	rc = nvdimm_setup_pfn(nd_pfn, pgmap);
	if (rc)
		return rc;
	nd_ns_unmap(pmem->dev, ndns);
	*layout = nd_pfn->layout;
	return 0;
}

struct whole {
	struct device *dev;
	struct nd_namespace_common *ndns;
	struct pfn_layout *layout;
};

static int lay_out_whole(void *data)
{
	struct whole *w = data;

	return nd_pfn_whole(w->dev, w->ndns, w->layout);
}

static int setup_whole(struct pmem *pmem, struct nd_namespace_common *ndns,
		       struct dev_pagemap *pgmap, struct pfn_layout *layout)
{
	struct whole whole = { .dev = pmem->dev, .ndns = ndns, .layout = layout };
	int rc = nd_ns_serve(pmem->dev, ndns, layout, lay_out_whole, &whole);

	if (rc || !layout->pages)
		return rc;
	pgmap->range.start = layout->map_start;
	pgmap->range.end = layout->map_start + layout->map_size - 1;
	pgmap->nr_range = 1;
	return 0;
}

/* What devres takes back, after pmem_release(). */
static int place_data(struct pmem *pmem, struct nd_namespace_common *ndns, struct nd_pfn *nd_pfn,
		      struct dev_pagemap *pgmap, struct pfn_layout *layout)
{
	int rc = nd_pfn ? pmem_setup_pfn(pmem, ndns, nd_pfn, pgmap, layout) :
			  setup_whole(pmem, ndns, pgmap, layout);

	return rc ?: devm_init_badblocks(pmem->dev, &pmem->bb);
}

/*
 * pmem_attach() - serve @ndns as a disk
 * @dev: the namespace, or @nd_pfn's device; everything is released with its driver
 * @nd_pfn: where the data lies according to an info-block, or NULL for the whole of it
 *
 * Return: 0 or a negative errno, told with nd_refuse(); then nothing is left
 * behind once devres has run.
 */
static int pmem_attach(struct device *dev, struct nd_namespace_common *ndns, struct nd_pfn *nd_pfn)
{
	struct pmem *pmem = devm_kzalloc(dev, sizeof(*pmem), GFP_KERNEL);
	struct dev_pagemap pgmap = { };
	struct pfn_layout layout;
	int rc;

	if (!pmem)
		return -ENOMEM;
	pmem->dev = dev;
	pmem->region = to_nd_region(dev->parent);
	pmem->unproven = test_bit(ND_REGION_ASYNC, &pmem->region->flags);
	dev_set_drvdata(dev, pmem);

	rc = place_data(pmem, ndns, nd_pfn, &pgmap, &layout);
	if (!rc)
		rc = devm_add_action(dev, pmem_release, pmem);
	if (!rc)
		rc = map_data(pmem, ndns, &pgmap, &layout);
	if (!rc)
		rc = pmem_dax_create(pmem, ndns);
	if (!rc)
		nvdimm_badblocks_populate(pmem->region, &pmem->bb, &pmem->range);
	if (!rc)
		rc = alloc_disk(pmem, ndns);
	if (!rc)
		rc = pmem_publish(pmem);
	return rc;
}

/* ---- the driver ---- */

/* Look for an info-block. 0: none, serve it raw. */
static int pmem_look(struct device *dev, struct nd_namespace_common *ndns)
{
	int rc = nd_ns_map(dev, ndns, ND_INFO_RESERVE);

	if (rc)
		return rc;
	rc = nd_claim_detect(dev, ndns);
	nd_ns_unmap(dev, ndns);
	/* claimed: the new device will be bound instead of this one */
	if (!rc)
		return -ENXIO;
	return rc == -ENODEV ? 0 : rc;
}

static int nd_pmem_probe(struct device *dev)
{
	struct nd_namespace_common *ndns = nd_namespace_open(dev);
	int rc;

	if (IS_ERR(ndns))
		return PTR_ERR(ndns);
	if (is_nd_btt(dev))
		return nvdimm_namespace_attach_btt(ndns);
	if (is_nd_pfn(dev))
		return pmem_attach(dev, ndns, to_nd_pfn(dev));
	rc = pmem_look(dev, ndns);
	return rc ?: pmem_attach(dev, ndns, NULL);
}

static void nd_pmem_shutdown(struct device *dev)
{
	nvdimm_flush(to_nd_region(dev->parent), NULL);
}

/* Called with the device locked, so the driver stays bound. */
static void nd_pmem_notify(struct device *dev, enum nvdimm_event event)
{
	struct pmem *pmem = dev_get_drvdata(dev);
	bool ro;

	if (is_nd_btt(dev)) {
		nvdimm_namespace_btt_notify(to_nd_btt(dev), event);
		return;
	}
	switch (event) {
	case NVDIMM_REVALIDATE_POISON:
		nvdimm_badblocks_populate(pmem->region, &pmem->bb, &pmem->range);
		pmem_badblocks_changed(pmem);
		break;
	case NVDIMM_REVALIDATE_REGION:
		ro = nd_region_read_only(pmem->region);
		if (get_disk_ro(pmem->disk) == ro)
			break;
		dev_info(dev, "%s is %s now, and %s with it\n", dev_name(&pmem->region->dev),
			 ro ? "read-only" : "writable", pmem->disk->disk_name);
		set_disk_ro(pmem->disk, ro);
		break;
	}
}

static struct nd_device_driver pmem_disk_driver = {
	.probe = nd_pmem_probe,
	.shutdown = nd_pmem_shutdown,
	.notify = nd_pmem_notify,
	.drv = { .name = "nd_pmem" },
	.type = ND_DRIVER_NAMESPACE_IO | ND_DRIVER_NAMESPACE_PMEM,
};

static int __init nd_pmem_init(void)
{
	return nd_driver_register(&pmem_disk_driver);
}

static void __exit nd_pmem_exit(void)
{
	nd_driver_unregister(&pmem_disk_driver);
	nd_disks_wait(&pmem_disks);
}

module_init(nd_pmem_init);
module_exit(nd_pmem_exit);

MODULE_ALIAS("pmem");
MODULE_ALIAS_ND_DEVICE(ND_DEVICE_NAMESPACE_IO);
MODULE_ALIAS_ND_DEVICE(ND_DEVICE_NAMESPACE_PMEM);
MODULE_DESCRIPTION("Persistent memory as a disk with direct access");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
