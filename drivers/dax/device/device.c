// SPDX-License-Identifier: GPL-2.0
/*
 * device_dax: the default driver of dax devices. See device.h.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include "common/range.h"
#include "device/device.h"

static bool kill_holders;
module_param(kill_holders, bool, 0644);
MODULE_PARM_DESC(kill_holders,
		 "Unbinding a device with pinned pages kills the processes that map it (N)");

unsigned long dax_frame(unsigned long pfn)
{
	return pfn;
}

/*
 * The dax device has room for a cdev, but a process with an old file open still refers
 * to the last one: each binding gets its own. Its parent is how open() finds us.
 */
static int add_cdev(struct dax_map *map)
{
	struct device *dev = &map->dev_dax->dev;
	struct cdev *cdev = cdev_alloc();
	int rc;

	if (!cdev)
		return -ENOMEM;
	cdev->ops = nd_range_async(map->dev_dax->region->dev) ? &dax_async_file_ops : &dax_file_ops;
	cdev->owner = THIS_MODULE;
	cdev_set_parent(cdev, &dev->kobj);
	rc = cdev_add(cdev, dev->devt, 1);
	if (rc) {
		/* it has taken no reference of it yet */
		cdev->kobj.parent = NULL;
		kobject_put(&cdev->kobj);
		return rc;
	}
	map->cdev = cdev;
	return 0;
}

static int device_dax_probe(struct dev_dax *dev_dax)
{
	struct dax_map *map;
	int rc = dax_check_bus(dev_dax);

	if (rc)
		return rc;
	map = dax_map_create(dev_dax);
	if (IS_ERR(map))
		return PTR_ERR(map);
	/* all mappings are collected at this inode, and pages point to it */
	dax_inode(dev_dax->dax_dev)->i_mapping->a_ops = &dax_address_space_ops;
	dev_set_drvdata(&dev_dax->dev, map);
	run_dax(dev_dax->dax_dev);
	dax_map_publish(map);
	rc = add_cdev(map);
	if (rc) {
		dax_map_retract(map);
		kill_dev_dax(dev_dax);
		dev_set_drvdata(&dev_dax->dev, NULL);
		dax_map_end(map);
		return dax_refuse(dev_dax, rc, ND_REASON_RESOURCE, "cannot make a device node");
	}
	return 0;
}

static void device_dax_remove(struct dev_dax *dev_dax)
{
	struct dax_map *map = dev_get_drvdata(&dev_dax->dev);

	/* by their mappings they are found */
	if (dax_map_pins(map, NULL, NULL)) {
		dax_name_mapper(map, map->who);
		if (READ_ONCE(kill_holders))
			dax_kill_holders(map);
	}
	/* waits for faults and mmap() that saw it live; then there are no mappings */
	dax_map_retract(map);
	kill_dev_dax(dev_dax);
	dax_end_flushes(map);
	cdev_del(map->cdev);
	dev_set_drvdata(&dev_dax->dev, NULL);
	dax_map_end(map);
}

COMPAT_DAX_REMOVE(device_dax_remove)

static struct dax_device_driver device_dax_driver = {
	COMPAT_DAX_GROUPS(dax_device_groups),
	.probe = device_dax_probe,
	.remove = compat_dax_remove(device_dax_remove),
	COMPAT_DAX_DEFAULT_DRIVER,
};

static int __init device_dax_init(void)
{
	int rc = compat_dax_bus_init();

	if (rc)
		return rc;
	rc = dax_drain_init();
	if (rc)
		goto no_drain;
	rc = dax_driver_register(&device_dax_driver, "device_dax");
	if (!rc)
		return 0;
	dax_drain_exit();
no_drain:
	compat_dax_bus_exit();
	return rc;
}
module_init(device_dax_init);

static void __exit device_dax_exit(void)
{
	dax_driver_unregister(&device_dax_driver);
	dax_drain_exit();
	compat_dax_bus_exit();
}
module_exit(device_dax_exit);

MODULE_ALIAS_DAX_DEVICE(0);
MODULE_DESCRIPTION("Memory that programs map themselves");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
