// SPDX-License-Identifier: GPL-2.0
/*
 * nd_idle: a driver that binds to one namespace of labels, and touches no byte of it. A region has
 * a new seed once a driver has bound to the namespace before; ranges without memory ("unchecked")
 * have no other driver that could.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/nd.h>
#include <linux/string.h>

static char name[32];
module_param_string(namespace, name, sizeof(name), 0644);
MODULE_PARM_DESC(namespace, "namespaceX.Y that it binds to");

static int idle_probe(struct device *dev)
{
	return sysfs_streq(name, dev_name(dev)) ? 0 : -ENODEV;
}

static void idle_remove(struct device *dev)
{
}
COMPAT_ND_REMOVE(idle_remove)

static struct nd_device_driver idle_driver = {
	.probe = idle_probe,
	.remove = compat_nd_remove(idle_remove),
	.drv = { .name = "nd_idle" },
	.type = ND_DRIVER_NAMESPACE_PMEM,
};
module_nd_driver(idle_driver);

MODULE_DESCRIPTION("Test: a driver of namespaces without memory");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
