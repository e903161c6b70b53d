/* SPDX-License-Identifier: GPL-2.0 */
/* Does what is stored to the media of a host arrive there? Pure. */
#ifndef _ND_PMEM_PROOF_H
#define _ND_PMEM_PROOF_H

#include <linux/string.h>
#include <linux/types.h>

/* Bytes, which are stored with instructions that hypervisors emulate. */
#define PMEM_PROOF		64
#define PMEM_PROOF_TRIES	16

/**
 * enum pmem_proof - what a store has shown
 * @PMEM_PROOF_NONE: nothing: the bytes were there already, or media cannot be read or stored to
 * @PMEM_PROOF_ARRIVES: bytes have changed
 * @PMEM_PROOF_DROPPED: none has, several times
 */
enum pmem_proof {
	PMEM_PROOF_NONE,
	PMEM_PROOF_ARRIVES,
	PMEM_PROOF_DROPPED,
};

/**
 * struct pmem_proof_ops - the media
 * @load: false: it cannot be read
 * @store: past the caches, before what is loaded next; false: it is not there
 */
struct pmem_proof_ops {
	bool (*load)(void *to, const void *media, size_t len);
	bool (*store)(void *media, const void *bytes, size_t len);
};

/*
 * pmem_prove() - store @len bytes, at most PMEM_PROOF, and see
 *
 * Others may store there at the same time. If another task stores the old bytes between the store
 * and the load, memory looks as if its host dropped the store. So only several such results in a
 * row count as dropped.
 */
static inline enum pmem_proof pmem_prove(const struct pmem_proof_ops *ops, void *media,
					 const void *bytes, size_t len)
{
	u8 before[PMEM_PROOF], after[PMEM_PROOF];
	unsigned int tries;

	for (tries = 0; tries < PMEM_PROOF_TRIES; tries++) {
		if (!ops->load(before, media, len) || !memcmp(before, bytes, len) ||
		    !ops->store(media, bytes, len) || !ops->load(after, media, len))
			return PMEM_PROOF_NONE;
		if (memcmp(before, after, len))
			return PMEM_PROOF_ARRIVES;
	}
	return PMEM_PROOF_DROPPED;
}

#endif /* _ND_PMEM_PROOF_H */
