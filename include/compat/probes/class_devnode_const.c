// SPDX-License-Identifier: GPL-2.0
/*
 * class.devnode takes a const device: v6.2,
 * ff62b8e6588f ("driver core: make struct class.devnode() take a const *")
 */
#include <linux/device.h>

static char *devnode(const struct device *dev, umode_t *mode)
{
	return NULL;
}

struct class probe = { .devnode = devnode };
