// SPDX-License-Identifier: GPL-2.0
/*
 * The labels of all DIMMs of an interleave set, put together to namespaces.
 * Pure, and linear: labels are sorted once, then merged.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#include "label.h"

#define LABEL_SET_MAX	32

/* By offset, then uuid: the key that the DIMMs' labels are merged on. */
static int compare_key(const struct label_ref *a, const struct label_ref *b)
{
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return memcmp(&a->label->uuid, &b->label->uuid, sizeof(a->label->uuid));
}

static int compare_refs(const void *a, const void *b)
{
	const struct label_ref *x = a, *y = b;
	int order = compare_key(x, y);

	/* Slots differ, so that the order does not depend on the way of sorting. */
	return order ?: x->label->slot < y->label->slot ? -1 : x->label->slot > y->label->slot;
}

void label_dimm_sort(struct label_dimm *dimm)
{
	bool sorted = true;
	u32 i;

	for (i = 0; i < dimm->nr; i++) {
		struct label_ref *ref = &dimm->refs[i];

		*ref = (struct label_ref){ .label = ref->label, .offset = ref->offset };
		sorted = sorted && (!i || compare_refs(ref - 1, ref) <= 0);
	}
	if (!sorted)
		sort(dimm->refs, dimm->nr, sizeof(*dimm->refs), compare_refs, NULL);
}

/*
 * Uuids of assembled namespaces, hashed: the refs of position 0 serve as the
 * table. Buckets and chains hold an index + 1, 0 is none.
 */
static u32 *uuid_bucket(struct label_dimm *dimm, const uuid_t *uuid)
{
	u32 words[4], hash;

	memcpy(words, uuid, sizeof(words));
	hash = (words[0] ^ words[1] ^ words[2] ^ words[3]) * 0x9e3779b1u;
	return &dimm->refs[(u64)hash * dimm->nr >> 32].bucket;
}

static bool uuid_known(struct label_dimm *dimm, const uuid_t *uuid)
{
	u32 at = *uuid_bucket(dimm, uuid);

	for (; at; at = dimm->refs[at - 1].chain)
		if (uuid_equal(&dimm->refs[at - 1].label->uuid, uuid))
			return true;
	return false;
}

static void uuid_remember(struct label_dimm *dimm, u32 at)
{
	u32 *bucket = uuid_bucket(dimm, &dimm->refs[at].label->uuid);

	dimm->refs[at].chain = *bucket;
	*bucket = at + 1;
}

/* May this label stand at @position of a set of @ndimms? */
static bool fits(const struct label_ref *ref, u32 position, u32 ndimms)
{
	return !ref->taken && ref->label->position == position && ref->label->nlabel == ndimms;
}

/*
 * The label of @position that goes with @lead, or NULL. *@cursor moves to the
 * first label that may go with a later lead, behind all those with this one's
 * key: a lead's twin finds nothing, as it would if it looked again.
 */
static struct label_ref *partner(struct label_dimm *dimm, u32 position, u32 ndimms, u32 *cursor,
				 const struct label_ref *lead, bool alone)
{
	struct label_ref *end = dimm->refs + dimm->nr;
	struct label_ref *best = NULL, *renamed = NULL, *ref = dimm->refs + *cursor;

	while (ref < end && ref->offset < lead->offset)
		ref++;
	for (; ref < end && ref->offset == lead->offset; ref++) {
		int order = compare_key(ref, lead);
		bool same_size = ref->label->size == lead->label->size;

		if (order > 0 && (best || !alone))
			break;
		if (!fits(ref, position, ndimms))
			continue;
		if (!order && (!best || (same_size && best->label->size != lead->label->size)))
			best = ref;
		else if (order && alone && same_size && !renamed)
			renamed = ref;
	}
	*cursor = ref - dimm->refs;
	return best ?: renamed;
}

/* Equal but for what differs from DIMM to DIMM? */
static bool same_namespace(const struct nd_label *a, const struct nd_label *b)
{
	return uuid_equal(&a->uuid, &b->uuid) && !strcmp(a->name, b->name) &&
	       a->flags == b->flags && a->cookie == b->cookie && a->lbasize == b->lbasize &&
	       a->size == b->size && guid_equal(&a->type, &b->type) &&
	       guid_equal(&a->abstraction, &b->abstraction);
}

/* Why may the label at @at of position 0 not lead a namespace, if it may not? */
static enum nd_why judge_lead(struct label_dimm *dimm, u32 at, u32 ndimms)
{
	struct label_ref *ref = &dimm->refs[at];

	if (!fits(ref, 0, ndimms))
		return ND_WHY_BOUNDS;
	if (ref->offset < ref->limit)
		return ND_WHY_OVERLAP;
	return uuid_known(dimm, &ref->label->uuid) ? ND_WHY_DUPLICATE : ND_WHY_OK;
}

/* Is position 0's label @at the only one at its offset? */
static bool alone_there(const struct label_dimm *dimm, u32 at)
{
	const struct label_ref *ref = &dimm->refs[at];

	return (!at || ref[-1].offset != ref->offset) &&
	       (at + 1 == dimm->nr || ref[1].offset != ref->offset);
}

int label_set_next(struct label_dimm *dimms, u32 ndimms, u32 *cursor,
		   struct label_found *out, enum nd_why *why)
{
	struct label_dimm *first = &dimms[0];
	struct label_ref *lead;
	u32 at, i;

	if (!ndimms || ndimms > LABEL_SET_MAX || cursor[0] >= first->nr)
		return 0;
	at = cursor[0]++;
	lead = &first->refs[at];
	lead->limit = at ? lead[-1].limit : 0;
	out->lead = lead->label;
	out->torn = lead->label->flags & ND_LABEL_UPDATING;
	*why = judge_lead(first, at, ndimms);
	if (*why != ND_WHY_OK)
		return -EINVAL;

	out->ref[0] = lead;
	for (i = 1; i < ndimms; i++) {
		out->ref[i] = partner(&dimms[i], i, ndimms, &cursor[i], lead,
				      alone_there(first, at));
		if (!out->ref[i]) {
			*why = ND_WHY_INCOMPLETE;
			return -EINVAL;
		}
		if (!same_namespace(lead->label, out->ref[i]->label))
			out->torn = true;
	}
	for (i = 0; i < ndimms; i++)
		out->ref[i]->taken = true;
	/* dpa + size of a decoded label does not wrap, and the offset is no larger than the DPA. */
	lead->limit = lead->offset + lead->label->size;
	uuid_remember(first, at);
	return 1;
}
