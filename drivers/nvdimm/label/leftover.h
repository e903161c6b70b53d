/* SPDX-License-Identifier: GPL-2.0 */
/* Labels that no namespace uses. Pure. */
#ifndef _ND_LABEL_LEFTOVER_H
#define _ND_LABEL_LEFTOVER_H

#include <linux/types.h>
#include <nd/why.h>
#include "label/set.h"

/**
 * struct label_state - what is known of one DIMM of a set
 * @valid: its area has an index block in force
 * @ruined: it has none, but is not blank either
 * @bad: active slots whose label cannot be read
 * @lacking: namespaces that labels of other DIMMs tell of, but none here; counted by
 *	label_set_rest()
 */
struct label_state {
	bool valid;
	bool ruined;
	u32 bad;
	u32 lacking;
};

/**
 * label_set_rest() - judge the labels that no namespace uses
 * @dimms: all labels of the set, sorted, @taken where a namespace uses or the
 *	caller has refused them; index as in @states, any order of positions
 * @states: one for each
 * @ndimms: how many
 *
 * A label whose namespace is not complete may be what an interrupted change left:
 * nobody's, its space is free, and @leftover is set. Or a sibling was lost: then
 * it is all that tells of somebody's data, and whatever it names stays his.
 *
 * The writer of the labels tells them apart. The last position's label has
 * ND_LABEL_UPDATING as long as a creation or deletion is under way
 * (label_txn_run()): a uuid that lacks position 0 but has that mark is a
 * leftover. So are labels that all have the mark, which is what Linux' own
 * drivers leave of a creation. Everything else stays, and so does everything
 * while any slot or area of the set cannot be read.
 *
 * Return: how many labels are neither taken nor leftovers.
 */
u32 label_set_rest(struct label_dimm *dimms, struct label_state *states, u32 ndimms);

/**
 * label_set_closed() - may no capacity of the set be given out?
 * @states: as left by label_set_rest(), in the order of mappings; @valid, @ruined
 *	and @bad may be newer
 * @ndimms: how many
 * @kept: labels of the set that are neither taken nor leftovers
 * @which: the DIMM that is the reason
 *
 * An area that is damaged, or blank beside labels of the set, may have named
 * anything; so may a slot that cannot be read, unless the labels of other DIMMs
 * tell what is missing. They cannot for the first DIMM, whose labels say where
 * namespaces lie that start at different offsets.
 *
 * Return: ND_WHY_OK when it may; ND_WHY_NO_INDEX, ND_WHY_CHECKSUM.
 */
enum nd_why label_set_closed(const struct label_state *states, u32 ndimms, u32 kept, u32 *which);

#endif /* _ND_LABEL_LEFTOVER_H */
