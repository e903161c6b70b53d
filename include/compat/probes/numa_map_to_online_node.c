// SPDX-License-Identifier: GPL-2.0
/*
 * numa_map_to_online_node(): v5.7,
 * b2ca916ce392 ("ACPI: NUMA: Up-level "map to online node" functionality")
 */
#include <linux/nodemask.h>
#include <linux/numa.h>

int probe(int node)
{
	return numa_map_to_online_node(node);
}
