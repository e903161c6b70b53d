// SPDX-License-Identifier: GPL-2.0
/*
 * to_nd_device_driver() is a macro that takes const and non-const drivers: v6.11,
 * d69d80484598 ("driver core: have match() callback in struct bus_type take a const *")
 */
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/nd.h>

const struct nd_device_driver *probe(const struct device_driver *drv)
{
	return to_nd_device_driver(drv);
}
