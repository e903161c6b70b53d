/* SPDX-License-Identifier: GPL-2.0 */
/* Poison where an info-block would be: has the namespace one? Pure. */
#ifndef _ND_HIDDEN_H
#define _ND_HIDDEN_H

#include <linux/types.h>

/**
 * enum nd_hidden - is there an info-block that cannot be read?
 * @ND_HIDDEN_NONE: no, other bytes are in the place of its signature
 * @ND_HIDDEN_UNLIKELY: nothing suggests one
 * @ND_HIDDEN_EXPECTED: yes, or there may well be
 */
enum nd_hidden {
	ND_HIDDEN_NONE,
	ND_HIDDEN_UNLIKELY,
	ND_HIDDEN_EXPECTED,
};

/* Are half of ND_SIG_LEN bytes, or more, those of a signature of a BTT, pfn or dax info-block? */
bool nd_signature_alike(const u8 *found);

/**
 * nd_hidden_judge() - judge an info-block that cannot be read as a whole
 * @signature: the ND_SIG_LEN bytes where its signature would be; NULL: unreadable as well
 * @classed: a label has a claim class, so the namespace is of a kind with an info-block
 * @old_labels: labels are of version 1.1, which has no claim class
 */
enum nd_hidden nd_hidden_judge(const u8 *signature, bool classed, bool old_labels);

#endif /* _ND_HIDDEN_H */
