// SPDX-License-Identifier: GPL-2.0
/*
 * bus_type.match takes a const driver: v6.11,
 * d69d80484598 ("driver core: have match() callback in struct bus_type take a const *")
 */
#include <linux/device.h>

static int match(struct device *dev, const struct device_driver *drv)
{
	return 0;
}

struct bus_type probe = { .match = match };
