// SPDX-License-Identifier: GPL-2.0
/* kmem, the driver: a dax device is System RAM while it is bound. See kmem.h. */
#include <linux/device.h>
#include <linux/module.h>
#include "kmem/kmem.h"

static int kmem_probe(struct dev_dax *dev_dax)
{
	struct kmem_memory *memory;
	int rc = dax_check_bus(dev_dax);

	if (rc)
		return rc;
	if (dev_dax->target_node < 0)
		return dax_refuse(dev_dax, -EINVAL, ND_REASON_REFERENCE,
				  "firmware names no NUMA node for its memory: write \"%s NODE\" to the attribute target_node of the driver kmem",
				  dev_name(&dev_dax->dev));
	memory = kmem_memory_add(dev_dax);
	if (IS_ERR(memory))
		return PTR_ERR(memory);
	dev_set_drvdata(&dev_dax->dev, memory);
	return 0;
}

static void kmem_remove(struct dev_dax *dev_dax)
{
	kmem_memory_drop(dev_get_drvdata(&dev_dax->dev), dev_dax);
	dev_set_drvdata(&dev_dax->dev, NULL);
}
COMPAT_DAX_REMOVE(kmem_remove)

static struct dax_device_driver kmem_driver = {
	.probe = kmem_probe,
	.remove = compat_dax_remove(kmem_remove),
	.drv.groups = kmem_driver_groups,
	COMPAT_DAX_GROUPS(kmem_device_groups),
	COMPAT_DAX_KMEM_DRIVER,
};

static int __init kmem_init(void)
{
	int rc = kmem_memory_init();

	if (rc)
		return rc;
	rc = kmem_repair_init();
	if (rc)
		goto memory;
	rc = dax_driver_register(&kmem_driver, "kmem");
	if (rc)
		goto repair;
	rc = kmem_node_init(&kmem_driver);
	if (rc)
		goto driver;
	return 0;
driver:
	dax_driver_unregister(&kmem_driver);
repair:
	kmem_repair_exit();
memory:
	kmem_memory_exit();
	return rc;
}

static void __exit kmem_exit(void)
{
	kmem_node_exit(&kmem_driver);
	dax_driver_unregister(&kmem_driver);
	kmem_repair_exit();
	kmem_memory_exit();
}

module_init(kmem_init);
module_exit(kmem_exit);
MODULE_ALIAS_DAX_DEVICE(0);
MODULE_DESCRIPTION("Memory of the dax bus as System RAM");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
