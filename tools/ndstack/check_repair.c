// SPDX-License-Identifier: GPL-2.0
/* Labels that can be written anew for sure. Pure: see check_repair.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <asm/byteorder.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "check_repair.h"
#include "label/label.h"

/* Of several with the same uuid none is the one that is meant. */
static const struct nd_label *mend_find(const struct check_dimm *dimm, const uuid_t *uuid,
					bool *several)
{
	const struct nd_label *found = NULL;

	*several = false;
	for (u32 i = 0; i < dimm->nr; i++) {
		if (!uuid_equal(&dimm->labels[i].uuid, uuid))
			continue;
		*several |= found != NULL;
		found = &dimm->labels[i];
	}
	return found;
}

static bool mend_agree(const struct check_dimm *da, const struct nd_label *a,
		       const struct check_dimm *db, const struct nd_label *b)
{
	return a->dpa - da->start == b->dpa - db->start && a->size == b->size &&
	       a->lbasize == b->lbasize && a->cookie == b->cookie && a->flags == b->flags &&
	       a->nlabel == b->nlabel && guid_equal(&a->type, &b->type) &&
	       guid_equal(&a->abstraction, &b->abstraction) && !strcmp(a->name, b->name);
}

static bool mend_overlap(const struct nd_label *a, const struct nd_label *b)
{
	return a->dpa < b->dpa + b->size && b->dpa < a->dpa + a->size;
}

/* Would its bytes be nobody's else? */
static bool mend_place_free(const struct check_dimm *dimm, const struct check_repair *mend,
			    const struct nd_label *label)
{
	if (label->dpa < dimm->start || label->size > dimm->length ||
	    label->dpa - dimm->start > dimm->length - label->size)
		return false;
	for (u32 i = 0; i < dimm->nr; i++)
		if (mend_overlap(&dimm->labels[i], label))
			return false;
	for (u32 i = 0; i < mend->nadd; i++)
		if (mend_overlap(&mend->add[i], label))
			return false;
	return true;
}

/*
 * The label that DIMM @which has lost, as that of @lead, which is another one's, and those of all
 * others say.
 */
static bool mend_label(const struct check_set *set, u32 which, const struct check_dimm *first,
		       const struct nd_label *lead, struct nd_label *out)
{
	u64 positions = 0;
	bool several;

	if (lead->nlabel != set->nr || lead->flags & ND_LABEL_UPDATING)
		return false;
	if (mend_find(&set->dimms[which], &lead->uuid, &several))
		return false;
	for (u32 i = 0; i < set->nr; i++) {
		const struct nd_label *label;

		if (i == which)
			continue;
		label = mend_find(&set->dimms[i], &lead->uuid, &several);
		if (!label || several || !mend_agree(first, lead, &set->dimms[i], label))
			return false;
		/* each has its own, so that one is left */
		if (positions >> label->position & 1)
			return false;
		positions |= 1ull << label->position;
	}
	*out = *lead;
	for (out->position = 0; positions >> out->position & 1; )
		out->position++;
	out->dpa = lead->dpa - first->start + set->dimms[which].start;
	return out->position < set->nr;
}

static const struct nd_media_label *mend_slot(const struct label_area *area, u32 slot)
{
	return (const void *)(area->data + area->label_off + (u64)slot * area->label_size);
}

static bool mend_same_place(const struct nd_media_label *media, const struct nd_label *label)
{
	return le64_to_cpu(media->dpa) == label->dpa && le64_to_cpu(media->rawsize) == label->size;
}

/* Does what can be read of a slot tell that it was this label's? */
static bool mend_is_slot_of(const struct check_dimm *dimm, u32 slot, const struct nd_label *label)
{
	const struct nd_media_label *media = mend_slot(&dimm->area, slot);

	return !memcmp(media->uuid, &label->uuid, sizeof(media->uuid)) ||
	       mend_same_place(media, label);
}

static bool mend_is_bad(const struct label_area *area, u32 slot)
{
	struct nd_label label;

	return label_area_get(area, slot, &label) != ND_REASON_OK;
}

/*
 * Linux' own drivers make sets whose labels start at different offsets, and these lie where the
 * label of the first DIMM says: the others do not tell that. What can be read of its slot may.
 */
static bool mend_place_known(const struct check_set *set, u32 which, const struct nd_label *label)
{
	const struct label_area *area = &set->dimms[which].area;

	for (u32 slot = label_next_active(area, 0); which == 0 && slot < area->nslot;
	     slot = label_next_active(area, slot + 1))
		if (mend_is_bad(area, slot) && mend_same_place(mend_slot(area, slot), label))
			return true;
	return which != 0;
}

static int mend_slots(const struct check_dimm *dimm, struct check_repair *out)
{
	const struct label_area *area = &dimm->area;
	/* then each of them is one that is lost */
	bool all = dimm->bad == out->nadd && !dimm->shared;

	if (!area->valid || !dimm->bad || !out->nadd)
		return 0;
	out->drop = calloc(dimm->bad, sizeof(*out->drop));
	if (!out->drop)
		return -ENOMEM;
	for (u32 slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, slot + 1)) {
		bool its = all;

		for (u32 i = 0; !its && i < out->nadd; i++)
			its = mend_is_slot_of(dimm, slot, &out->add[i]);
		if (its && mend_is_bad(area, slot) && out->ndrop < dimm->bad)
			out->drop[out->ndrop++] = slot;
	}
	return 0;
}

/* A block of zeros was never written: one is enough to begin with. */
static void mend_index(const struct check_dimm *dimm, struct check_repair *out)
{
	const struct label_area *area = &dimm->area;
	u32 other = !area->current_index;
	const u8 *block = area->data + other * area->index_size;

	if (!area->valid || !memchr_inv(block, 0, area->index_size))
		return;
	out->index_reason = label_index_check((const void *)block, area->index_size, other,
					      area->size);
	out->index = out->index_reason != ND_REASON_OK;
}

/* May labels be added to it at all? */
static bool mend_may_add(const struct check_set *set, u32 which)
{
	const struct check_dimm *dimm = &set->dimms[which];

	if (set->nr < 2 || !dimm->bytes || dimm->area.stale)
		return false;
	/* what a label of another set names is not known here */
	return dimm->area.valid ? !dimm->strange : !dimm->shared;
}

int check_repair(const struct check_set *set, u32 which, struct check_repair *out)
{
	const struct check_dimm *dimm = &set->dimms[which], *first = &set->dimms[!which];

	*out = (struct check_repair) { };
	if (dimm->bytes && !dimm->area.stale)
		mend_index(dimm, out);
	if (!mend_may_add(set, which) || !first->area.valid)
		return 0;
	out->minor = first->area.minor;
	out->add = calloc(first->nr + 1, sizeof(*out->add));
	if (!out->add)
		return -ENOMEM;
	for (u32 i = 0; i < first->nr; i++) {
		struct nd_label *label = &out->add[out->nadd];

		if (mend_label(set, which, first, &first->labels[i], label) &&
		    mend_place_free(dimm, out, label) && mend_place_known(set, which, label))
			out->nadd++;
	}
	if (dimm->area.valid && dimm->area.minor != out->minor)
		out->nadd = 0;
	return mend_slots(dimm, out);
}

void check_repair_free(struct check_repair *mend)
{
	free(mend->add);
	free(mend->drop);
	*mend = (struct check_repair) { };
}

int check_repair_write(const struct check_repair *mend, struct label_area *area,
		       const struct label_io *io, enum nd_reason *reason)
{
	struct label_change change = {
		.add = mend->add, .nadd = mend->nadd, .drop = mend->drop, .ndrop = mend->ndrop,
		.minor = mend->minor,
	};

	/* either writes the index block that is not in force */
	if (mend->nadd)
		return label_area_commit(area, io, &change, reason);
	change = (struct label_change) { };
	return label_area_undo(area, io, &change, reason);
}
