// SPDX-License-Identifier: GPL-2.0
/*
 * phys_to_target_node(): v5.7,
 * 5d30f92e7631 ("x86/NUMA: Provide a range-to-target_node lookup facility")
 */
#include <linux/memory_hotplug.h>
#include <linux/numa.h>

int probe(u64 start)
{
	return phys_to_target_node(start);
}
