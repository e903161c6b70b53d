// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include "compat_test.h"

static int __init compat_test_init(void)
{
	int rc = compat_test_driver_model();

	if (rc)
		return rc;
	rc = compat_test_host();
	if (rc)
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
