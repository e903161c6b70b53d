// SPDX-License-Identifier: GPL-2.0
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/numa.h>
#include "compat_test.h"

/* A disk with its dax device comes and goes. */
static int compat_test_storage(void)
{
	struct gendisk *disk = compat_test_disk(NUMA_NO_NODE);

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	del_gendisk(disk);
	put_disk(disk);
	return 0;
}

static int compat_test_run(void)
{
	struct device *root = root_device_register("compat_test");
	int language, storage;

	if (IS_ERR(root))
		return PTR_ERR(root);
	language = compat_test_language(root);
	storage = compat_test_storage();
	root_device_unregister(root);
	pr_info("compat_test: language %d, storage %d, copy %d\n",
		language, storage, compat_test_copy());
	return storage;
}

static int __init compat_test_init(void)
{
	int rc = compat_test_driver_model();

	if (rc)
		return rc;
	rc = compat_test_host();
	if (rc)
		goto no_host;
	rc = compat_test_run();
	if (!rc)
		return 0;
	compat_test_host_end();
no_host:
	compat_test_driver_model_end();
	return rc;
}
module_init(compat_test_init);

static void __exit compat_test_exit(void)
{
	compat_test_host_end();
	compat_test_driver_model_end();
}
module_exit(compat_test_exit);

MODULE_IMPORT_NS("DEVMEM");
MODULE_DESCRIPTION("Compile and link test of include/compat");
MODULE_VERSION(NDSTACK_VERSION);
MODULE_LICENSE("GPL");
