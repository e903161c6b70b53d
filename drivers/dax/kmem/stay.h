/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before a block of RAM is taken offline, all that is in it is moved elsewhere. What does not move
 * stays, and the block with it. A page tells by its flags, and by its references, whether it will
 * move: those of page tables and caches are moved with it, others nobody knows how to (requirements
 * X10). Pure.
 */
#ifndef _KMEM_STAY_H
#define _KMEM_STAY_H

#include <linux/types.h>

/* What a page is to whoever would move it. */
enum kmem_stay {
	KMEM_STAY_FREE,		/* nobody's, or poisoned, which is left behind */
	KMEM_STAY_MOVES,
	/* these do not: */
	KMEM_STAY_PINNED,	/* by RDMA, VFIO, io_uring, direct I/O: for as long as they like */
	KMEM_STAY_ANON,		/* of a process, with references that are no mappings */
	KMEM_STAY_FILE,		/* of a file, likewise */
	KMEM_STAY_SLAB,		/* the kernel's own objects */
	KMEM_STAY_KERNEL,	/* the kernel's own pages: page tables, buffers of drivers */
	KMEM_STAY_NR
};

/**
 * struct kmem_stay_facts - what is known of a page, or of the first one of a compound page
 * @refs: its references
 * @maps: those that are mappings; of a page that is not compound, and has no type
 * @compound: it is one of several, and @pinned is exact
 * @pinned: the kernel counts pins of it, or as many references as a pin takes
 * @poisoned: it has failed
 * @buddy: it is free
 * @slab: the kernel's own objects
 * @typed: it is for something else than data, page tables say, or never was the allocator's
 * @hugetlb: of a process or a file, and moved as a whole
 * @movable_ops: of a driver that has said how to move it
 * @lru: it is in a list for reclaim
 * @anon: of a process
 * @file: of a file
 * @cached: anonymous, and in the swap cache
 * @private: the filesystem has a note at it, with a reference
 */
struct kmem_stay_facts {
	long refs;
	long maps;
	bool compound;
	bool pinned;
	bool poisoned;
	bool buddy;
	bool slab;
	bool typed;
	bool hugetlb;
	bool movable_ops;
	bool lru;
	bool anon;
	bool file;
	bool cached;
	bool private;
};

enum kmem_stay kmem_stay_of(const struct kmem_stay_facts *facts);

/**
 * struct kmem_stay_count - pages of a block, or of several
 * @nr: of each kind
 * @first: physical address of the first page that stays, if kmem_stay_left() counts any
 */
struct kmem_stay_count {
	unsigned long nr[KMEM_STAY_NR];
	u64 first;
};

/* A page at @addr, of that kind. */
void kmem_stay_add(struct kmem_stay_count *count, enum kmem_stay stay, u64 addr);
/* All of @more as well. */
void kmem_stay_join(struct kmem_stay_count *count, const struct kmem_stay_count *more);
/* How many pages do not move? */
unsigned long kmem_stay_left(const struct kmem_stay_count *count);
/* The word of a kind that does not: "pinned", "anon", "file", "slab", "kernel". */
const char *kmem_stay_word(enum kmem_stay stay);

#endif /* _KMEM_STAY_H */
