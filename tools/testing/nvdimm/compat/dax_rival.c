// SPDX-License-Identifier: GPL-2.0
/*
 * dax_rival: another driver of the dax bus. Its device is alive, its drvdata is a page of its own,
 * and the owner of a static device's pagemap points to that, also after the driver was unbound.
 * Drivers of ours must read neither (vm/scenario/devdax__follows_another_driver).
 */
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/memremap.h>
#include <linux/module.h>
#include <compat/dax_bus.h>
#include "dax_rival.h"

static void *rival_page;

static int rival_probe(struct dev_dax *dev_dax)
{
	if (dev_dax->pgmap)
		dev_dax->pgmap->owner = rival_page;
	dev_set_drvdata(&dev_dax->dev, rival_page);
	run_dax(dev_dax->dax_dev);
	return 0;
}

static void rival_remove(struct dev_dax *dev_dax)
{
	kill_dev_dax(dev_dax);
}
COMPAT_DAX_REMOVE(rival_remove)

static struct dax_device_driver rival_driver = {
	.probe = rival_probe,
	.remove = compat_dax_remove(rival_remove),
	COMPAT_DAX_KMEM_DRIVER,
};

static int __init rival_init(void)
{
	int rc;

	rival_page = (void *)get_zeroed_page(GFP_KERNEL);
	if (!rival_page)
		return -ENOMEM;
	rc = __dax_driver_register(&rival_driver, THIS_MODULE, "dax_rival");
	if (rc)
		free_page((unsigned long)rival_page);
	return rc;
}
module_init(rival_init);

static void __exit rival_exit(void)
{
	dax_driver_unregister(&rival_driver);
	free_page((unsigned long)rival_page);
}
module_exit(rival_exit);

MODULE_DESCRIPTION("Another driver of the dax bus");
MODULE_LICENSE("GPL");
