/* SPDX-License-Identifier: GPL-2.0 */
/* A plain number. percpu_refs: so many are there; percpu_ref_refuses: there is no memory. */
#pragma once

#include <linux/errno.h>
#include <linux/types.h>

struct percpu_ref {
	long count;
	bool dying;
	void (*release)(struct percpu_ref *ref);
};

#define GFP_KERNEL 0

extern int percpu_refs;
extern bool percpu_ref_refuses;

static inline int percpu_ref_init(struct percpu_ref *ref, void (*release)(struct percpu_ref *ref),
				  unsigned int flags, int gfp)
{
	if (percpu_ref_refuses)
		return -ENOMEM;
	percpu_refs++;
	*ref = (struct percpu_ref) { .count = 1, .release = release };
	return 0;
}

static inline void percpu_ref_exit(struct percpu_ref *ref)
{
	percpu_refs--;
}

static inline void percpu_ref_put(struct percpu_ref *ref)
{
	if (!--ref->count)
		ref->release(ref);
}

static inline void percpu_ref_kill(struct percpu_ref *ref)
{
	if (ref->dying)
		abort();
	ref->dying = true;
	percpu_ref_put(ref);
}

static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	if (ref->dying)
		return false;
	ref->count++;
	return true;
}
