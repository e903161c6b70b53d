/* SPDX-License-Identifier: GPL-2.0 */
/* From "the CPU has stored it" to "the medium has it": see flush.c. */
#ifndef _ND_FLUSH_H
#define _ND_FLUSH_H

#include <linux/atomic.h>
#include <linux/types.h>

struct bio;
struct nd_region;

struct nd_flush {
	int (*ask)(struct nd_region *region, struct bio *bio);	/* the provider, or NULL */
	atomic_t losses;		/* see nd_region_flush_lost() */
	void __iomem **wpq;		/* [ways << hints_shift], while bound */
	unsigned int hints_shift;
	u16 ways;			/* DIMMs to flush one by one; 0: no hints, or unbound */
};

/* devm: at bind */
int nd_region_flush_init(struct nd_region *region);

/**
 * nd_region_flush_lost() - a provider's flush has failed, and what it was for may be lost
 * @region: the region
 *
 * A host whose fsync() fails counts its pages as written all the same: a later flush that
 * succeeds says nothing of what was stored before. Who has promised that looks at
 * nd_flush.losses after its own flush. So the provider calls this before it asks for the
 * next one.
 *
 * Context: any.
 */
void nd_region_flush_lost(struct nd_region *region);

/*
 * Have no CPU cache hold anything of [start, start + size): what is dirty is written back.
 * Return: 0, or an errno where that cannot be done.
 */
int nd_caches_invalidate(u64 start, u64 size);

#endif /* _ND_FLUSH_H */
