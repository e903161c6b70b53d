// SPDX-License-Identifier: GPL-2.0
/*
 * A label storage area as a whole: its slots, and an atomic change of them. Pure.
 *
 * An area holds two index blocks, then slots. The index block in force says
 * which slots are active. A change never touches it or an active slot: new
 * labels go to free slots, then the *other* index block is written with the
 * next sequence number, and with its last byte the change is made.
 */
#include <asm/byteorder.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include "label/area.h"
#include "label/label.h"
#include "label/parts.h"

static void slot_mark(struct nd_media_index *index, u32 slot, bool free)
{
	if (free)
		index->free[slot / 8] |= 1u << slot % 8;
	else
		index->free[slot / 8] &= ~(1u << slot % 8);
}

/* Bits behind the last slot ought to be zero; whatever they are, they count for nothing. */
static u32 count_free(const struct nd_media_index *index, u32 nslot)
{
	u32 n = 0, i;

	for (i = 0; i < nslot / 8; i++)
		n += hweight8(index->free[i]);
	if (nslot % 8)
		n += hweight8(index->free[i] & ((1u << nslot % 8) - 1));
	return n;
}

/* Put the block @which, already judged good, in force. */
void label_area_adopt(struct label_area *area, u32 which)
{
	const struct nd_media_index *index = area_index(area, which);

	area->valid = true;
	area->current_index = which;
	area->seq = le32_to_cpu(index->seq) & ND_INDEX_SEQ_MASK;
	area->minor = le16_to_cpu(index->minor) >= 2 ? 2 : 1;
	area->nslot = le32_to_cpu(index->nslot);
	area->nfree = count_free(index, area->nslot);
}

/* ---- slots ---- */

/* The first slot from @slot on that is free, or that is not; most areas are long runs of either. */
static u32 next_slot(const struct label_area *area, u32 slot, bool free)
{
	const struct nd_media_index *index = area_current(area);
	u8 none = free ? 0 : 0xff;

	while (area->valid && slot < area->nslot && slot_free(index, slot) != free)
		/* eight at a glance */
		slot += slot % 8 == 0 && index->free[slot / 8] == none ? 8 : 1;
	return area->valid ? min(slot, area->nslot) : area->nslot;
}

u32 label_next_active(const struct label_area *area, u32 slot)
{
	return next_slot(area, slot, false);
}

u32 label_next_free(const struct label_area *area, u32 slot)
{
	return next_slot(area, slot, true);
}

bool label_slot_active(const struct label_area *area, u32 slot)
{
	return area->valid && slot < area->nslot && !slot_free(area_current(area), slot);
}

enum nd_reason label_area_get(const struct label_area *area, u32 slot, struct nd_label *out)
{
	if (!label_slot_active(area, slot))
		return ND_REASON_REFERENCE;
	return label_decode(area->data + slot_off(area, slot), area->label_size, slot, out);
}

bool label_area_is_of(const struct label_area *area, const struct nd_label *label,
		      const struct label_mark *mark)
{
	if (!label_has_position(label) ||
	    (area->label_size >= ND_LABEL_V1_2_SIZE && !guid_equal(&label->type, &mark->type)))
		return false;
	return label->cookie == (area->minor >= 2 ? mark->cookie2 : mark->cookie1) ||
	       label->cookie == mark->altcookie;
}

/* ---- changing ---- */

/* Does @list, of slots that exist, name one twice? Ascending lists, the usual ones, cannot. */
static bool names_twice(const u32 *list, u32 n)
{
	bool ascending = true;
	u32 i, j;

	for (i = 1; i < n; i++)
		ascending &= list[i] > list[i - 1];
	for (i = 1; !ascending && i < n; i++)
		for (j = 0; j < i; j++)
			if (list[i] == list[j])
				return true;
	return false;
}

/* Are the slots that @change drops all active, or all free, and each named once? */
static bool drops_are(const struct label_area *area, const struct label_change *change, bool active)
{
	u32 i;

	for (i = 0; i < change->ndrop; i++)
		if (change->drop[i] >= area->nslot ||
		    label_slot_active(area, change->drop[i]) != active)
			return false;
	return !names_twice(change->drop, change->ndrop);
}

int label_area_check(const struct label_area *area, const struct label_change *change,
		     enum nd_reason *reason)
{
	u32 nfree = area->nfree;

	if (area->stale) {
		*reason = ND_REASON_MEDIA;
		return -ESTALE;
	}
	if (area->newer) {
		*reason = ND_REASON_VERSION;
		return -EOPNOTSUPP;
	}
	if (!area->valid) {
		if (change->minor < 1 || change->minor > 2) {
			*reason = ND_REASON_VERSION;
			return -EINVAL;
		}
		nfree = label_nslot(area->size, change->minor == 1 ? ND_LABEL_V1_1_SIZE :
								     ND_LABEL_V1_2_SIZE);
	}
	if (!drops_are(area, change, true)) {
		*reason = ND_REASON_REFERENCE;
		return -EINVAL;
	}
	if ((!area->valid && !nfree) || change->nadd > nfree ||
	    (u64)nfree - change->nadd + change->ndrop < change->spare) {
		*reason = ND_REASON_NO_SLOT;
		return -ENOSPC;
	}
	return 0;
}

/*
 * Where the labels go: slots free in the index in force, lowest first, but
 * those that the other index block calls active only when there is no choice.
 * That block is the fallback if the one in force is ever lost, and so it keeps
 * naming labels that are still intact.
 */
static void pick_slots(const struct label_area *area, struct label_change *change)
{
	const struct nd_media_index *other = area_index(area, !area->current_index);
	bool fallback = label_index_check(other, area->index_size, !area->current_index,
					  area->size) == ND_REASON_OK &&
			label_index_label_size(other) == area->label_size;
	u32 nslot = fallback ? min(area->nslot, le32_to_cpu(other->nslot)) : 0;
	u32 n = 0, slot;

	for (slot = label_next_free(area, 0); n < change->nadd && slot < area->nslot;
	     slot = label_next_free(area, slot + 1))
		if (slot >= nslot || slot_free(other, slot))
			change->add[n++].slot = slot;
	for (slot = label_next_free(area, 0); n < change->nadd && slot < nslot;
	     slot = label_next_free(area, slot + 1))
		if (!slot_free(other, slot))
			change->add[n++].slot = slot;
}

/* Write the new labels; neighbours go in one transfer. */
static int area_write_labels(struct label_area *area, const struct label_io *io,
			     const struct label_change *change)
{
	u32 i = 0, n;
	int rc;

	while (i < change->nadd) {
		u32 off = slot_off(area, change->add[i].slot);

		for (n = 0; i + n < change->nadd; n++) {
			const struct nd_label *label = &change->add[i + n];

			if (label->slot != change->add[i].slot + n)
				break;
			label_encode(label, area->label_size,
				     area->data + slot_off(area, label->slot));
		}
		rc = io->write(io->ctx, off, area->data + off, n * area->label_size);
		if (rc)
			return rc;
		i += n;
	}
	return 0;
}

/* Fill in all of a block but its free bits, which are there. */
static void index_seal(const struct label_area *area, u32 which, u32 seq)
{
	struct nd_media_index *index = area_index(area, which);
	u32 slot;

	memset(index, 0, sizeof(*index));
	memcpy(index->sig, ND_INDEX_SIG, ND_INDEX_SIG_LEN);
	index->labelsize = area->label_size == ND_LABEL_V1_2_SIZE;
	index->seq = cpu_to_le32(seq);
	index->myoff = cpu_to_le64(which * area->index_size);
	index->mysize = cpu_to_le64(area->index_size);
	index->otheroff = cpu_to_le64(!which * area->index_size);
	index->labeloff = cpu_to_le64(area->label_off);
	index->nslot = cpu_to_le32(area->nslot);
	index->major = cpu_to_le16(1);
	index->minor = cpu_to_le16(area->minor);
	for (slot = area->nslot; slot % 8; slot++)
		slot_mark(index, slot, false);
	slot = DIV_ROUND_UP(area->nslot, 8);
	memset(index->free + slot, 0, area->index_size - sizeof(*index) - slot);
	index->checksum = cpu_to_le64(label_index_checksum(index, area->index_size));
}

/* Whatever lies at block @which is no index block that is in order. */
static bool index_spoiled(const struct label_area *area, u32 which)
{
	return label_index_check(area_index(area, which), area->index_size, which, area->size) !=
	       ND_REASON_OK;
}

/*
 * The bytes of a block. The first one of an area goes without its signature, which
 * follows: until then the area is as blank as it was, and not a damaged one. A damaged block
 * (@spoiled) could be mended by half of these bytes, with what it said of old: so before all
 * others it gets a checksum that is neither's.
 */
static int index_put(const struct label_area *area, const struct label_io *io, u32 which,
		     bool spoiled)
{
	const struct nd_media_index *index = area_index(area, which);
	u32 off = which * area->index_size, head = area->valid ? 0 : ND_INDEX_SIG_LEN;
	__le64 none = ~index->checksum;
	int rc = 0;

	if (spoiled)
		rc = io->write(io->ctx, off + offsetof(struct nd_media_index, checksum), &none,
			       sizeof(none));
	if (!rc)
		rc = io->write(io->ctx, off + head, (const u8 *)index + head,
			       area->index_size - head);
	return rc || !head ? rc : io->write(io->ctx, off, index, head);
}

/*
 * Write block @which from the mirror. An error may come after all bytes, some
 * or none: what the media now holds decides, and the mirror follows it.
 */
static int index_write(struct label_area *area, const struct label_io *io, u32 which,
		       bool spoiled, enum nd_reason *reason)
{
	struct nd_media_index *index = area_index(area, which);
	u32 off = which * area->index_size;
	__le64 checksum = index->checksum;
	__le32 seq = index->seq;
	int rc;

	rc = index_put(area, io, which, spoiled);
	if (!rc)
		return 0;
	*reason = ND_REASON_LABEL_WRITE;
	if (io->read(io->ctx, off, index, area->index_size)) {
		area->stale = true;
		return rc;
	}
	if (label_index_check(index, area->index_size, which, area->size) != ND_REASON_OK)
		return rc;
	if (index->seq == seq && index->checksum == checksum)
		return 0;
	/* Good, but neither ours nor older than what is in force: someone else writes here. */
	if (!area->valid || label_seq_newer(le32_to_cpu(index->seq) & ND_INDEX_SEQ_MASK, area->seq))
		area->stale = true;
	return rc;
}

/* Lay the area out with all slots free; nothing is written. */
static void area_lay_out(struct label_area *area, u8 minor)
{
	label_area_layout(area, minor == 1 ? ND_LABEL_V1_1_SIZE : ND_LABEL_V1_2_SIZE);
	area->nslot = label_nslot(area->size, area->label_size);
	area->minor = minor;
	area->current_index = 1;
	memset(area_current(area)->free, 0xff, DIV_ROUND_UP(area->nslot, 8));
}

/* Both blocks say the same: when one is lost, the other neither differs nor is missing. */
static void index_double(struct label_area *area, const struct label_io *io)
{
	u32 which = !area->current_index;
	enum nd_reason reason;

	memcpy(area_index(area, which), area_current(area), area->index_size);
	index_seal(area, which, 1);
	/* the change is there, without it no less; a damaged block must not be mended half-way */
	index_write(area, io, which, true, &reason);
}

/* All are free, and no block is there to fall back to. */
static void pick_blank_slots(const struct label_area *area, struct label_change *change)
{
	u32 i;

	for (i = 0; i < change->nadd; i++)
		change->add[i].slot = i;
}

/*
 * The first index block of an area has the labels that come with it. Nobody is ever to see an area
 * as empty that is not: until the block is there the area is as blank, or as damaged, as it was.
 */
static int area_begin(struct label_area *area, const struct label_io *io,
		      struct label_change *change, enum nd_reason *reason)
{
	struct nd_media_index *index;
	u32 i, which;
	int rc;

	area_lay_out(area, change->minor);
	which = area->current_index;
	index = area_current(area);
	pick_blank_slots(area, change);
	rc = area_write_labels(area, io, change);
	if (rc) {
		*reason = ND_REASON_LABEL_WRITE;
		area->stale = io->read(io->ctx, which * area->index_size, index, area->index_size);
		return rc;
	}
	for (i = 0; i < change->nadd; i++)
		slot_mark(index, change->add[i].slot, false);
	index_seal(area, which, 2);
	rc = index_write(area, io, which, true, reason);
	if (rc)
		return rc;
	label_area_adopt(area, which);
	index_double(area, io);
	return 0;
}

/* Write and adopt the next index block: that of now, with @add and @drop marked. */
static int area_switch(struct label_area *area, const struct label_io *io,
		       const struct label_change *change, bool undo, enum nd_reason *reason)
{
	u32 which = !area->current_index;
	struct nd_media_index *next = area_index(area, which);
	bool spoiled = index_spoiled(area, which);
	u32 i;
	int rc;

	memcpy(next, area_current(area), area->index_size);
	for (i = 0; i < change->nadd; i++)
		slot_mark(next, change->add[i].slot, undo);
	for (i = 0; i < change->ndrop; i++)
		slot_mark(next, change->drop[i], !undo);
	index_seal(area, which, label_seq_next(area->seq));
	rc = index_write(area, io, which, spoiled, reason);
	if (!rc)
		label_area_adopt(area, which);
	return rc;
}

int label_area_commit(struct label_area *area, const struct label_io *io,
		      struct label_change *change, enum nd_reason *reason)
{
	int rc;

	*reason = ND_REASON_OK;
	rc = label_area_check(area, change, reason);
	if (rc)
		return rc;
	if (!area->valid) {
		rc = area_begin(area, io, change, reason);
		goto out;
	}
	if (!change->nadd && !change->ndrop)
		return 0;
	pick_slots(area, change);
	rc = area_write_labels(area, io, change);
	if (rc) {
		*reason = ND_REASON_LABEL_WRITE;
		return rc;
	}
	rc = area_switch(area, io, change, false, reason);
out:
	if (!rc)
		*reason = ND_REASON_OK;
	return rc;
}

int label_area_undo(struct label_area *area, const struct label_io *io,
		    const struct label_change *change, enum nd_reason *reason)
{
	u32 i;
	int rc;

	*reason = ND_REASON_OK;
	if (area->stale) {
		*reason = ND_REASON_MEDIA;
		return -ESTALE;
	}
	for (i = 0; i < change->nadd; i++)
		if (!label_slot_active(area, change->add[i].slot))
			break;
	if (i < change->nadd || !area->valid || !drops_are(area, change, false)) {
		*reason = ND_REASON_REFERENCE;
		return -EINVAL;
	}
	rc = area_switch(area, io, change, true, reason);
	if (!rc)
		*reason = ND_REASON_OK;
	return rc;
}
