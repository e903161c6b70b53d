/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a namespace, in a word: the attribute `state` of a namespace and of what claims
 * it. Pure; state.c has the facts, and tells when they change.
 *
 *	idle		no driver serves it, and it can be bound, changed, destroyed
 *	enabled		a driver serves it
 *	draining	its driver, or that of its dax device, is gone, and somebody uses the struct
 *			pages still
 *	kept		no driver serves it, but kmem has made System RAM of it, which is in use
 *
 * From idle to enabled and back by binding and unbinding; from enabled to draining or kept where
 * unbinding leaves users behind, and from there to idle when the last has gone (to enabled, if it
 * was only a driver of its dax device that went).
 */
#ifndef _ND_STATE_H
#define _ND_STATE_H

#include <linux/types.h>

/**
 * struct nd_state_facts - what is known
 * @bound: a driver has been bound to it, or to what claims it
 * @draining: there are struct pages of a binding that has ended
 * @ram: there is System RAM of a binding that has ended
 */
struct nd_state_facts {
	bool bound;
	bool draining;
	bool ram;
};

/* nd_state_word() - what of the above it is */
static inline const char *nd_state_word(const struct nd_state_facts *facts)
{
	if (facts->draining)
		return "draining";
	if (facts->bound)
		return "enabled";
	return facts->ram ? "kept" : "idle";
}

#endif /* _ND_STATE_H */
