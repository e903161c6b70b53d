// SPDX-License-Identifier: GPL-2.0
/*
 * acpi_driver.ops.remove returns void: v6.2,
 * 6c0eb5ba3500 ("ACPI: make remove callback of ACPI driver void")
 */
#include <linux/acpi.h>

static void remove(struct acpi_device *adev)
{
}

struct acpi_driver probe = { .ops = { .remove = remove } };
