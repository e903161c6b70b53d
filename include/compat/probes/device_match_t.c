// SPDX-License-Identifier: GPL-2.0
/*
 * The type of a device match callback has a name: v6.12 (driver core).
 */
#include <linux/device.h>

device_match_t probe;
