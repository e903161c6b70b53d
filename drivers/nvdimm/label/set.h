/* SPDX-License-Identifier: GPL-2.0 */
/* The labels of the DIMMs of an interleave set, as namespaces; and what is left. Pure. */
#ifndef _ND_LABEL_SET_H
#define _ND_LABEL_SET_H

#include <linux/types.h>
#include <nd/reason.h>
#include "label/label.h"

/*
 * struct label_ref - a label among those of one DIMM that belong to one set
 * @label: decoded label; set by the caller, like @offset
 * @offset: @label->dpa - mapping start
 * @taken: used by an assembled namespace
 * @leftover: nobody's: what an interrupted change left (label_set_rest())
 *
 * The rest is set.c's own.
 */
struct label_ref {
	struct nd_label *label;
	u64 offset;
	bool taken;
	bool leftover;
	bool known;
	u64 limit;
	u64 reach;
};

/**
 * struct label_dimm - the labels of one DIMM within one mapping
 * @refs: labels with the set's cookie inside the mapping, sorted by @offset
 *	(label_dimm_sort())
 * @by_uuid: caller's array of @nr, filled by label_dimm_sort()
 * @nr: how many
 * @size: bytes of the mapping
 */
struct label_dimm {
	struct label_ref *refs;
	struct label_ref **by_uuid;
	u32 nr;
	u64 size;
};

/*
 * Capacity is given out in multiples of this. Every kernel that wrote labels kept to 4 KiB on each
 * DIMM, those with larger pages included.
 */
#define ND_LABEL_UNIT	4096

/**
 * label_judge_place() - may a namespace lie there?
 * @offset: its first byte, from the start of the mapping, which is a multiple of the page size
 * @size: bytes on this DIMM
 * @mapping: bytes of the mapping
 *
 * Labels 1.1 have no checksum, and any byte of them may have changed.
 *
 * Return: ND_REASON_OK; _SIZE (zero), _BOUNDS (not inside the mapping), _ALIGN.
 */
enum nd_reason label_judge_place(u64 offset, u64 size, u64 mapping);

/* Labels of one uuid on one DIMM: @nr neighbours of label_dimm.by_uuid. */
struct label_run {
	struct label_ref **ref;
	u32 nr;
};

/**
 * struct label_found - a namespace assembled from a set's labels
 * @ref: the label of each position, index = position; caller's array of @ndimms
 * @lead: position 0's label: it speaks for uuid, name, size, claim
 * @torn: an update was interrupted: labels of other positions differ from
 *	@lead in more than position, DPA, slot, ND_LABEL_UPDATING, and by what they are known as the
 *	set's (label_area_is_of()). Rewriting the labels heals it.
 * @unsettled: a change of uuid is not complete, or a label has ND_LABEL_UPDATING and nothing
 *	differs: to be completed before the namespace is used
 * @misplaced: refused, and in any order of positions: the lead is not where a namespace may lie
 *	(label_judge_place())
 * @apart: the labels do not start at the same offset. Linux' own drivers make such
 *	sets after an interrupted creation, and take mapping 0's label for the place.
 */
struct label_found {
	struct label_ref **ref;
	const struct nd_label *lead;
	bool torn;
	bool unsettled;
	bool misplaced;
	bool apart;
};

/* Sort by offset (in place, no allocation) and forget what was taken. */
void label_dimm_sort(struct label_dimm *dimm);

/* The labels of @uuid; logarithmic. */
struct label_run label_dimm_find(const struct label_dimm *dimm, const uuid_t *uuid);

/**
 * label_set_next() - assemble the next namespace
 * @dimms: one entry per position, sorted
 * @ndimms: positions, 1 … 32
 * @cursor: caller's array of @ndimms, zeroed before the first call
 * @out: .ref is the caller's array of @ndimms
 * @reason: reason when a label of position 0 is passed over
 *
 * Position 0 is the commit record of an update that spans DIMMs: writers
 * change it last when something comes or changes, first when something goes.
 * So whatever it names is the truth, if every other position holds
 *
 * - a label at the same offset with the same uuid; or
 * - where this offset is named once on position 0, by a label that has ND_LABEL_UPDATING, one
 *   of the same size with another uuid, which position 0 does not know, while the lead's uuid is
 *   not there (an interrupted change of uuid, the same one on all positions); or
 * - a label of the same uuid and size elsewhere, if neither DIMM has two of
 *   that uuid (@out->apart).
 *
 * Where the labels disagree on the size, or there is but one DIMM, a lead that
 * overlaps another label is not believed, and neither is that.
 *
 * Namespaces come in the order of their offsets. Of labels that overlap or
 * share a uuid the first that is complete wins: media written by anyone who
 * keeps to the specification has neither.
 *
 * One pass over sorted labels.
 *
 * Return: 1 with @out filled; 0 at the end; -EINVAL when the next label of
 * position 0 cannot be assembled (@reason: ND_REASON_INCOMPLETE, _OVERLAP,
 * _DUPLICATE, _BOUNDS for a position or number of DIMMs that is not this
 * set's, or, with @out->misplaced, what label_judge_place() returns; @out->lead
 * is that label, @out->ref is not filled), call again to go on.
 */
int label_set_next(struct label_dimm *dimms, u32 ndimms, u32 *cursor,
		   struct label_found *out, enum nd_reason *reason);

/**
 * struct label_state - what is known of one DIMM of a set
 * @valid: its area has an index block in force
 * @ruined: it has none, but is not blank either
 * @bad: active slots whose label cannot be read
 * @decides: labels of position 0 are here
 * @lacking: namespaces that labels of other DIMMs tell of, but none here; counted by
 *	label_set_rest()
 */
struct label_state {
	bool valid;
	bool ruined;
	bool decides;
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
 * struct label_orphan - a leftover, for the change that is to drop it
 * @mapping: of the region
 * @going: the change under way drops it
 * @slot: where it lies
 * @uuid: what it says
 * @start: where, as an offset within the mapping
 * @size: bytes of it there
 */
struct label_orphan {
	u16 mapping;
	bool going;
	u32 slot;
	uuid_t uuid;
	u64 start, size;
};

/* Sort by uuid, then mapping and slot: so the functions below want them. */
void label_orphans_sort(struct label_orphan *all, u32 nr);

/* The one of @uuid in @slot of @mapping, or NULL; logarithmic. */
const struct label_orphan *label_orphans_find(const struct label_orphan *all, u32 nr,
					      const uuid_t *uuid, u16 mapping, u32 slot);

/**
 * label_orphans_choose() - which leftovers go before a namespace comes or changes?
 * @all: of the set, sorted; @going is set
 * @nr: how many
 * @uuid: of the namespace; NULL: it goes, and nothing else does
 * @start: offset of its place in each mapping
 * @size: bytes of it there
 *
 * What lies in its place or has its uuid, and whatever else has the uuid of one of these, wherever
 * it lies: a leftover is told by the mark of a label that may have gone by then. Linear.
 */
void label_orphans_choose(struct label_orphan *all, u32 nr, const uuid_t *uuid, u64 start,
			  u64 size);

/**
 * label_set_lost() - count namespaces of which there are labels, and that are not served
 * @dimms: as label_set_rest() has left them, but @taken where a namespace uses the label, and
 *	nowhere else
 * @ndimms: how many
 *
 * Return: how many uuids no namespace has, and that are not a leftover's.
 */
u32 label_set_lost(const struct label_dimm *dimms, u32 ndimms);

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
 * tell what is missing. They cannot for the DIMM of position 0, whose label alone may say how
 * large a namespace is; nor for the first one, whose labels say where namespaces lie that start at
 * different offsets.
 *
 * Return: ND_REASON_OK when it may; ND_REASON_NO_INDEX, ND_REASON_CHECKSUM.
 */
enum nd_reason label_set_closed(const struct label_state *states, u32 ndimms, u32 kept, u32 *which);

/* Do labels of other DIMMs not tell of all that is bad on mapping @index? */
static inline bool label_state_hides(const struct label_state *state, u32 index)
{
	return state->bad > (index && !state->decides ? state->lacking : 0);
}

#endif /* _ND_LABEL_SET_H */
