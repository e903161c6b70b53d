// SPDX-License-Identifier: GPL-2.0
/*
 * nd_device_driver.remove returns nothing: v5.13,
 * 1f975074311d ("libnvdimm: Make remove callback return void")
 */
#include <linux/nd.h>

static void remove(struct device *dev)
{
}

struct nd_device_driver probe = { .remove = remove };
