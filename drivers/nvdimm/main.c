// SPDX-License-Identifier: GPL-2.0
/* libnvdimm: persistent memory as devices. The module, and the driver of ndbusN. */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include "claim/claim.h"
#include "core/bus.h"
#include "dimm/dimm.h"
#include "init.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "poison/badblocks.h"
#include "region/region.h"
#include "sysfs/sysfs.h"

/* ---- the driver of ndbusN: its node comes with it, its children go with it ---- */

static int nd_bus_probe(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	/* provider attributes find their context here */
	dev_set_drvdata(dev, bus->desc);
	bus->no_driver = nd_bus_node_create(bus);
	return bus->no_driver;
}

static int bus_kill_child(struct device *dev, void *data)
{
	if (dev->class)
		return 0;	/* ndctlN goes with nd_bus_node_destroy() */
	if (is_nvdimm(dev))
		nvdimm_delete(to_nvdimm(dev));
	else
		nd_device_kill(dev);
	return 0;
}

/* B5: no new ioctl, the running ones end; then whatever is being added; then the children. */
static void nd_bus_remove(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	nd_bus_node_destroy(bus);
	nd_async_flush(dev);
	device_for_each_child_reverse(dev, NULL, bus_kill_child);
	nd_async_reap_failed(bus);
}
COMPAT_ND_REMOVE(nd_bus_remove)

static struct nd_device_driver nd_bus_driver = {
	.probe = nd_bus_probe,
	.remove = compat_nd_remove(nd_bus_remove),
	.type = BIT(ND_DEVICE_BUS),
	.drv = {
		.name = "nd_bus",
		.suppress_bind_attrs = true,
	},
};

/* ---- modules that ours replace ---- */

/*
 * They are refused beside our libnvdimm: they read its structs, which are laid out otherwise here.
 * On most kernels the versions of symbols keep them out; not where a kernel compares none, nor
 * those that take no more than what other modules of the kernel may
 * (include/compat/importers.spec). Ours carry a version, the kernel's own have none; of another
 * version of ours the symbols' versions tell.
 */
static bool is_replaced(const char *name)
{
	char word[MODULE_NAME_LEN + 2];

	snprintf(word, sizeof(word), ":%s:", name);
	return strstr(NDSTACK_REPLACED, word);
}

static int nd_module_comes(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *mod = data;

	if (state != MODULE_STATE_COMING || !is_replaced(mod->name) || mod->version)
		return NOTIFY_DONE;
	pr_err("%s is refused: it is the kernel's own, and reads what this libnvdimm lays out otherwise\n",
	       mod->name);
	return notifier_from_errno(-ENOEXEC);
}

static struct notifier_block nd_modules = { .notifier_call = nd_module_comes };

/* ---- the module ---- */

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
	nd_bus_set_groups(nd_bus_groups);
	nvdimm_shows(nvdimm_groups);
	nd_ns_shows(nd_ns_groups);
	rc = nd_async_start();
	if (rc)
		return rc;
	rc = register_module_notifier(&nd_modules);
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
	rc = nd_driver_register(&nd_bus_driver);
	if (rc)
		goto no_bus_driver;
	rc = nvdimm_dimm_init();
	if (rc)
		goto no_dimms;
	rc = nd_region_init();
	if (rc)
		goto no_regions;
	nd_memory_init();
	nd_features_log();
	return 0;

no_regions:
	nvdimm_dimm_exit();
no_dimms:
	nd_driver_unregister(&nd_bus_driver);
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
	unregister_module_notifier(&nd_modules);
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
	nd_driver_unregister(&nd_bus_driver);
	nd_ioctl_exit();
	nd_state_exit();
	nvdimm_bus_exit();
	/* who walks over the bus holds a namespace until these have waited for them */
	nd_ns_exit();
	nd_pages_exit();
	unregister_module_notifier(&nd_modules);
}

MODULE_DESCRIPTION("Core of the persistent-memory stack: buses, DIMMs, regions, namespaces");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
MODULE_IMPORT_NS("DEVMEM");	/* cpu_cache_invalidate_memregion() */
subsys_initcall(libnvdimm_module_init);
module_exit(libnvdimm_exit);
