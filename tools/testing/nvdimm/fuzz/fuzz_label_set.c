// SPDX-License-Identifier: GPL-2.0
/*
 * Assembly of namespaces against a naive model that asks every label about
 * every other. Few offsets, sizes and uuids, so that all sorts of clashes come.
 */
/* objects: drivers/nvdimm/label/set.c */
/* max_len: 256 */
#include "nd_fuzz.h"
#include "label/set.h"

#define MAX_DIMMS	4
#define MAX_LABELS	12
#define SPACE		16	/* units of a mapping, of which labels may be beyond */

static struct nd_label labels[MAX_DIMMS][MAX_LABELS];
static struct label_ref refs[MAX_DIMMS][MAX_LABELS];
static struct label_ref *by_uuid[MAX_DIMMS][MAX_LABELS];
static struct label_dimm dimms[MAX_DIMMS];

/* What the model has found out about each label of position 0, in sorted order. */
static enum nd_reason verdict[MAX_LABELS];
static bool met[MAX_LABELS];	/* another label, although it was complete */

static bool same_uuid(const struct label_ref *a, const struct label_ref *b)
{
	return uuid_equal(&a->label->uuid, &b->label->uuid);
}

static bool found(u32 at)
{
	return verdict[at] == ND_REASON_OK;
}

static enum nd_reason naive_lead(u32 at, u32 ndimms)
{
	const struct label_ref *lead = &refs[0][at];

	if (lead->label->position || lead->label->nlabel != ndimms)
		return ND_REASON_BOUNDS;
	for (u32 i = 0; i < at; i++)
		if (found(i) && refs[0][i].offset + refs[0][i].label->size > lead->offset)
			return ND_REASON_OVERLAP;
	for (u32 i = 0; i < at; i++)
		if (found(i) && same_uuid(&refs[0][i], lead))
			return ND_REASON_DUPLICATE;
	return ND_REASON_OK;
}

static enum nd_reason naive_place(u64 start, u64 size)
{
	u64 end = start + size;

	if (end > (u64)SPACE * ND_LABEL_UNIT)
		return ND_REASON_BOUNDS;
	return start % ND_LABEL_UNIT || end % ND_LABEL_UNIT ? ND_REASON_ALIGN : ND_REASON_OK;
}

static u32 times(u32 i, const struct label_ref *ref)
{
	u32 n = 0;

	for (u32 k = 0; k < dimms[i].nr; k++)
		n += same_uuid(&refs[i][k], ref);
	return n;
}

static bool alike_otherwise(const struct nd_label *a, const struct nd_label *b)
{
	if (strcmp(a->name, b->name) || a->lbasize != b->lbasize ||
	    (a->flags | ND_LABEL_UPDATING) != (b->flags | ND_LABEL_UPDATING))
		return false;
	/* those without a type are of a version that knows no abstraction */
	if (guid_is_null(&a->type) != guid_is_null(&b->type))
		return true;
	return guid_equal(&a->abstraction, &b->abstraction);
}

static int naive_rank(const struct label_ref *lead, const struct label_ref *r, u32 i, bool alone)
{
	bool same_size = r->label->size == lead->label->size;

	if (r->offset == lead->offset && same_uuid(r, lead))
		return 3 + same_size;
	if (r->offset == lead->offset)
		return alone && same_size && (lead->label->flags & ND_LABEL_UPDATING) &&
		       alike_otherwise(r->label, lead->label) &&
		       !times(0, r) && !times(i, lead) ? 2 : 0;
	return same_uuid(r, lead) && same_size && times(0, lead) == 1 && times(i, lead) == 1;
}

static const struct label_ref *naive_partner(u32 at, u32 i, u32 ndimms)
{
	const struct label_ref *lead = &refs[0][at], *best = NULL;
	int rank, best_rank = 0;
	u32 there = 0;

	for (u32 k = 0; k < dimms[0].nr; k++)
		there += refs[0][k].offset == lead->offset;
	for (u32 k = 0; k < dimms[i].nr; k++) {
		const struct label_ref *r = &refs[i][k];

		if (r->label->position != i || r->label->nlabel != ndimms)
			continue;
		rank = naive_rank(lead, r, i, there == 1);
		if (rank > best_rank) {
			best = r;
			best_rank = rank;
		}
	}
	return best;
}

/* All that have another uuid have the same one. */
static bool naive_renames(u32 at, u32 ndimms)
{
	const struct label_ref *renamed = NULL;

	for (u32 i = 1; i < ndimms; i++) {
		const struct label_ref *r = naive_partner(at, i, ndimms);

		if (same_uuid(r, &refs[0][at]))
			continue;
		if (renamed && !same_uuid(renamed, r))
			return false;
		renamed = r;
	}
	return true;
}

/* A size that nobody confirms must not reach into others. */
static bool naive_meets(u32 at, u32 ndimms)
{
	const struct label_ref *lead = &refs[0][at];
	u64 end = lead->offset + lead->label->size;
	bool doubt = ndimms == 1;

	for (u32 i = 1; i < ndimms; i++)
		doubt |= naive_partner(at, i, ndimms)->label->size != lead->label->size;
	for (u32 i = 0; i < ndimms && doubt; i++) {
		for (u32 k = 0; k < dimms[i].nr; k++) {
			const struct label_ref *r = &refs[i][k];

			if (r == (i ? naive_partner(at, i, ndimms) : lead))
				continue;
			if (!i && k < at && r->offset + r->label->size > lead->offset)
				return true;
			if (r->offset >= lead->offset && r->offset < end)
				return true;
		}
	}
	return false;
}

/* What is left is kept, or nobody's; nothing is nobody's that a namespace uses. */
static void check_rest(u32 ndimms)
{
	struct label_state states[MAX_DIMMS] = { 0 };
	u32 kept = label_set_rest(dimms, states, ndimms), i, k;

	for (i = 0; i < ndimms; i++) {
		for (k = 0; k < dimms[i].nr; k++) {
			struct label_ref *r = &refs[i][k];
			u32 n = 0, missing = 0, marked = 0, last = 0, first = 0, others = 0;

			kept -= !r->taken && !r->leftover;
			if (!r->leftover)
				continue;
			fuzz_assert(!r->taken);
			for (u32 d = 0; d < ndimms; d++) {
				missing += !times(d, r);
				for (u32 j = 0; j < dimms[d].nr; j++) {
					const struct nd_label *l = refs[d][j].label;

					if (!same_uuid(&refs[d][j], r))
						continue;
					n++;
					marked += !!(l->flags & ND_LABEL_UPDATING);
					first |= !l->position;
					others |= l->position;
					last |= l->position + 1 == ndimms &&
						l->flags & ND_LABEL_UPDATING;
					fuzz_assert(!refs[d][j].taken && refs[d][j].leftover);
				}
			}
			fuzz_assert(missing && ((marked == n && others) || (last && !first)));
		}
	}
	fuzz_assert(!kept);
}

static void compare(u32 ndimms)
{
	struct label_ref *ref[MAX_DIMMS];
	struct label_found out = { .ref = ref };
	u32 cursor[MAX_DIMMS] = { 0 };
	enum nd_reason reason, lead;
	u64 end = 0;
	int rc;

	for (u32 at = 0; at < dimms[0].nr; at++) {
		rc = label_set_next(dimms, ndimms, cursor, &out, &reason);
		fuzz_assert(out.lead == refs[0][at].label);
		verdict[at] = naive_lead(at, ndimms);
		lead = verdict[at];
		if (verdict[at] == ND_REASON_OK)
			verdict[at] = naive_place(refs[0][at].offset, out.lead->size);
		for (u32 i = 1; i < ndimms && verdict[at] == ND_REASON_OK; i++)
			if (!naive_partner(at, i, ndimms))
				verdict[at] = ND_REASON_INCOMPLETE;
		if (verdict[at] == ND_REASON_OK && !naive_renames(at, ndimms))
			verdict[at] = ND_REASON_INCOMPLETE;
		/* the labels of a twin are not offered twice */
		for (u32 i = 0; i < at && ndimms > 1; i++)
			if (met[i] && verdict[at] == ND_REASON_OK &&
			    same_uuid(&refs[0][i], &refs[0][at]) &&
			    refs[0][i].offset == refs[0][at].offset)
				verdict[at] = ND_REASON_INCOMPLETE;
		for (u32 i = 1; i < ndimms && verdict[at] == ND_REASON_OK; i++)
			verdict[at] = naive_place(naive_partner(at, i, ndimms)->offset,
						  out.lead->size);
		met[at] = verdict[at] == ND_REASON_OK && naive_meets(at, ndimms);
		if (met[at])
			verdict[at] = ND_REASON_OVERLAP;
		fuzz_assert(out.misplaced == (lead == ND_REASON_OK &&
					      (verdict[at] == ND_REASON_ALIGN ||
					       verdict[at] == ND_REASON_BOUNDS)));
		fuzz_assert(reason == verdict[at]);
		fuzz_assert(rc == (reason == ND_REASON_OK ? 1 : -EINVAL));
		if (rc > 0) {
			fuzz_assert(naive_place(ref[0]->offset, out.lead->size) == ND_REASON_OK);
			fuzz_assert(ref[0]->offset >= end);
			end = ref[0]->offset + out.lead->size;
		}
		for (u32 i = 1; i < ndimms && rc > 0; i++) {
			const struct label_ref *want = naive_partner(at, i, ndimms);

			fuzz_assert(ref[i] == want && want->taken);
			fuzz_assert(naive_place(want->offset, out.lead->size) == ND_REASON_OK);
			if (memcmp(&want->label->uuid, &out.lead->uuid, 16) ||
			    want->label->size != out.lead->size)
				fuzz_assert(out.torn);
		}
	}
	fuzz_assert(label_set_next(dimms, ndimms, cursor, &out, &reason) == 0);
	check_rest(ndimms);
}

void fuzz_one(struct fuzz_in *in)
{
	u32 ndimms = 1 + fuzz_u8(in) % MAX_DIMMS, i, k;

	for (i = 0; i < MAX_DIMMS; i++)
		dimms[i] = (struct label_dimm){ .refs = refs[i], .by_uuid = by_uuid[i],
						.size = SPACE * ND_LABEL_UNIT };
	while (in->size >= 3) {
		u8 a = fuzz_u8(in), b = fuzz_u8(in), c = fuzz_u8(in);
		struct nd_label *l;

		i = a % ndimms;
		k = dimms[i].nr;
		if (k == MAX_LABELS)
			continue;
		dimms[i].nr++;
		l = &labels[i][k];
		*l = (struct nd_label){
			.uuid = {{ c & 7 }},
			/* one in 16 is out of place */
			.position = a >> 4 == 15 ? i + 1 : i,
			.nlabel = a >> 4 == 14 ? ndimms + 1 : ndimms,
			.flags = a >> 4 == 13 ? ND_LABEL_UPDATING : 0,
			.size = (1 + (b >> 4) % 4) * ND_LABEL_UNIT + (c >> 4 == 15 ? 512 : 0),
			.slot = k,
		};
		refs[i][k] = (struct label_ref){ .label = l, .taken = a & 1,
						 .leftover = a & 2, .known = c & 1, .limit = b,
						 .reach = c };
		refs[i][k].offset = (b & 15) * ND_LABEL_UNIT + (c >> 4 == 14 ? 512 : 0);
	}
	for (i = 0; i < ndimms; i++)
		label_dimm_sort(&dimms[i]);
	compare(ndimms);
}
