// SPDX-License-Identifier: GPL-2.0
/*
 * struct badrange, as public headers know it: a list head and a lock. The list
 * holds one node, our set, while there is something bad; nothing otherwise, so
 * that a badrange no one tears down keeps no memory once all is well.
 */
#include <linux/export.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "core/badrange.h"

struct bad_node {
	struct list_head list;
	struct bad_set set;
	struct bad_range range[];
};

#define BAD_NODE_MIN	14	/* ranges; with the header, half a KiB at most */

static struct bad_node *bad_node(struct badrange *badrange)
{
	return list_first_entry_or_null(&badrange->list, struct bad_node, list);
}

/* Needs no contiguous memory, however many ranges there are. */
static struct bad_node *bad_node_alloc(u32 max)
{
	struct bad_node *node = kvmalloc(struct_size(node, range, max), GFP_KERNEL | __GFP_NOWARN);

	if (node)
		node->set = (struct bad_set) { .range = node->range, .max = max };
	return node;
}

/* How much room the next node gets: twice the old one's. */
static u32 bad_node_next(struct badrange *badrange)
{
	const struct bad_node *node = bad_node(badrange);

	return node ? 2 * node->set.max : BAD_NODE_MIN;
}

/* Make @new, which is larger, the node; the old one is the caller's to free. */
static struct bad_node *bad_node_swap(struct badrange *badrange, struct bad_node *new)
{
	struct bad_node *old = bad_node(badrange);

	if (old) {
		memcpy(new->range, old->range, old->set.nr * sizeof(*old->range));
		new->set.nr = old->set.nr;
		list_del(&old->list);
	}
	list_add(&new->list, &badrange->list);
	return old;
}

/**
 * badrange_init() - make a badrange that remembers nothing
 * @badrange: the provider's or the bus's
 */
void badrange_init(struct badrange *badrange)
{
	INIT_LIST_HEAD(&badrange->list);
	spin_lock_init(&badrange->lock);
}
EXPORT_SYMBOL_GPL(badrange_init);

typedef int (*bad_set_fn)(struct bad_set *set, u64 start, u64 len);

/* -ENOSPC, with the room to bring in *@want, when there is too little of it. */
static int try_change(struct badrange *badrange, bad_set_fn change, u64 addr, u64 length,
		      u32 *want, struct bad_node **node)
{
	struct bad_node *cur, *old = NULL;
	int rc = -ENOSPC;

	spin_lock(&badrange->lock);
	*want = bad_node_next(badrange);
	/* another task may have grown it meanwhile, and further */
	if (*node && (*node)->set.max >= *want) {
		old = bad_node_swap(badrange, *node);
		*node = NULL;
		*want = bad_node_next(badrange);
	}
	cur = bad_node(badrange);
	if (cur)
		rc = change(&cur->set, addr, length);
	else if (change == bad_set_del)
		rc = 0;
	if (cur && !cur->set.nr)
		list_del(&cur->list);
	else
		cur = NULL;
	spin_unlock(&badrange->lock);
	kvfree(cur);
	kvfree(old);
	return rc;
}

static int badrange_change(struct badrange *badrange, bad_set_fn change, u64 addr, u64 length)
{
	struct bad_node *spare = NULL;
	u32 want;
	int rc;

	for (;;) {
		rc = try_change(badrange, change, addr, length, &want, &spare);
		if (rc != -ENOSPC)
			break;
		kvfree(spare);
		spare = bad_node_alloc(want);
		if (!spare)
			return -ENOMEM;
	}
	kvfree(spare);
	return rc;
}

/**
 * badrange_add() - remember that a range is poisoned
 * @badrange: where
 * @addr: physical address
 * @length: bytes, >= 1
 *
 * Ranges may be told again, touch and overlap.
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL when the range is empty or passes the end of the address
 * space; -ENOMEM.
 */
int badrange_add(struct badrange *badrange, u64 addr, u64 length)
{
	u64 end;

	if (!length || check_add_overflow(addr, length, &end))
		return -EINVAL;
	return badrange_change(badrange, bad_set_add, addr, length);
}
EXPORT_SYMBOL_GPL(badrange_add);

void badrange_del(struct badrange *badrange, u64 start, u64 len)
{
	badrange_change(badrange, bad_set_del, start, len);
}

/**
 * badrange_forget() - a range is good again
 * @badrange: where
 * @start: physical address
 * @len: bytes
 *
 * What is bad on either side of it stays so. When the memory to remember two
 * sides instead of one cannot be had, the range stays bad as a whole: a sector
 * too many is refused until it is written again, never one too few.
 *
 * Context: process, may sleep.
 */
void badrange_forget(struct badrange *badrange, phys_addr_t start, unsigned int len)
{
	badrange_del(badrange, start, len);
}
EXPORT_SYMBOL_GPL(badrange_forget);

void badrange_forget_all(struct badrange *badrange)
{
	struct bad_node *node;

	spin_lock(&badrange->lock);
	node = bad_node(badrange);
	if (node)
		list_del(&node->list);
	spin_unlock(&badrange->lock);
	kvfree(node);
}

void badrange_for_each(struct badrange *badrange, u64 start, u64 end,
		       void (*fn)(void *data, u64 start, u64 len), void *data)
{
	const struct bad_node *node;
	u32 i;

	spin_lock(&badrange->lock);
	node = bad_node(badrange);
	for (i = node ? bad_set_first(&node->set, start) : 0; node && i < node->set.nr; i++) {
		const struct bad_range *r = &node->range[i];
		u64 from = max(r->start, start), to = min(r->start + r->len, end);

		if (from >= to)
			break;
		fn(data, from, to - from);
	}
	spin_unlock(&badrange->lock);
}

bool badrange_next(struct badrange *badrange, u64 start, u64 last, struct bad_range *bad)
{
	const struct bad_node *node;
	bool found;

	spin_lock(&badrange->lock);
	node = bad_node(badrange);
	found = node && bad_set_next(&node->set, start, last, bad);
	spin_unlock(&badrange->lock);
	return found;
}
