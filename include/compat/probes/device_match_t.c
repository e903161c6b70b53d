// SPDX-License-Identifier: GPL-2.0
/*
 * The type of a device match callback has a name: v6.12,
 * bfa54a793ba7 ("driver core: bus: Fix double free in driver API bus_register()")'s series
 */
#include <linux/device.h>

device_match_t probe;
