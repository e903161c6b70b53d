/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arrays of pointers by index, of which most are NULL. Kernels before v4.20, f8d5d0cc145c
 * ("xarray: Add definition of struct xarray"), have radix trees, and leave locking and memory to
 * their callers.
 */
#ifndef COMPAT_XARRAY_H
#define COMPAT_XARRAY_H

#include <linux/err.h>
#include <linux/radix-tree.h>
#include <linux/xarray.h>

#ifndef HAVE_XARRAY

/* Inserting takes its memory from what was set aside before the lock. */
struct xarray {
	struct radix_tree_root tree;
};

#define DEFINE_XARRAY(name) struct xarray name = { .tree = RADIX_TREE_INIT(name.tree, GFP_NOWAIT) }

static inline void xa_init(struct xarray *xa)
{
	INIT_RADIX_TREE(&xa->tree, GFP_NOWAIT);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return radix_tree_empty((struct radix_tree_root *)&xa->tree);
}

/* A number in place of a pointer: neither NULL nor an error. */
static inline void *xa_mk_value(unsigned long value)
{
	return (void *)(value << RADIX_TREE_EXCEPTIONAL_SHIFT | RADIX_TREE_EXCEPTIONAL_ENTRY);
}

static inline int xa_err(void *entry)
{
	return PTR_ERR_OR_ZERO(entry);
}

static inline void *xa_load(struct xarray *xa, unsigned long index)
{
	void *entry;

	rcu_read_lock();
	entry = radix_tree_lookup(&xa->tree, index);
	rcu_read_unlock();
	return entry;
}

static inline void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *entry;

	spin_lock(&xa->tree.xa_lock);
	entry = radix_tree_delete(&xa->tree, index);
	spin_unlock(&xa->tree.xa_lock);
	return entry;
}

/* What was there, or an error. NULL for an entry is xa_erase()'s. */
static inline void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;
	int rc = radix_tree_maybe_preload(gfp);

	if (rc)
		return ERR_PTR(rc);
	spin_lock(&xa->tree.xa_lock);
	old = radix_tree_delete(&xa->tree, index);
	rc = radix_tree_insert(&xa->tree, index, entry);
	spin_unlock(&xa->tree.xa_lock);
	radix_tree_preload_end();
	return rc ? ERR_PTR(rc) : old;
}

/* The first entry from *index to max, and where it is; NULL: none. */
static inline void *compat_xa_find(struct xarray *xa, unsigned long *index, unsigned long max)
{
	struct radix_tree_iter iter;
	void *entry = NULL;
	void __rcu **slot;

	rcu_read_lock();
	radix_tree_for_each_slot(slot, &xa->tree, &iter, *index) {
		entry = iter.index <= max ? radix_tree_deref_slot(slot) : NULL;
		if (radix_tree_deref_retry(entry)) {
			slot = radix_tree_iter_retry(&iter);
			continue;
		}
		*index = iter.index;
		if (entry || iter.index > max)
			break;
	}
	rcu_read_unlock();
	return entry;
}

/* The next; the last index of all has none. */
static inline void *compat_xa_next(struct xarray *xa, unsigned long *index, unsigned long max)
{
	if (*index >= max)
		return NULL;
	++*index;
	return compat_xa_find(xa, index, max);
}

#define xa_for_each_range(xa, index, entry, start, last)			\
	for (index = (start), entry = compat_xa_find(xa, &index, last); entry;	\
	     entry = compat_xa_next(xa, &index, last))
#define xa_for_each(xa, index, entry) xa_for_each_range(xa, index, entry, 0, ULONG_MAX)

static inline void xa_destroy(struct xarray *xa)
{
	unsigned long index;
	void *entry;

	xa_for_each(xa, index, entry)
		xa_erase(xa, index);
}

/* v5.6, 00ed452c210a ("XArray: Add xa_for_each_range") */
#elif !defined(xa_for_each_range)
#define xa_for_each_range(xa, index, entry, start, last)			\
	for (index = (start), entry = xa_find(xa, &index, last, XA_PRESENT);	\
	     entry; entry = xa_find_after(xa, &index, last, XA_PRESENT))
#endif
#endif
