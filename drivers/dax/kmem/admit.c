// SPDX-License-Identifier: GPL-2.0
/* Admission of a range as System RAM. Pure. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include "kmem/admit.h"

struct kmem_verdict kmem_admit(const struct kmem_policy *policy, const struct kmem_facts *facts)
{
	bool clear = facts->has_bad && policy->clear && !facts->tried;

	if (facts->has_bad && !clear && policy->scrub != KMEM_SCRUB_NONE)
		return (struct kmem_verdict) { -EIO, ND_REASON_MEDIA };
	if (facts->scrub && policy->scrub == KMEM_SCRUB_ARS)
		return (struct kmem_verdict) { -ENODATA, ND_REASON_POLICY };
	if (policy->recovery && facts->recovery == ND_RECOVERY_NONE)
		return (struct kmem_verdict) { -EOPNOTSUPP, ND_REASON_UNSUPPORTED };
	if (policy->security && facts->at_rest != ND_AT_REST_LOCKED &&
	    facts->at_rest != ND_AT_REST_VOLATILE)
		return (struct kmem_verdict) { -EPERM, ND_REASON_POLICY };
	return (struct kmem_verdict) { 0, ND_REASON_OK, clear };
}

const char *kmem_verdict_word(int err)
{
	switch (err) {
	case 0:
		return "ok";
	case -EIO:
		return "badblocks";
	case -ENODATA:
		return "unscrubbed";
	case -EOPNOTSUPP:
		return "no-recovery";
	default:
		return "unlocked-dimm";
	}
}

static const char * const scrub_words[] = {
	[KMEM_SCRUB_NONE] = "none",
	[KMEM_SCRUB_BADBLOCKS] = "badblocks",
	[KMEM_SCRUB_ARS] = "ars",
};

int kmem_scrub_parse(const char *word, enum kmem_scrub *scrub)
{
	size_t len = strcspn(word, "\n");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scrub_words); i++)
		if (strlen(scrub_words[i]) == len && !memcmp(word, scrub_words[i], len)) {
			*scrub = i;
			return 0;
		}
	return -EINVAL;
}

const char *kmem_scrub_word(enum kmem_scrub scrub)
{
	return scrub_words[scrub];
}
