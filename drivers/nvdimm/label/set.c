// SPDX-License-Identifier: GPL-2.0
/*
 * The labels of all DIMMs of an interleave set, put together to namespaces; and
 * those that no namespace uses. Pure, and linear: labels are sorted once, then
 * merged.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#include "label/set.h"

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

static int compare_uuids(const void *a, const void *b)
{
	const struct nd_label *x = (*(struct label_ref *const *)a)->label;
	const struct nd_label *y = (*(struct label_ref *const *)b)->label;
	int order = memcmp(&x->uuid, &y->uuid, sizeof(x->uuid));

	return order ?: x->slot < y->slot ? -1 : x->slot > y->slot;
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
	for (i = 0; i < dimm->nr; i++) {
		struct label_ref *ref = &dimm->refs[i];

		dimm->by_uuid[i] = ref;
		/* dpa + size of a decoded label does not wrap, and the offset is no larger */
		ref->reach = i ? max(ref[-1].reach, ref[-1].offset + ref[-1].label->size) : 0;
	}
	sort(dimm->by_uuid, dimm->nr, sizeof(*dimm->by_uuid), compare_uuids, NULL);
}

/* The first of @by_uuid, from @low on, whose uuid is not below @uuid, or, @above, is above it. */
static u32 uuid_bound(const struct label_dimm *dimm, const uuid_t *uuid, u32 low, bool above)
{
	u32 high = dimm->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;
		int order = memcmp(&dimm->by_uuid[mid]->label->uuid, uuid, sizeof(*uuid));

		if (order < 0 || (above && !order))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool uuid_is_at(const struct label_dimm *dimm, const uuid_t *uuid, u32 i)
{
	return i < dimm->nr && uuid_equal(&dimm->by_uuid[i]->label->uuid, uuid);
}

struct label_run label_dimm_find(const struct label_dimm *dimm, const uuid_t *uuid)
{
	u32 first = uuid_bound(dimm, uuid, 0, false);
	u32 end = first + uuid_is_at(dimm, uuid, first);

	/* one has it, or none, which is nearly always: no need to look on */
	if (uuid_is_at(dimm, uuid, end))
		end = uuid_bound(dimm, uuid, end, true);
	return (struct label_run) { .ref = dimm->by_uuid + first, .nr = end - first };
}

/* May this label stand at @position of a set of @ndimms? */
static bool ref_fits(const struct label_ref *ref, u32 position, u32 ndimms)
{
	return !ref->taken && ref->label->position == position && ref->label->nlabel == ndimms;
}

/* What labels 1.1 do not say differs from no other. */
static bool same_abstraction(const struct nd_label *a, const struct nd_label *b)
{
	return guid_is_null(&a->type) != guid_is_null(&b->type) ||
	       guid_equal(&a->abstraction, &b->abstraction);
}

/*
 * Equal but for uuid, what differs from DIMM to DIMM, and that one is being updated? DIMMs of one
 * set may have labels of different versions, hence cookies, or those of early Linux: that each is
 * of this set has been judged by its own area (label_area_is_of()).
 */
static bool same_but_uuid(const struct nd_label *a, const struct nd_label *b)
{
	return !strcmp(a->name, b->name) && !((a->flags ^ b->flags) & ~ND_LABEL_UPDATING) &&
	       a->lbasize == b->lbasize && a->size == b->size && same_abstraction(a, b);
}

/*
 * May @ref be @lead's label with another uuid? Not unless the lead says that it is being changed,
 * and nothing else is; nor if that uuid is in use elsewhere, or the lead's own is here: then it is
 * a stranger's, who lies where somebody lay that an old image of position 0 remembers.
 */
static bool may_be_renamed(const struct label_dimm *first, const struct label_dimm *dimm,
			   const struct label_ref *ref, const struct label_ref *lead)
{
	return (lead->label->flags & ND_LABEL_UPDATING) &&
	       same_but_uuid(lead->label, ref->label) &&
	       !label_dimm_find(first, &ref->label->uuid).nr &&
	       !label_dimm_find(dimm, &lead->label->uuid).nr;
}

/*
 * The label of @position that goes with @lead, or NULL. *@cursor moves to the
 * first label that may go with a later lead, behind all those with this one's
 * key: a lead's twin finds nothing, as it would if it looked again.
 */
static struct label_ref *set_partner(struct label_dimm *dimms, u32 position, u32 ndimms,
				     u32 *cursor, const struct label_ref *lead, bool alone)
{
	struct label_dimm *dimm = &dimms[position];
	struct label_ref *end = dimm->refs + dimm->nr;
	struct label_ref *best = NULL, *renamed = NULL, *ref = dimm->refs + *cursor;

	while (ref < end && ref->offset < lead->offset)
		ref++;
	for (; ref < end && ref->offset == lead->offset; ref++) {
		int order = compare_key(ref, lead);
		bool same_size = ref->label->size == lead->label->size;

		if (order > 0 && (best || !alone))
			break;
		if (!ref_fits(ref, position, ndimms))
			continue;
		if (!order && (!best || (same_size && best->label->size != lead->label->size)))
			best = ref;
		else if (order && alone && !renamed && may_be_renamed(dimms, dimm, ref, lead))
			renamed = ref;
	}
	*cursor = ref - dimm->refs;
	return best ?: renamed;
}

enum nd_reason label_judge_place(u64 offset, u64 size, u64 mapping)
{
	if (!size)
		return ND_REASON_SIZE;
	if (offset >= mapping || size > mapping - offset)
		return ND_REASON_BOUNDS;
	return (offset | size) % ND_LABEL_UNIT ? ND_REASON_ALIGN : ND_REASON_OK;
}

/* The one label of @lead's namespace at @position, wherever it lies, or NULL. */
static struct label_ref *set_elsewhere(const struct label_dimm *dimms, u32 position, u32 ndimms,
				       const struct label_ref *lead)
{
	struct label_run here = label_dimm_find(&dimms[position], &lead->label->uuid);

	if (here.nr != 1 || label_dimm_find(&dimms[0], &lead->label->uuid).nr != 1)
		return NULL;
	return ref_fits(here.ref[0], position, ndimms) &&
	       here.ref[0]->label->size == lead->label->size ? here.ref[0] : NULL;
}

/* Why may the label at @at of position 0 not lead a namespace, if it may not? */
static enum nd_reason judge_lead(struct label_dimm *dimm, u32 at, u32 ndimms)
{
	struct label_ref *ref = &dimm->refs[at];

	if (!ref_fits(ref, 0, ndimms))
		return ND_REASON_BOUNDS;
	if (ref->offset < ref->limit)
		return ND_REASON_OVERLAP;
	return label_dimm_find(dimm, &ref->label->uuid).ref[0]->known ? ND_REASON_DUPLICATE :
									  ND_REASON_OK;
}

/* Is position 0's label @at the only one at its offset? */
static bool alone_there(const struct label_dimm *dimm, u32 at)
{
	const struct label_ref *ref = &dimm->refs[at];

	return (!at || ref[-1].offset != ref->offset) &&
	       (at + 1 == dimm->nr || ref[1].offset != ref->offset);
}

/* The partners of @lead, from position 1 on: ND_REASON_OK, or ND_REASON_INCOMPLETE. */
static enum nd_reason find_partners(struct label_dimm *dimms, u32 ndimms, u32 *cursor, bool alone,
				    struct label_found *out)
{
	struct label_ref *lead = out->ref[0];
	const struct nd_label *renamed = NULL;
	bool complete = true;
	u32 i;

	/* all cursors move, so that a label is passed once */
	for (i = 1; i < ndimms; i++) {
		struct label_ref *ref = set_partner(dimms, i, ndimms, &cursor[i], lead, alone);

		if (!ref) {
			ref = set_elsewhere(dimms, i, ndimms, lead);
			out->apart |= !!ref;
		} else if (!uuid_equal(&ref->label->uuid, &lead->label->uuid)) {
			complete &= !renamed || uuid_equal(&renamed->uuid, &ref->label->uuid);
			renamed = ref->label;
		}
		out->ref[i] = ref;
		complete &= !!ref;
	}
	return complete ? ND_REASON_OK : ND_REASON_INCOMPLETE;
}

static void compare_partners(u32 ndimms, struct label_found *out, bool *sizes_differ)
{
	bool differ = false, renamed = false, marked = false;
	u32 i;

	*sizes_differ = false;
	for (i = 0; i < ndimms; i++) {
		const struct nd_label *label = out->ref[i]->label;

		marked |= label->flags & ND_LABEL_UPDATING;
		differ |= !same_but_uuid(out->lead, label);
		renamed |= !uuid_equal(&out->lead->uuid, &label->uuid);
		*sizes_differ |= out->lead->size != label->size;
	}
	out->torn = differ || renamed;
	out->unsettled = renamed || (marked && !differ);
}

/* The first label that starts at @offset or behind. */
static u32 offset_bound(const struct label_dimm *dimm, u64 offset)
{
	u32 low = 0, high = dimm->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (dimm->refs[mid].offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Does what the lead claims meet a label that is not of this namespace, on any DIMM? */
static bool meets_another(const struct label_dimm *dimms, u32 ndimms, const struct label_found *out)
{
	const struct label_ref *lead = out->ref[0];
	u64 end = lead->offset + lead->label->size;
	u32 i;

	for (i = 0; i < ndimms; i++) {
		u32 at = offset_bound(&dimms[i], lead->offset);

		if (at < dimms[i].nr && &dimms[i].refs[at] == out->ref[i])
			at++;
		if (at < dimms[i].nr && dimms[i].refs[at].offset < end)
			return true;
	}
	return lead->reach > lead->offset;
}

/* The size is the lead's on every DIMM. */
static enum nd_reason judge_places(const struct label_dimm *dimms, u32 ndimms,
				   struct label_found *out)
{
	enum nd_reason reason = ND_REASON_OK;
	u32 i;

	for (i = 0; i < ndimms && reason == ND_REASON_OK; i++)
		reason = label_judge_place(out->ref[i]->offset, out->lead->size, dimms[i].size);
	out->misplaced = reason != ND_REASON_OK;
	return reason;
}

int label_set_next(struct label_dimm *dimms, u32 ndimms, u32 *cursor,
		   struct label_found *out, enum nd_reason *reason)
{
	struct label_dimm *first = &dimms[0];
	struct label_ref *lead;
	bool sizes_differ;
	u32 at, i;

	if (!ndimms || ndimms > LABEL_SET_MAX || cursor[0] >= first->nr)
		return 0;
	at = cursor[0]++;
	lead = &first->refs[at];
	lead->limit = at ? lead[-1].limit : 0;
	*out = (struct label_found){ .ref = out->ref, .lead = lead->label };
	*reason = judge_lead(first, at, ndimms);
	if (*reason != ND_REASON_OK)
		return -EINVAL;

	out->ref[0] = lead;
	*reason = judge_places(dimms, 1, out);
	if (*reason == ND_REASON_OK)
		*reason = find_partners(dimms, ndimms, cursor, alone_there(first, at), out);
	if (*reason == ND_REASON_OK)
		*reason = judge_places(dimms, ndimms, out);
	if (*reason != ND_REASON_OK)
		return -EINVAL;
	compare_partners(ndimms, out, &sizes_differ);
	/* what siblings deny, or nobody confirms, takes nothing from others */
	if ((sizes_differ || ndimms == 1) && meets_another(dimms, ndimms, out)) {
		*reason = ND_REASON_OVERLAP;
		return -EINVAL;
	}
	for (i = 0; i < ndimms; i++)
		out->ref[i]->taken = true;
	lead->limit = lead->offset + lead->label->size;
	label_dimm_find(first, &lead->label->uuid).ref[0]->known = true;
	return 1;
}

/* ---- labels that no namespace uses: nobody's, or all that is left of one ---- */

/* What the DIMMs of a set know of one uuid. */
struct remains {
	bool used;		/* by a namespace, or refused for what it says */
	bool odd;		/* twice on a DIMM, or of a set of another size */
	bool missing;		/* on some DIMM */
	bool first;		/* has the label of position 0 … */
	bool others;		/* … one of another … */
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
	r->others |= label->position;
	r->last_marked |= marked && label->position + 1 == ndimms;
	r->all_marked &= marked;
}

static bool remains_nobodys(const struct remains *r)
{
	/* position 0's alone may be of a change of uuid, of which the rest was lost */
	return r->missing && !r->used && !r->odd &&
	       ((r->all_marked && r->others) || (r->last_marked && !r->first));
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

/*
 * The uuid of label @k, by uuid, of DIMM @i, if no namespace has the label, and none before it in
 * the set has that uuid; else NULL: so each uuid is met once.
 */
static const uuid_t *uuid_met_at(const struct label_dimm *dimms, u32 i, u32 k)
{
	struct label_ref **ref = dimms[i].by_uuid + k;
	const uuid_t *uuid = &ref[0]->label->uuid;

	if (ref[0]->taken || (k && uuid_equal(&ref[-1]->label->uuid, uuid)) ||
	    known_before(dimms, i, uuid))
		return NULL;
	return uuid;
}

u32 label_set_rest(struct label_dimm *dimms, struct label_state *states, u32 ndimms)
{
	bool sure = true;
	u32 i, k, kept = 0;

	for (i = 0; i < ndimms; i++) {
		sure &= states[i].valid && !states[i].bad;
		states[i].lacking = 0;
	}
	for (i = 0; i < ndimms; i++) {
		for (k = 0; k < dimms[i].nr; k++) {
			const uuid_t *uuid = uuid_met_at(dimms, i, k);

			if (uuid)
				judge_uuid(dimms, states, i, ndimms, uuid, sure);
		}
	}
	for (i = 0; i < ndimms; i++)
		for (k = 0; k < dimms[i].nr; k++)
			kept += !dimms[i].refs[k].taken && !dimms[i].refs[k].leftover;
	return kept;
}

static int compare_orphans(const void *a, const void *b)
{
	const struct label_orphan *x = a, *y = b;
	int order = memcmp(&x->uuid, &y->uuid, sizeof(x->uuid));

	if (order)
		return order;
	if (x->mapping != y->mapping)
		return x->mapping < y->mapping ? -1 : 1;
	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

void label_orphans_sort(struct label_orphan *all, u32 nr)
{
	sort(all, nr, sizeof(*all), compare_orphans, NULL);
}

const struct label_orphan *label_orphans_find(const struct label_orphan *all, u32 nr,
					      const uuid_t *uuid, u16 mapping, u32 slot)
{
	const struct label_orphan key = { .mapping = mapping, .slot = slot, .uuid = *uuid };
	u32 low = 0, high = nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (compare_orphans(&all[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < nr && !compare_orphans(&all[low], &key) ? &all[low] : NULL;
}

static bool in_the_way(const struct label_orphan *o, const uuid_t *uuid, u64 start, u64 size)
{
	return uuid && (uuid_equal(&o->uuid, uuid) ||
			(o->start < start + size && o->start + o->size > start));
}

void label_orphans_choose(struct label_orphan *all, u32 nr, const uuid_t *uuid, u64 start, u64 size)
{
	u32 first, end, i;
	bool going;

	for (first = 0; first < nr; first = end) {
		going = false;
		for (end = first; end < nr && uuid_equal(&all[end].uuid, &all[first].uuid); end++)
			going |= in_the_way(&all[end], uuid, start, size);
		for (i = first; i < end; i++)
			all[i].going = going;
	}
}

static bool uuid_is_lost(const struct label_dimm *dimms, u32 ndimms, const uuid_t *uuid)
{
	bool lost = false;
	u32 i, k;

	for (i = 0; i < ndimms; i++) {
		struct label_run run = label_dimm_find(&dimms[i], uuid);

		for (k = 0; k < run.nr; k++) {
			if (run.ref[k]->taken)
				return false;
			lost |= !run.ref[k]->leftover;
		}
	}
	return lost;
}

u32 label_set_lost(const struct label_dimm *dimms, u32 ndimms)
{
	u32 i, k, lost = 0;

	for (i = 0; i < ndimms; i++) {
		for (k = 0; k < dimms[i].nr; k++) {
			const uuid_t *uuid = uuid_met_at(dimms, i, k);

			if (uuid)
				lost += uuid_is_lost(dimms, ndimms, uuid);
		}
	}
	return lost;
}

enum nd_reason label_set_closed(const struct label_state *states, u32 ndimms, u32 kept, u32 *which)
{
	u32 i;

	for (i = 0; i < ndimms; i++) {
		*which = i;
		if (states[i].ruined || (!states[i].valid && kept))
			return ND_REASON_NO_INDEX;
		if (label_state_hides(&states[i], i))
			return ND_REASON_CHECKSUM;
	}
	return ND_REASON_OK;
}
