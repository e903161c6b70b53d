// SPDX-License-Identifier: GPL-2.0
/*
 * One of several who would remove a device is told so: v5.3, and in 4.19.64,
 * 00289cd87676 ("drivers/base: Introduce kill_device()")
 *
 * exported: kill_device
 */
#include <linux/device.h>

bool probe(struct device *dev)
{
	return kill_device(dev);
}
