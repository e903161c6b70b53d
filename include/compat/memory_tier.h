/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Types of memory, from which the kernel makes its tiers. Newer kernels ask who
 * knows how fast a node is, and find a driver's type by that; older ones leave
 * both to the driver.
 *
 * Transparent: mt_calc_adistance() mt_find_alloc_memory_type() mt_put_memory_types()
 */
#ifndef COMPAT_MEMORY_TIER_H
#define COMPAT_MEMORY_TIER_H

#include <linux/err.h>
#include <linux/list.h>
#include <linux/memory-tiers.h>
#include <linux/slab.h>

#ifndef HAVE_MT_FIND_ALLOC_MEMORY_TYPE

/* A kernel's type has no room for a driver's list. */
struct compat_memory_type {
	struct list_head list;
	struct memory_dev_type *type;
};

/* Nobody knows: *@adist stays. */
static inline int mt_calc_adistance(int node, int *adist)
{
	return 0;
}

static inline struct memory_dev_type *mt_find_alloc_memory_type(int adist,
								struct list_head *memory_types)
{
	struct compat_memory_type *known;
	struct memory_dev_type *type;

	list_for_each_entry(known, memory_types, list)
		if (known->type->adistance == adist)
			return known->type;
	known = kmalloc(sizeof(*known), GFP_KERNEL);
	if (!known)
		return ERR_PTR(-ENOMEM);
	type = alloc_memory_type(adist);
	if (IS_ERR(type)) {
		kfree(known);
		return type;
	}
	known->type = type;
	list_add(&known->list, memory_types);
	return type;
}

static inline void mt_put_memory_types(struct list_head *memory_types)
{
	struct compat_memory_type *known, *next;

	list_for_each_entry_safe(known, next, memory_types, list) {
		list_del(&known->list);
		destroy_memory_type(known->type);
		kfree(known);
	}
}

#endif

#endif
