// SPDX-License-Identifier: GPL-2.0
/* A driver bound to an ACPI device, as nfit is. The id exists nowhere. */
#include <linux/acpi.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include "compat_test.h"

static void test_notify(acpi_handle handle, u32 event, void *data)
{
	struct device *dev = data;

	dev_dbg(dev, "event %#x, cookie flag %#x\n", event, (u32)ACPI_NFIT_LOCATION_COOKIE_VALID);
}

static int test_probe(struct device *dev)
{
	struct acpi_device *adev = compat_acpi_companion(dev);
	struct gendisk *disk;

	if (!adev)
		return -ENODEV;
	disk = compat_test_disk(dev_to_node(dev));
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	dev_set_drvdata(dev, disk);
	return compat_acpi_notify(dev, test_notify, dev);
}

static void test_remove(struct device *dev)
{
	struct gendisk *disk = dev_get_drvdata(dev);

	del_gendisk(disk);
	put_disk(disk);
}

static const struct acpi_device_id test_ids[] = {
	{ "NDST0001", 0 },
	{ }
};

COMPAT_ACPI_HOST(test_host, "compat_test_host", test_ids, test_probe, test_remove);

int compat_test_host(void)
{
	return compat_acpi_host_register(&test_host);
}

void compat_test_host_end(void)
{
	compat_acpi_host_unregister(&test_host);
}
