// SPDX-License-Identifier: GPL-2.0
/*
 * Locks of devices in whatever order: a kernel with lockdep has to report one that
 * the drivers never take (core/lock.h), and no other.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include "provider.h"

static void lock_both(struct device *outer, struct device *inner)
{
	device_lock(outer);
	device_lock(inner);
	device_unlock(inner);
	device_unlock(outer);
}

/* ---- ndbusN/nd_provider/lock_order: "OUTER INNER": their locks are taken, and let go ---- */

static ssize_t lock_order_store(struct device *dev, struct device_attribute *attr,
				const char *buf, size_t n)
{
	struct device *outer, *inner;
	char name[2][32];

	if (sscanf(buf, "%31s %31s", name[0], name[1]) != 2)
		return -EINVAL;
	outer = bus_find_device_by_name(dev->bus, NULL, name[0]);
	inner = bus_find_device_by_name(dev->bus, NULL, name[1]);
	if (outer && inner && outer != inner)
		lock_both(outer, inner);
	else
		n = -ENODEV;
	put_device(outer);
	put_device(inner);
	return n;
}
struct device_attribute provider_attr_lock_order = __ATTR_WO(lock_order);
