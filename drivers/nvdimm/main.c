// SPDX-License-Identifier: GPL-2.0
/*
 * libnvdimm: persistent memory as devices.
 */
#include <linux/module.h>
#include "claim/claim.h"
#include "core/bus.h"
#include "dimm/dimm.h"
#include "life.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "poison/memory.h"
#include "region/region.h"
#include "sysfs/features.h"
#include "sysfs/groups.h"

/*
 * initcall_blacklist= on a command line goes by the names of functions, also of modules, and is to
 * keep out what a kernel has built in. So no init function of ours, here or in another module, is
 * named as one of the kernel's own.
 */
static int __init libnvdimm_module_init(void)
{
	int rc;

	if (nvdimm_bus_look())
		return 0;
	nd_bus_shows(nd_bus_groups);
	nvdimm_shows(nvdimm_groups);
	nd_ns_shows(nd_ns_groups);
	rc = nd_async_start();
	if (rc)
		return rc;
	rc = nd_replaced_init();
	if (rc)
		goto no_notifier;
	rc = nd_pages_init();
	if (rc)
		goto no_pages;
	rc = nd_ns_init();
	if (rc)
		goto no_namespaces;
	rc = nvdimm_bus_init();
	if (rc)
		goto no_bus;
	rc = nd_state_init();
	if (rc)
		goto no_state;
	rc = nd_ioctl_init();
	if (rc)
		goto no_nodes;
	rc = nd_bus_driver_init();
	if (rc)
		goto no_bus_driver;
	rc = nvdimm_dimm_init();
	if (rc)
		goto no_dimms;
	rc = nd_region_init();
	if (rc)
		goto no_regions;
	nd_memory_init();
	nd_features_say();
	return 0;

no_regions:
	nvdimm_dimm_exit();
no_dimms:
	nd_bus_driver_exit();
no_bus_driver:
	nd_ioctl_exit();
no_nodes:
	nd_state_exit();
no_state:
	nvdimm_bus_exit();
no_bus:
	nd_ns_exit();
no_namespaces:
	nd_pages_exit();
no_pages:
	nd_replaced_exit();
no_notifier:
	nd_async_stop();
	return rc;
}

static void __exit libnvdimm_exit(void)
{
	if (nvdimm_bus_stands_aside())
		return;
	nd_memory_exit();
	nd_async_stop();
	nd_region_exit();
	nvdimm_dimm_exit();
	nd_bus_driver_exit();
	nd_ioctl_exit();
	nd_state_exit();
	nvdimm_bus_exit();
	/* who walks over the bus holds a namespace until these have waited for them */
	nd_ns_exit();
	nd_pages_exit();
	nd_replaced_exit();
}

MODULE_DESCRIPTION("Core of the persistent-memory stack: buses, DIMMs, regions, namespaces");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
MODULE_IMPORT_NS("DEVMEM");	/* cpu_cache_invalidate_memregion() */
subsys_initcall(libnvdimm_module_init);
module_exit(libnvdimm_exit);
