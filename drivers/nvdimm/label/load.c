// SPDX-License-Identifier: GPL-2.0
/*
 * A label storage area is read: which index block is in force, which slots it calls active, and
 * these alone. Pure.
 */
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "label/area.h"
#include "label/label.h"
#include "label/parts.h"

/* One read of the area's head may take so many bytes on speculation. */
#define LABEL_HEAD_MAX		4096
/* What one transfer is taken to carry when nobody said. */
#define LABEL_XFER_DEFAULT	4096
/* What the head is read in where it cannot be read at once: the two blocks do not share one. */
#define LABEL_LINE		ND_INDEX_ALIGN

/* Blocks of a version that is not known here. */
struct newer {
	bool found;
	u32 seq;	/* of the last one */
};

static void newer_note(struct newer *newer, u32 seq)
{
	if (!newer->found || label_seq_newer(seq, newer->seq))
		*newer = (struct newer){ .found = true, .seq = seq };
}

/* Judge both blocks under the layout set; gives the one in force, or -1. */
static int area_choose(const struct label_area *area, u32 avail, struct newer *newer,
		       enum nd_reason *reason)
{
	bool good[2];
	u32 i, seq[2];

	for (i = 0; i < 2; i++) {
		const struct nd_media_index *index = area_index(area, i);
		u32 bytes = label_index_label_size(index);
		enum nd_reason found;

		/* A block of the other slot size has its turn under the other layout. */
		if (bytes && bytes != area->label_size) {
			good[i] = false;
			continue;
		}
		found = label_index_check(index, avail - i * area->index_size, i, area->size);
		good[i] = found == ND_REASON_OK;
		seq[i] = le32_to_cpu(index->seq) & ND_INDEX_SEQ_MASK;
		if (found == ND_REASON_VERSION)
			newer_note(newer, seq[i]);
		if (!good[i] && found != ND_REASON_SIGNATURE && *reason == ND_REASON_NO_INDEX)
			*reason = found;
	}
	if (good[0] && good[1])
		/* Equal numbers should not occur; the block at the higher offset counts then. */
		return label_seq_newer(seq[0], seq[1]) ? 0 : 1;
	return good[0] ? 0 : good[1] ? 1 : -1;
}

/*
 * The layout follows from the slot size, which only an index block can tell:
 * look for blocks under either layout, 128-byte slots first like every reader.
 */
static void area_judge(struct label_area *area, u32 avail, enum nd_reason *reason)
{
	static const u32 label_sizes[] = { ND_LABEL_V1_1_SIZE, ND_LABEL_V1_2_SIZE };
	struct newer newer = { };
	u32 i;

	*reason = ND_REASON_NO_INDEX;
	for (i = 0; i < ARRAY_SIZE(label_sizes); i++) {
		int which;

		label_area_layout(area, label_sizes[i]);
		which = area_choose(area, avail, &newer, reason);
		if (which >= 0) {
			label_area_adopt(area, which);
			*reason = ND_REASON_OK;
			break;
		}
	}
	/* a block known here counts if it was written after the other one */
	if (!newer.found || (area->valid && label_seq_newer(area->seq, newer.seq)))
		return;
	area->valid = false;
	area->newer = true;
	*reason = ND_REASON_VERSION;
}

/* Transfers that carry @bytes. */
static u32 io_transfers(const struct label_io *io, u32 bytes)
{
	return DIV_ROUND_UP(bytes, io->max_xfer ?: LABEL_XFER_DEFAULT);
}

/* ---- what cannot be read ---- */

/* Is it only these bytes, perhaps? Not where the DIMM refuses, or nobody has asked it. */
static bool may_be_partial(int rc)
{
	return rc && rc != -EACCES && rc != -ENOMEM;
}

/*
 * Read a piece of the area, which is no index block and no label if it cannot be read: neither has
 * these bytes.
 */
static int read_piece(struct label_area *area, const struct label_io *io, u32 from, u32 len)
{
	int rc = io->read(io->ctx, from, area->data + from, len);

	if (rc)
		memset(area->data + from, 0xff, len);
	return rc;
}

/*
 * The first @head bytes, line by line: 0, or what one of the lines that are lost has said; *@first
 * is where the first of these is.
 */
static int read_lines(struct label_area *area, const struct label_io *io, u32 head, u32 *first)
{
	u32 off;
	int rc, lost = 0;

	for (off = 0; off < head; off += LABEL_LINE) {
		rc = read_piece(area, io, off, min((u32)LABEL_LINE, head - off));
		if (rc && !lost)
			*first = off;
		lost = rc ?: lost;
	}
	return lost;
}

/* Slots from @from to @to, of which those that are active count; one by one, if they must be. */
static int read_slots(struct label_area *area, const struct label_io *io, u32 from, u32 to)
{
	u32 slot = (from - area->label_off) / area->label_size;
	int rc = io->read(io->ctx, from, area->data + from, to - from);

	if (!may_be_partial(rc))
		return rc;
	for (slot = label_next_active(area, slot); slot < area->nslot && slot_off(area, slot) < to;
	     slot = label_next_active(area, slot + 1)) {
		rc = read_piece(area, io, slot_off(area, slot), area->label_size);
		if (rc && !may_be_partial(rc))
			return rc;
		area->lost |= rc;
	}
	return 0;
}

/*
 * Read the active slots that lie behind the first @done bytes. A transfer costs
 * a call into firmware whatever its length: a read grows over a gap of free
 * slots as long as the transfers it already needs carry the next label too.
 */
static int area_read_active(struct label_area *area, const struct label_io *io, u32 done)
{
	u32 from = 0, to = 0, slot;
	int rc;

	for (slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, slot + 1)) {
		u32 start = slot_off(area, slot);
		u32 end = start + area->label_size;

		if (end <= done)
			continue;
		start = max(start, done);
		if (to == start ||
		    (to && io_transfers(io, end - from) == io_transfers(io, to - from))) {
			to = end;
			continue;
		}
		if (to) {
			rc = read_slots(area, io, from, to);
			if (rc)
				return rc;
		}
		from = start;
		to = end;
	}
	return to ? read_slots(area, io, from, to) : 0;
}

/* Nothing is known of the media any more. */
static int area_unread(struct label_area *area, int rc, enum nd_reason *reason)
{
	area->valid = false;
	area->stale = true;
	*reason = ND_REASON_MEDIA;
	return rc;
}

int label_area_load(struct label_area *area, const struct label_io *io, enum nd_reason *reason)
{
	/* 128-byte slots are the most, so their index blocks are the largest. */
	u32 head = 2 * label_index_size(area->size, ND_LABEL_V1_1_SIZE), first = 0;
	int rc, lost = 0;

	*area = (struct label_area){ .data = area->data, .size = area->size };
	if (!head) {
		*reason = ND_REASON_TRUNCATED;
		return 0;
	}
	/* The first transfer may as well be full: most areas have few labels, all in front */
	if (io->max_xfer > head)
		head = max(head, min3(io->max_xfer, area->size, (u32)LABEL_HEAD_MAX));
	rc = io->read(io->ctx, 0, area->data, head);
	if (may_be_partial(rc)) {
		lost = read_lines(area, io, head, &first);
		rc = lost;
	}
	if (rc && !may_be_partial(rc))
		return area_unread(area, rc, reason);
	area_judge(area, head, reason);
	/* an index block that cannot be read is perhaps the newer one, and never blank */
	if (lost && (!area->valid || first < area->label_off))
		return area_unread(area, lost, reason);
	if (!area->valid)
		return 0;
	rc = area_read_active(area, io, lost ? area->label_off : head);
	return rc ? area_unread(area, rc, reason) : 0;
}
