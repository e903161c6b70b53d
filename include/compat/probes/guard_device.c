// SPDX-License-Identifier: GPL-2.0
/*
 * guard(device): v6.7,
 * 134c6eaa6087 ("driver core: Add a guard() definition for the device_lock()")
 */
#include <linux/cleanup.h>
#include <linux/device.h>

void probe(struct device *dev)
{
	guard(device)(dev);
}
