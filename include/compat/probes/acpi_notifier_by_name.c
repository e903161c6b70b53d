// SPDX-License-Identifier: GPL-2.0
/*
 * acpi_notifier_call_chain() takes names instead of a struct acpi_device: v7.1.
 * Used as the sign of the cycle in which the in-tree nfit became a
 * platform_driver; no header tells that itself, and both models work on either
 * side, only the place of ndbus in sysfs differs.
 */
#include <linux/acpi.h>

int probe(void)
{
	return acpi_notifier_call_chain("class", "id", 0, 0);
}
