// SPDX-License-Identifier: GPL-2.0
/*
 * device_type.uevent takes a const device: v6.3,
 * 162736b0d71a ("driver core: make struct device_type.uevent() take a const *")
 */
#include <linux/device.h>

static int uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	return 0;
}

struct device_type probe = { .uevent = uevent };
