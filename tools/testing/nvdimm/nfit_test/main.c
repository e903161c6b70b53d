// SPDX-License-Identifier: GPL-2.0
/* nfit_test: the module; see nfit_test.h. */
#include <linux/module.h>
#include <linux/platform_device.h>
#include "mark.h"
#include "nfit_test.h"

static ulong fail_call;
module_param(fail_call, ulong, 0444);
MODULE_PARM_DESC(fail_call, "Which evaluation of a firmware method fails, of each machine, while it loads (0: none)");

u64 mock_first_fault(void)
{
	return fail_call;
}

/* ---- are the modules that we need there? ---- */

#pragma weak nfit_test_mark_libnvdimm
#pragma weak nfit_test_mark_nfit
#pragma weak nfit_test_mark_nd_pmem
#pragma weak nfit_test_mark_device_dax
#pragma weak nfit_test_mark_dax_pmem

static const struct {
	const char *module;
	void (*mark)(void);
} marks[] = {
	{ "libnvdimm", nfit_test_mark_libnvdimm },
	{ "nfit", nfit_test_mark_nfit },
	{ "nd_pmem", nfit_test_mark_nd_pmem },
#ifdef NFIT_TEST_WITH_device_dax
	{ "device_dax", nfit_test_mark_device_dax },
#endif
#ifdef NFIT_TEST_WITH_dax_pmem
	{ "dax_pmem", nfit_test_mark_dax_pmem },
#endif
};

static int all_loaded(void)
{
	int rc = 0;

	for (u32 i = 0; i < ARRAY_SIZE(marks); i++) {
		if (marks[i].mark)
			continue;
		pr_err("nfit_test: %s is not loaded: modprobe, not insmod, loads what it needs\n",
		       marks[i].module);
		rc = -ENXIO;
	}
	return rc;
}

/* ---- platform devices ---- */

static struct platform_device *machines[MOCK_PLATFORMS];

static int nfit_test_probe(struct platform_device *pdev)
{
	return mock_probe(&pdev->dev, &mock_platforms[pdev->id]);
}

static struct platform_driver nfit_test_driver = {
	.probe = nfit_test_probe,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};

static void drop_machines(void)
{
	for (u32 i = 0; i < MOCK_PLATFORMS; i++) {
		platform_device_unregister(machines[i]);
		machines[i] = NULL;
	}
}

static int add_machines(void)
{
	for (u32 i = 0; i < MOCK_PLATFORMS; i++) {
		machines[i] = platform_device_register_simple(KBUILD_MODNAME, i, NULL, 0);
		if (IS_ERR(machines[i])) {
			int rc = PTR_ERR(machines[i]);

			machines[i] = NULL;
			drop_machines();
			return rc;
		}
	}
	return 0;
}

static int __init nfit_test_init(void)
{
	int rc = mock_builds_init();

	if (rc)
		return rc;
	rc = all_loaded();
	if (!rc)
		rc = mock_class_init();
	if (rc)
		goto no_class;
	mock_debugfs_init();
	rc = platform_driver_register(&nfit_test_driver);
	if (rc)
		goto no_driver;
	rc = add_machines();
	if (rc)
		goto no_machines;
	return 0;

no_machines:
	platform_driver_unregister(&nfit_test_driver);
no_driver:
	mock_debugfs_exit();
	mock_class_exit();
no_class:
	mock_builds_exit();
	return rc;
}
module_init(nfit_test_init);

static void __exit nfit_test_exit(void)
{
	drop_machines();
	platform_driver_unregister(&nfit_test_driver);
	mock_debugfs_exit();
	mock_class_exit();
	mock_builds_exit();
}
module_exit(nfit_test_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Pretended machines with NVDIMMs, for tests");
