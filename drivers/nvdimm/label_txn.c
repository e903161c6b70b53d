// SPDX-License-Identifier: GPL-2.0
/* One change of a namespace on all DIMMs of its interleave set: order and roll-back. Pure. */
#include <linux/errno.h>
#include <linux/types.h>

#include "label_txn.h"

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
	return label_area_get(area, change->drop[0], &old) != ND_WHY_OK ||
	       old.dpa == change->add[0].dpa;
}

/* Would every DIMM take its change? Asked before the first write. */
static int txn_check(struct label_area **areas, u32 ndimms, enum label_txn_kind kind,
		     const struct label_change *changes, enum nd_why *why, u32 *failed_dimm)
{
	u32 i;
	int rc;

	for (i = 0; i < ndimms; i++) {
		*failed_dimm = i;
		rc = label_area_check(areas[i], &changes[i], why);
		if (rc)
			return rc;
		if (kind == LABEL_TXN_UPDATE && !stays_put(areas[i], &changes[i])) {
			*why = ND_WHY_ARGUMENT;
			return -EINVAL;
		}
	}
	return 0;
}

/* From the last position to position 0; back again on an error. */
static int txn_put(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		   struct label_change *changes, enum nd_why *why, u32 *failed_dimm)
{
	enum nd_why ignored;
	u32 i = ndimms;
	int rc = 0;

	while (!rc && i--) {
		*failed_dimm = i;
		rc = label_area_commit(areas[i], &ios[i], &changes[i], why);
	}
	if (!rc)
		return 0;
	/* An undo that fails as well leaves a newer label behind, which position 0 overrules. */
	while (++i < ndimms)
		label_area_undo(areas[i], &ios[i], &changes[i], &ignored);
	return rc;
}

/* Position 0, then the others, come what may. */
static int txn_remove(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		      struct label_change *changes, enum nd_why *why, u32 *failed_dimm)
{
	enum nd_why found;
	u32 i;
	int rc;

	*failed_dimm = 0;
	rc = label_area_commit(areas[0], &ios[0], &changes[0], why);
	if (rc)
		return rc;
	for (i = 1; i < ndimms; i++) {
		if (label_area_commit(areas[i], &ios[i], &changes[i], &found) &&
		    *why == ND_WHY_OK) {
			*why = found;
			*failed_dimm = i;
		}
	}
	return 0;
}

int label_txn_run(struct label_area **areas, const struct label_io *ios, u32 ndimms,
		  enum label_txn_kind kind, struct label_change *changes, enum nd_why *why,
		  u32 *failed_dimm)
{
	int rc = txn_check(areas, ndimms, kind, changes, why, failed_dimm);

	if (rc)
		return rc;
	if (kind == LABEL_TXN_DELETE)
		return txn_remove(areas, ios, ndimms, changes, why, failed_dimm);
	return txn_put(areas, ios, ndimms, changes, why, failed_dimm);
}
