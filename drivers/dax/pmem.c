// SPDX-License-Identifier: GPL-2.0
/*
 * dax_pmem: a devdax namespace as a device of the dax bus.
 *
 * libnvdimm has found the info-block and made the nd device daxR.N; here its
 * data becomes a static dax region with one device, named after the namespace.
 */
#include <linux/memremap.h>
#include <linux/module.h>
#include <linux/nd.h>
#include <linux/pgtable.h>
#include <nd/format.h>
#include "../nvdimm/claim.h"
#include "../nvdimm/pfn.h"
#include "dax_bus.h"

/* Read, or on first use write, the info-block. */
static int setup_pfn(struct device *dev, struct nd_namespace_common *ndns, struct nd_pfn *nd_pfn,
		     struct dev_pagemap *pgmap)
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

/* Both ends of the data are multiples of the page size of its mappings. */
static u64 fit_align(const struct pfn_layout *layout)
{
	u32 choice[ND_PFN_ALIGNS];
	unsigned int n = nd_pfn_alignments(choice);

	while (n > 1 && (choice[n - 1] > layout->align ||
			 !IS_ALIGNED(layout->usable, choice[n - 1])))
		n--;
	return choice[n - 1];
}

static struct dax_region *make_region(struct device *dev, const struct pfn_layout *layout)
{
	struct range data = {
		.start = layout->data_start,
		.end = layout->data_start + layout->usable - 1,
	};
	struct nd_region *nd_region = to_nd_region(dev->parent);

	return alloc_dax_region(dev, nd_region->id, &data, nd_region->target_node,
				fit_align(layout), IORESOURCE_DAX_STATIC);
}

static int make_device(struct device *dev, struct nd_namespace_common *ndns,
		       const struct pfn_layout *layout, struct dev_pagemap *pgmap)
{
	struct dax_region *region;
	struct dev_dax *dev_dax;
	int region_id, id;

	/* daxN.M is named as namespaceN.M is; the kernel's %* skips to the next blank */
	if (sscanf(dev_name(&ndns->dev), "namespace%d.%d", &region_id, &id) != 2)
		return -EINVAL;
	region = make_region(dev, layout);
	if (!region)
		return nd_fail(dev, -ENOMEM, ND_WHY_RESOURCE, "the dax region could not be made");
	dev_dax = devm_create_dev_dax(&(struct dev_dax_data) {
		.dax_region = region,
		.pgmap = pgmap,
		.size = layout->usable,
		.id = id,
	});
	compat_dax_region_put(region);
	if (IS_ERR(dev_dax))
		return nd_fail(dev, PTR_ERR(dev_dax), ND_WHY_RESOURCE,
			       "dax%d.%d could not be made", to_nd_region(dev->parent)->id, id);
	return 0;
}

static int dax_pmem_probe(struct device *dev)
{
	struct nd_namespace_common *ndns = nd_namespace_open(dev);
	struct nd_pfn *nd_pfn = to_nd_pfn(dev);
	const struct pfn_layout *layout = &nd_pfn->layout;
	struct dev_pagemap pgmap = { };
	int rc;

	if (IS_ERR(ndns))
		return PTR_ERR(ndns);
	rc = setup_pfn(dev, ndns, nd_pfn, &pgmap);
	if (rc)
		return rc;
	/* what precedes the data; that is reserved by the driver of the dax device */
	rc = nd_ns_reserve(dev, ndns, layout->start_pad + layout->dataoff);
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
module_nd_driver(dax_pmem_driver);

MODULE_ALIAS_ND_DEVICE(ND_DEVICE_DAX_PMEM);
MODULE_DESCRIPTION("Persistent memory as a device of the dax bus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
