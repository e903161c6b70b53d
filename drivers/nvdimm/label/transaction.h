/* SPDX-License-Identifier: GPL-2.0 */
/* One change of a namespace on all DIMMs of its interleave set. Pure. */
#ifndef _ND_LABEL_TXN_H
#define _ND_LABEL_TXN_H

#include "label/area.h"

/**
 * enum label_txn_kind - what happens to the namespace
 * @LABEL_TXN_CREATE: it comes, and nothing goes
 * @LABEL_TXN_UPDATE: it changes, at the same offset (size, name, uuid, claim)
 * @LABEL_TXN_DELETE: it goes
 */
enum label_txn_kind {
	LABEL_TXN_CREATE,
	LABEL_TXN_UPDATE,
	LABEL_TXN_DELETE,
};

/**
 * label_txn_clear() - drop what an interrupted change left behind
 * @areas: loaded areas, one for each DIMM of the set, in any order
 * @ios: how to reach each
 * @ndimms: how many
 * @drops: for each: the slots of leftovers (label_set_rest()) that go; nothing comes
 * @reason: reason of a failure
 * @failed_dimm: the DIMM that failed
 *
 * A leftover is told by ND_LABEL_UPDATING: labels that have it go last. Wherever power fails, what
 * is still there is nobody's, as before.
 *
 * Return: 0, or what label_area_commit() returned on @failed_dimm.
 */
int label_txn_clear(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		    const struct label_change *drops, enum nd_reason *reason, u32 *failed_dimm);

/**
 * label_txn_run() - change a namespace's labels on all DIMMs
 * @areas: loaded areas, index = position in the set
 * @ios: how to reach each
 * @ndimms: positions, 1 or more
 * @kind: decides the order
 * @changes: one per position
 * @reason: reason of a failure
 * @failed_dimm: the position that failed
 *
 * Position 0 is the commit record (label_set_next()): it is written last when
 * something comes or changes, first when something goes. Wherever power fails,
 * the next load finds the namespace as it was or as it shall be; of a creation
 * or deletion there may remain labels that no label of position 0 leads.
 *
 * So that these can be told from labels whose siblings were lost in another way,
 * the last position's label is marked with ND_LABEL_UPDATING for as long: a
 * creation writes it first, with the mark, and once more at the end, without;
 * a deletion marks it before anything goes, and takes it away last
 * (label_set_rest()). Only where no slot is free for that it is left out. Blank
 * areas are all formatted before the first label is written.
 *
 * A change of uuid marks position 0's label before anything else, so that labels of two uuids at
 * one place are not taken for one namespace unless they are: the mark goes with that label, or with
 * the change when that is taken back.
 *
 * Nothing is written if any DIMM refuses its change. When a write fails before
 * position 0 has changed, the DIMMs done so far are taken back, as far as they
 * can be written; what can't is a mixture that still reads as the old state. A
 * deletion is decided with position 0: failures behind it leave orphans, told
 * by @reason other than ND_REASON_OK and @failed_dimm, but are no error. No more is it
 * when a creation is complete and only the mark may have stayed; that is told
 * likewise.
 *
 * If the failing write was position 0's and could not be told by reading back
 * (its area is stale), a reload will find the old or the new state; an update takes nothing
 * back then.
 *
 * Return: 0, or what label_area_commit() returned on @failed_dimm; -EINVAL
 * when an update would move the namespace, or anything but its own label would go.
 */
int label_txn_run(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		  enum label_txn_kind kind, struct label_change *changes, enum nd_reason *reason,
		  u32 *failed_dimm);

#endif /* _ND_LABEL_TXN_H */
