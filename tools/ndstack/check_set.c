// SPDX-License-Identifier: GPL-2.0
/* Labels of the DIMMs of a region against each other. See check_set.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "check_set.h"
#include "layout/dpa.h"

static int read_bytes(void *ctx, u32 off, void *buf, u32 len)
{
	const struct check_dimm *dimm = ctx;

	if (off > dimm->size || len > dimm->size - off)
		return -EIO;
	memcpy(buf, dimm->bytes + off, len);
	return 0;
}

static bool is_ours(const struct check_set *set, const struct nd_label *label)
{
	return label_has_position(label) &&
	       (label->cookie == set->cookies[0] || label->cookie == set->cookies[1]);
}

/* Another region's, of the same DIMM, lies elsewhere on it. */
static bool is_here(const struct check_dimm *dimm, const struct nd_label *label)
{
	return label->dpa >= dimm->start && label->dpa - dimm->start < dimm->length;
}

static int load(struct check_set *set, struct check_dimm *dimm)
{
	struct label_io io = { .read = read_bytes, .ctx = dimm };
	u32 slot;

	dimm->reason = ND_REASON_MEDIA;
	if (!dimm->bytes)
		return 0;
	/* it reads into its mirror what it reads of the DIMM */
	dimm->area = (struct label_area) { .data = calloc(1, dimm->size + 8), .size = dimm->size };
	if (!dimm->area.data)
		return -ENOMEM;
	if (label_area_load(&dimm->area, &io, &dimm->reason) || !dimm->area.valid)
		return 0;
	dimm->reason = ND_REASON_OK;
	dimm->labels = calloc(dimm->area.nslot + 1, sizeof(*dimm->labels));
	if (!dimm->labels)
		return -ENOMEM;
	for (slot = label_next_active(&dimm->area, 0); slot < dimm->area.nslot;
	     slot = label_next_active(&dimm->area, slot + 1)) {
		struct nd_label *label = &dimm->labels[dimm->nr];
		enum nd_reason reason = label_area_get(&dimm->area, slot, label);

		if (reason && !dimm->bad++) {
			dimm->bad_slot = slot;
			dimm->bad_reason = reason;
		}
		if (reason || !is_here(dimm, label))
			continue;
		if (is_ours(set, label))
			dimm->nr++;
		else
			dimm->strange++;
	}
	return 0;
}

/**
 * struct pass - over all labels
 * @dimms: in the order of positions
 * @taken: of each label, by index of DIMM: a namespace uses it
 * @places: of the namespaces there are, of passes before this one, too
 */
struct pass {
	struct label_dimm dimms[CHECK_DIMMS];
	struct label_ref *ref[CHECK_DIMMS];
	u32 cursor[CHECK_DIMMS];
	u32 at[CHECK_DIMMS];
	bool *taken[CHECK_DIMMS];
	struct dpa_extent *places;
};

static int prepare(struct check_set *set, struct pass *pass, u32 position)
{
	const struct check_dimm *dimm = &set->dimms[pass->at[position]];
	struct label_dimm *to = &pass->dimms[position];

	free(to->refs);
	free(to->by_uuid);
	*to = (struct label_dimm) {
		.refs = calloc(dimm->nr + 1, sizeof(*to->refs)),
		.by_uuid = calloc(dimm->nr + 1, sizeof(*to->by_uuid)),
	};
	if (!to->refs || !to->by_uuid)
		return -ENOMEM;
	for (u32 i = 0; i < dimm->nr; i++) {
		if (pass->taken[pass->at[position]][i])
			continue;
		to->refs[to->nr].label = &dimm->labels[i];
		to->refs[to->nr++].offset = dimm->labels[i].dpa - dimm->start;
	}
	/* as much as every DIMM has */
	to->size = dimm->length;
	for (u32 i = 0; i < set->nr; i++)
		to->size = min(to->size, set->dimms[i].length);
	label_dimm_sort(to);
	pass->cursor[position] = 0;
	return 0;
}

static void take(struct check_set *set, struct pass *pass, const struct label_found *found)
{
	for (u32 i = 0; i < set->nr; i++) {
		const struct check_dimm *dimm = &set->dimms[pass->at[i]];

		pass->taken[pass->at[i]][found->ref[i]->label - dimm->labels] = true;
	}
	pass->places[set->namespaces++] = (struct dpa_extent) {
		.start = found->ref[0]->offset, .size = found->lead->size,
	};
	set->torn += found->torn;
}

/*
 * namespace/scan.c's answer to labels that do not start at the same offset, or that lie in one of
 * the first @before namespaces: those of the pass by the other order of positions, which has not
 * seen these.
 */
static bool is_believed(const struct check_set *set, const struct pass *pass,
			const struct label_found *found, u32 before)
{
	u64 start = found->ref[0]->offset, end = start + found->lead->size;
	bool believed = true;

	for (u32 i = 0; i < before; i++)
		if (pass->places[i].start < end &&
		    pass->places[i].start + pass->places[i].size > start)
			return false;
	for (u32 i = 0; i < set->nr; i++)
		believed &= pass->at[i] == i &&
			    set->dimms[i].area.label_size >= ND_LABEL_V1_2_SIZE;
	return believed || !found->apart;
}

static int assemble(struct check_set *set, struct pass *pass)
{
	struct label_found found = { .ref = pass->ref };
	u32 before = set->namespaces;
	enum nd_reason reason;
	int rc;

	for (u32 i = 0; i < set->nr; i++) {
		rc = prepare(set, pass, i);
		if (rc)
			return rc;
	}
	while ((rc = label_set_next(pass->dimms, set->nr, pass->cursor, &found, &reason)))
		if (rc > 0 && is_believed(set, pass, &found, before))
			take(set, pass, &found);
	return 0;
}

/* As firmware orders the set, where it says so and that is another order than the mappings'. */
static bool by_position(const struct check_set *set, struct pass *pass)
{
	u64 seen = 0;
	bool other = false;

	for (u32 i = 0; i < set->nr; i++) {
		int p = set->dimms[i].position;

		if (p < 0 || p >= set->nr || seen & 1ull << p)
			return false;
		seen |= 1ull << p;
		pass->at[p] = i;
		other |= p != i;
	}
	return other;
}

/* Every label once more: what was taken is marked, what is left is judged. */
static int judge_rest(struct check_set *set, struct pass *pass)
{
	struct label_state states[CHECK_DIMMS];
	bool own_order = by_position(set, pass);

	for (u32 i = 0; i < set->nr; i++) {
		const struct check_dimm *dimm = &set->dimms[i];
		bool *taken = pass->taken[i];
		int rc;

		states[i] = (struct label_state) {
			.valid = dimm->area.valid, .bad = dimm->bad,
			.decides = own_order && !dimm->position,
			.ruined = !dimm->area.valid && dimm->reason != ND_REASON_NO_INDEX,
		};
		pass->at[i] = i;
		pass->taken[i] = calloc(dimm->nr + 1, sizeof(bool));
		rc = pass->taken[i] ? prepare(set, pass, i) : -ENOMEM;
		free(pass->taken[i]);
		pass->taken[i] = taken;
		if (rc)
			return rc;
		for (u32 k = 0; k < pass->dimms[i].nr; k++) {
			struct label_ref *ref = &pass->dimms[i].refs[k];

			ref->taken = taken[ref->label - dimm->labels];
		}
	}
	set->kept = label_set_rest(pass->dimms, states, set->nr);
	set->closed = label_set_closed(states, set->nr, set->kept, &set->closed_by);
	for (u32 i = set->nr; i--; )
		for (u32 k = 0; k < pass->dimms[i].nr; k++) {
			const struct label_ref *ref = &pass->dimms[i].refs[k];

			set->leftovers += ref->leftover;
			if (ref->leftover || ref->taken)
				continue;
			set->first_kept[0] = i;
			set->first_kept[1] = ref->label->slot;
		}
	return 0;
}

int check_set(struct check_set *set)
{
	struct pass *pass = calloc(1, sizeof(*pass));
	int rc = pass ? 0 : -ENOMEM;

	for (u32 i = 0; !rc && i < set->nr; i++) {
		rc = load(set, &set->dimms[i]);
		pass->taken[i] = calloc(set->dimms[i].nr + 1, sizeof(bool));
		if (!pass->taken[i])
			rc = -ENOMEM;
	}
	if (!rc) {
		/* each has a label on the first DIMM */
		pass->places = calloc(set->dimms[0].nr + 1, sizeof(*pass->places));
		rc = pass->places ? 0 : -ENOMEM;
	}
	if (!rc && by_position(set, pass))
		rc = assemble(set, pass);
	for (u32 i = 0; pass && i < set->nr; i++)
		pass->at[i] = i;
	rc = rc ?: assemble(set, pass);
	rc = rc ?: judge_rest(set, pass);
	for (u32 i = 0; pass && i < CHECK_DIMMS; i++) {
		free(pass->taken[i]);
		free(pass->dimms[i].refs);
		free(pass->dimms[i].by_uuid);
	}
	if (pass)
		free(pass->places);
	free(pass);
	if (rc)
		check_set_free(set);
	return rc;
}

void check_set_free(struct check_set *set)
{
	for (u32 i = 0; i < set->nr; i++) {
		free(set->dimms[i].area.data);
		free(set->dimms[i].labels);
		free(set->dimms[i].bytes);
	}
	set->nr = 0;
}
