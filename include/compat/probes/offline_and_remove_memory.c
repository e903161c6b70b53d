// SPDX-License-Identifier: GPL-2.0
/*
 * A module may take memory offline: v5.8, 08b3acd7a68f ("mm/memory_hotplug: Introduce
 * offline_and_remove_memory()"); and before v5.3 with mm-patches
 * exported: offline_and_remove_memory
 */
#include <linux/memory_hotplug.h>

const void *probe(void)
{
	return offline_and_remove_memory;
}
