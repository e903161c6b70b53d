/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before v6.1 the kernel has no tiers of memory, 992bf77591cb ("mm/demotion: add support for
 * explicit memory tiers"): who describes a node's memory talks to himself.
 */
#ifndef COMPAT_MEMORY_TIERS_H
#define COMPAT_MEMORY_TIERS_H

#include <linux/err.h>
#include <linux/slab.h>

#define MEMTIER_ADISTANCE_DRAM	(4 * 128)

struct memory_dev_type {
	int adistance;
};

static inline struct memory_dev_type *alloc_memory_type(int adistance)
{
	struct memory_dev_type *type = kmalloc(sizeof(*type), GFP_KERNEL);

	if (!type)
		return ERR_PTR(-ENOMEM);
	type->adistance = adistance;
	return type;
}

static inline void destroy_memory_type(struct memory_dev_type *type)
{
	kfree(type);
}

static inline void init_node_memory_type(int node, struct memory_dev_type *type)
{
}

static inline void clear_node_memory_type(int node, struct memory_dev_type *type)
{
}

#endif
