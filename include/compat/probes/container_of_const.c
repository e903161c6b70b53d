// SPDX-License-Identifier: GPL-2.0
/*
 * container_of_const() keeps the constness of its argument: v6.2,
 * 7376e561fd2e ("linux/container_of.h: introduce container_of_const() that preserves const-ness")
 */
#include <linux/container_of.h>
#include <linux/device.h>

const struct device *probe(const struct kobject *kobj)
{
	return container_of_const(kobj, struct device, kobj);
}
