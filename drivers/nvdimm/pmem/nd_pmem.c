// SPDX-License-Identifier: GPL-2.0
/*
 * nd_pmem: the driver of namespaces, and of pfn devices over them.
 *
 * A namespace that carries an info-block is not served as it is: a claim
 * device is made, which takes the namespace, and the driver meets it again
 * from there.
 */
#include <linux/module.h>
#include <nd/format.h>
#include "btt/attach.h"
#include "claim/claim.h"
#include "claim/pfn.h"
#include "pmem/pmem.h"

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
