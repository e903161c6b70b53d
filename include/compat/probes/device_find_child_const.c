// SPDX-License-Identifier: GPL-2.0
/*
 * device_find_child() matches against const data: v6.14,
 * f1e8bf56320a ("driver core: Constify API device_find_child() and adapt for various usages")
 */
#include <linux/device.h>

static int match(struct device *dev, const void *data)
{
	return 1;
}

struct device *probe(struct device *dev, const void *data)
{
	return device_find_child(dev, data, match);
}
