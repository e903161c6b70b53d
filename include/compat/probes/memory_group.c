// SPDX-License-Identifier: GPL-2.0
/*
 * Hotplugged memory is of a group: v5.15,
 * 028fc57a1c36 ("drivers/base/memory: introduce memory groups to logically group memory
 * blocks")
 */
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

mhp_t probe(int nid)
{
	return memory_group_register_static(nid, 1) < 0 ? MHP_NONE : MHP_NID_IS_MGID;
}
