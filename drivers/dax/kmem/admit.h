/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Admission: may a range become System RAM? Once it has, an error in it meets
 * whoever happens to read there, the kernel included, so what is known of the
 * range is looked at first (requirements X5, G6 to G8). Pure.
 */
#ifndef _KMEM_ADMIT_H
#define _KMEM_ADMIT_H

#include <linux/types.h>
#include <nd/reason.h>
#include "common/recovery.h"

/* What must have been looked at. */
enum kmem_scrub {
	KMEM_SCRUB_NONE,	/* bytes that are known to be bad are accepted */
	KMEM_SCRUB_BADBLOCKS,	/* what is known */
	KMEM_SCRUB_ARS,		/* each byte, now: what is known was not all */
};

struct kmem_policy {
	enum kmem_scrub scrub;
	bool clear;		/* what is bad, and refuse only when that does not help */
	bool recovery;		/* the machine must survive reading poison */
	bool security;		/* nobody without the passphrase may read it later */
};

/**
 * struct kmem_facts - what is known of the memory blocks of a device
 * @has_bad: some bytes are bad
 * @tried: it was tried to clear them
 * @scrub: 0, or errno of a scrub that was asked for
 * @recovery: of this machine
 * @at_rest: of the memory
 */
struct kmem_facts {
	bool has_bad;
	bool tried;
	int scrub;
	enum nd_recovery recovery;
	enum nd_at_rest at_rest;
};

/**
 * struct kmem_verdict - what follows
 * @err: 0, or why not: -EIO, -ENODATA, -EOPNOTSUPP, -EPERM
 * @reason: likewise
 * @clear: nothing but what is bad is in the way: clear that first, and ask again
 */
struct kmem_verdict {
	int err;
	enum nd_reason reason;
	bool clear;
};

/*
 * The first requirement that is not met; the order is that of enum and struct above. What a range
 * holds is never given up for one that is refused all the same.
 */
struct kmem_verdict kmem_admit(const struct kmem_policy *policy, const struct kmem_facts *facts);

/* Of the errno of a verdict: "ok", "badblocks", "unscrubbed", "no-recovery", "unlocked-dimm" */
const char *kmem_verdict_word(int err);

/* "none", "badblocks", "ars". -EINVAL: none of them. */
int kmem_scrub_parse(const char *word, enum kmem_scrub *scrub);
const char *kmem_scrub_word(enum kmem_scrub scrub);

#endif /* _KMEM_ADMIT_H */
