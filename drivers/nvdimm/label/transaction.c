// SPDX-License-Identifier: GPL-2.0
/* One change of a namespace on all DIMMs of its interleave set: order and roll-back. Pure. */
#include <linux/errno.h>
#include <linux/types.h>

#include "label/transaction.h"

/* What may go with a change: the namespace's own label. Leftovers have gone before. */
static bool drops_own(enum label_txn_kind kind, const struct label_change *change)
{
	return change->ndrop <= (kind != LABEL_TXN_CREATE);
}

/*
 * Half-way through an update the labels of a namespace differ from DIMM to
 * DIMM; what holds them together is that they all start where position 0's
 * does. A move can't be made this way.
 */
static bool stays_put(const struct label_area *area, const struct label_change *change)
{
	struct nd_label old;

	if (change->nadd != 1 || change->ndrop != 1)
		return true;
	return label_area_get(area, change->drop[0], &old) != ND_REASON_OK ||
	       old.dpa == change->add[0].dpa;
}

/* Would every DIMM take its change? Asked before the first write. */
static int txn_check(struct label_area **areas, u32 ndimms, enum label_txn_kind kind,
		     const struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 i;
	int rc;

	for (i = 0; i < ndimms; i++) {
		*failed_dimm = i;
		rc = label_area_check(areas[i], &changes[i], reason);
		if (rc)
			return rc;
		if (!drops_own(kind, &changes[i]) ||
		    (kind == LABEL_TXN_UPDATE && !stays_put(areas[i], &changes[i]))) {
			*reason = ND_REASON_ARGUMENT;
			return -EINVAL;
		}
	}
	return 0;
}

/* Every blank area of the set gets its index block before the first label comes. */
static int txn_format(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		      const struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 i;
	int rc = 0;

	for (i = 0; i < ndimms && !rc; i++) {
		struct label_change format = { .minor = changes[i].minor };

		*failed_dimm = i;
		if (!areas[i]->valid)
			rc = label_area_commit(areas[i], &ios[i], &format, reason);
	}
	return rc;
}

/*
 * Take back what the positions from @from on have done: has all of it been? With a mark the last
 * position's label, which has it, goes last and only if all others have gone; where
 * it cannot be told what a DIMM holds now, nothing goes.
 */
static bool txn_undo(struct label_area **areas, const struct label_io *ios, u32 from, u32 ndimms,
		     const struct label_change *changes, bool marked)
{
	enum nd_reason ignored;
	bool ok = true;
	u32 i;

	for (i = 0; i < ndimms; i++)
		ok &= !areas[i]->stale;
	for (i = from; i < ndimms && (ok || !marked); i++)
		ok &= !label_area_undo(areas[i], &ios[i], &changes[i], &ignored);
	return ok;
}

/* From the last position to position 0, or to the one that fails. */
static int txn_put(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		   struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 i = ndimms;
	int rc = 0;

	while (!rc && i--) {
		*failed_dimm = i;
		rc = label_area_commit(areas[i], &ios[i], &changes[i], reason);
	}
	return rc;
}

/* Write the one label that @change has added anew, without the mark. */
static int txn_settle(struct label_area *area, const struct label_io *io,
		      struct label_change *change, enum nd_reason *reason)
{
	u32 marked = change->add[0].slot;
	struct label_change settled = { .add = change->add, .nadd = 1, .drop = &marked, .ndrop = 1,
					.minor = change->minor };
	int rc;

	change->add[0].flags &= ~ND_LABEL_UPDATING;
	rc = label_area_commit(area, io, &settled, reason);
	if (rc)
		change->add[0].slot = marked;
	return rc;
}

/*
 * Mark the one label that @change drops, whose slot, then, is the change's own no more. An
 * interrupted change may have done so before: @marked either way.
 */
static int txn_mark(struct label_area *area, const struct label_io *io,
		    const struct label_change *change, struct label_change *mark,
		    struct nd_label *label, bool *marked, enum nd_reason *reason)
{
	int rc;

	*mark = (struct label_change){ .minor = change->minor };
	*marked = false;
	if (change->ndrop != 1 || label_area_get(area, change->drop[0], label) != ND_REASON_OK)
		return 0;
	*marked = label->flags & ND_LABEL_UPDATING;
	if (*marked || !area->nfree)
		return 0;
	label->flags |= ND_LABEL_UPDATING;
	mark->add = label;
	mark->nadd = 1;
	mark->drop = change->drop;
	mark->ndrop = 1;
	rc = label_area_commit(area, io, mark, reason);
	*marked = !rc;
	return rc;
}

/* Is it another uuid that position 0's label is to have? */
static bool changes_uuid(const struct label_area *area, const struct label_change *change)
{
	struct nd_label old;

	return change->nadd == 1 && change->ndrop == 1 &&
	       label_area_get(area, change->drop[0], &old) == ND_REASON_OK &&
	       !uuid_equal(&old.uuid, &change->add[0].uuid);
}

/*
 * The labels of all positions anew, and position 0's last. While they have two uuids position 0's
 * old label says so; it says so no longer only when all others are what they were.
 */
static int txn_update(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		      struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	struct label_change first = changes[0], mark = { 0 };
	struct nd_label label;
	enum nd_reason ignored;
	bool marked;
	int rc = 0;

	*failed_dimm = 0;
	if (ndimms > 1 && changes_uuid(areas[0], &first))
		rc = txn_mark(areas[0], &ios[0], &first, &mark, &label, &marked, reason);
	if (rc)
		return rc;
	if (mark.nadd)
		changes[0].drop = &label.slot;
	rc = txn_put(areas, ios, ndimms, changes, reason, failed_dimm);
	changes[0].drop = first.drop;
	/*
	 * Perhaps it is done: then the others go with position 0. And an undo that fails as well
	 * leaves a newer label behind, which position 0 overrules.
	 */
	if (rc && !areas[0]->stale &&
	    txn_undo(areas, ios, *failed_dimm + 1, ndimms, changes, false) && mark.nadd)
		/* no undo: the label that was not to be may lie in the slot of the one that was */
		txn_settle(areas[0], &ios[0], &mark, &ignored);
	return rc;
}

static int txn_create(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		      struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 last = ndimms - 1;
	struct label_change *change = &changes[last];
	int rc = txn_format(areas, ios, ndimms, changes, reason, failed_dimm);
	bool marked;

	if (rc)
		return rc;
	marked = last && change->nadd == 1 && areas[last]->nfree > change->nadd;
	if (marked)
		change->add[0].flags |= ND_LABEL_UPDATING;
	rc = txn_put(areas, ios, ndimms, changes, reason, failed_dimm);
	if (rc)
		txn_undo(areas, ios, *failed_dimm + 1, ndimms, changes, marked);
	if (rc || !marked)
		return rc;
	*failed_dimm = last;
	rc = txn_settle(areas[last], &ios[last], change, reason);
	if (!rc)
		return 0;
	/* Either label is good; a wrong guess about the one on media would lose the namespace. */
	if (areas[last]->stale)
		return 0;
	txn_undo(areas, ios, 0, ndimms, changes, true);
	return rc;
}

/* Position 0, then the others, come what may; the one with the mark last, and if all have gone. */
static int txn_remove(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		      struct label_change *changes, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 last = ndimms - 1, i;
	struct nd_label label;
	struct label_change mark = { 0 }, unmarked = changes[last];
	enum nd_reason found;
	bool marked = false;
	int rc = 0;

	*failed_dimm = last;
	if (last)
		rc = txn_mark(areas[last], &ios[last], &changes[last], &mark, &label, &marked,
			      reason);
	if (rc)
		return rc;
	if (mark.nadd)
		unmarked.drop = &label.slot;
	*failed_dimm = 0;
	rc = label_area_commit(areas[0], &ios[0], &changes[0], reason);
	if (rc && mark.nadd && !areas[0]->stale)
		label_area_undo(areas[last], &ios[last], &mark, &found);
	if (rc)
		return rc;
	for (i = 1; i < ndimms; i++) {
		if (i == last && marked && *reason != ND_REASON_OK)
			break;
		if (label_area_commit(areas[i], &ios[i], i == last ? &unmarked : &changes[i],
				      &found) && *reason == ND_REASON_OK) {
			*reason = found;
			*failed_dimm = i;
		}
	}
	return 0;
}

/* Of the leftovers of one DIMM those that have the mark, or those that don't; one by one. */
static int clear_dimm(struct label_area *area, const struct label_io *io,
		      const struct label_change *drops, bool marked, enum nd_reason *reason)
{
	struct label_change one = { .ndrop = 1, .minor = drops->minor };
	struct nd_label label;
	u32 i;
	int rc = 0;

	for (i = 0; i < drops->ndrop && !rc; i++) {
		/* gone, in the second round */
		if (label_area_get(area, drops->drop[i], &label) != ND_REASON_OK ||
		    !!(label.flags & ND_LABEL_UPDATING) != marked)
			continue;
		one.drop = &drops->drop[i];
		rc = label_area_commit(area, io, &one, reason);
	}
	return rc;
}

int label_txn_clear(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		    const struct label_change *drops, enum nd_reason *reason, u32 *failed_dimm)
{
	u32 i, round;
	int rc = 0;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < ndimms && !rc; i++) {
			*failed_dimm = i;
			rc = clear_dimm(areas[i], &ios[i], &drops[i], round, reason);
		}
	}
	return rc;
}

int label_txn_run(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		  enum label_txn_kind kind, struct label_change *changes, enum nd_reason *reason,
		  u32 *failed_dimm)
{
	int rc = txn_check(areas, ndimms, kind, changes, reason, failed_dimm);

	if (rc)
		return rc;
	switch (kind) {
	case LABEL_TXN_CREATE:
		return txn_create(areas, ios, ndimms, changes, reason, failed_dimm);
	case LABEL_TXN_DELETE:
		return txn_remove(areas, ios, ndimms, changes, reason, failed_dimm);
	default:
		return txn_update(areas, ios, ndimms, changes, reason, failed_dimm);
	}
}
