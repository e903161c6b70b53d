// SPDX-License-Identifier: GPL-2.0
/* Does what is stored to the media of a host arrive there? Pure; see proof.h. */
#include <linux/string.h>
#include "pmem/proof.h"

#define PROOF_TRIES	16

enum pmem_proof pmem_prove(const struct pmem_proof_ops *ops, void *media, const void *bytes,
			   size_t len)
{
	u8 before[PMEM_PROOF], after[PMEM_PROOF];
	unsigned int tries;

	for (tries = 0; tries < PROOF_TRIES; tries++) {
		if (!ops->load(before, media, len) || !memcmp(before, bytes, len) ||
		    !ops->store(media, bytes, len) || !ops->load(after, media, len))
			return PMEM_PROOF_NONE;
		if (memcmp(before, after, len))
			return PMEM_PROOF_ARRIVES;
	}
	return PMEM_PROOF_DROPPED;
}
