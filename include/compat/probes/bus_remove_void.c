// SPDX-License-Identifier: GPL-2.0
/*
 * bus_type.remove returns nothing: v5.15,
 * fc7a6209d571 ("bus: Make remove callback return void")
 */
#include <linux/device.h>

static void remove(struct device *dev)
{
}

struct bus_type probe = { .remove = remove };
