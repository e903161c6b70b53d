// SPDX-License-Identifier: GPL-2.0
/*
 * Memory is added with flags: v5.10,
 * b6117199787c ("mm/memory_hotplug: prepare passing flags to add_memory() and friends")
 */
#include <linux/memory_hotplug.h>

mhp_t probe = MHP_NONE;
