// SPDX-License-Identifier: GPL-2.0
/*
 * device_set_pm_not_required(): v5.1,
 * 85945c28b5a8 ("PM / core: Add support to skip power management in device/driver model")
 */
#include <linux/device.h>

void probe(struct device *dev)
{
	device_set_pm_not_required(dev);
}
