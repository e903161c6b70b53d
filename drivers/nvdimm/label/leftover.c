// SPDX-License-Identifier: GPL-2.0
/* Labels of a set that no namespace uses: nobody's, or all that is left of one. Pure. */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uuid.h>

#include "label/leftover.h"

/* What the DIMMs of a set know of one uuid. */
struct remains {
	bool used;		/* by a namespace, or refused for what it says */
	bool odd;		/* twice on a DIMM, or of a set of another size */
	bool missing;		/* on some DIMM */
	bool first;		/* has the label of position 0 … */
	bool last_marked;	/* … and the last position's, being updated */
	bool all_marked;
};

static void remains_add(struct remains *r, struct label_run run, u32 ndimms)
{
	const struct nd_label *label;
	bool marked;

	if (!run.nr) {
		r->missing = true;
		return;
	}
	/* a second one is odd enough */
	label = run.ref[0]->label;
	marked = label->flags & ND_LABEL_UPDATING;
	r->used |= run.ref[0]->taken || run.ref[run.nr - 1]->taken;
	r->odd |= run.nr > 1 || label->nlabel != ndimms;
	r->first |= !label->position;
	r->last_marked |= marked && label->position + 1 == ndimms;
	r->all_marked &= marked;
}

static bool remains_nobodys(const struct remains *r)
{
	return r->missing && !r->used && !r->odd &&
	       (r->all_marked || (r->last_marked && !r->first));
}

/* Judge all labels of @uuid, of which the DIMMs before @from have none. */
static void judge_uuid(struct label_dimm *dimms, struct label_state *states, u32 from, u32 ndimms,
		       const uuid_t *uuid, bool sure)
{
	struct remains r = { .all_marked = true, .missing = from > 0 };
	u32 i;

	for (i = from; i < ndimms; i++)
		remains_add(&r, label_dimm_find(&dimms[i], uuid), ndimms);
	if (r.used || !r.missing)
		return;
	for (i = 0; i < ndimms; i++) {
		struct label_run run = label_dimm_find(&dimms[i], uuid);

		if (!run.nr)
			states[i].lacking++;
		else if (sure && remains_nobodys(&r))
			run.ref[0]->leftover = true;
	}
}

static bool known_before(const struct label_dimm *dimms, u32 before, const uuid_t *uuid)
{
	u32 i;

	for (i = 0; i < before; i++)
		if (label_dimm_find(&dimms[i], uuid).nr)
			return true;
	return false;
}

u32 label_set_rest(struct label_dimm *dimms, struct label_state *states, u32 ndimms)
{
	bool sure = true;
	u32 i, k, kept = 0;

	for (i = 0; i < ndimms; i++) {
		sure &= !states[i].ruined && !states[i].bad;
		states[i].lacking = 0;
	}
	for (i = 0; i < ndimms; i++) {
		struct label_ref **ref = dimms[i].by_uuid;

		for (k = 0; k < dimms[i].nr; k++) {
			const uuid_t *uuid = &ref[k]->label->uuid;

			if (!ref[k]->taken && (!k || !uuid_equal(&ref[k - 1]->label->uuid, uuid)) &&
			    !known_before(dimms, i, uuid))
				judge_uuid(dimms, states, i, ndimms, uuid, sure);
		}
	}
	for (i = 0; i < ndimms; i++)
		for (k = 0; k < dimms[i].nr; k++)
			kept += !dimms[i].refs[k].taken && !dimms[i].refs[k].leftover;
	return kept;
}

enum nd_why label_set_closed(const struct label_state *states, u32 ndimms, u32 kept, u32 *which)
{
	u32 i;

	for (i = 0; i < ndimms; i++) {
		*which = i;
		if (states[i].ruined || (!states[i].valid && kept))
			return ND_WHY_NO_INDEX;
		if (states[i].bad > (i ? states[i].lacking : 0))
			return ND_WHY_CHECKSUM;
	}
	return ND_WHY_OK;
}
