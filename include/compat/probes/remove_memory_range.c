// SPDX-License-Identifier: GPL-2.0
/*
 * remove_memory() finds the node itself: v5.15,
 * e1c158e49566 ("mm/memory_hotplug: remove nid parameter from remove_memory() and friends")
 */
#include <linux/memory_hotplug.h>

int probe(u64 start, u64 size)
{
	return offline_and_remove_memory(start, size);
}
