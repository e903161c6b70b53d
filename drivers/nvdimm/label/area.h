/* SPDX-License-Identifier: GPL-2.0 */
/* A label storage area: loaded, and changed by one change at a time. Pure. */
#ifndef _ND_LABEL_AREA_H
#define _ND_LABEL_AREA_H

#include <linux/types.h>
#include <nd/reason.h>
#include "label/label.h"

/**
 * struct label_io - how an area reaches its DIMM
 * @read: copy @len bytes at @off of the label storage area to @buf
 * @write: the reverse; on return the bytes are durable. Power may fail at any 8-byte step within.
 * @ctx: handed to both
 * @max_xfer: bytes that one transfer to the DIMM carries, 0 when unknown; longer
 *	reads and writes are split behind these functions
 *
 * Both return 0 or a negative errno.
 */
struct label_io {
	int (*read)(void *ctx, u32 off, void *buf, u32 len);
	int (*write)(void *ctx, u32 off, const void *buf, u32 len);
	void *ctx;
	u32 max_xfer;
};

/**
 * struct label_area - a label storage area and its mirror in memory
 * @data: mirror of the whole area, @size bytes, aligned to 8; only the index
 *	blocks and active slots are meaningful
 * @size: bytes of the area
 * @valid: an index block is in force; else the area is blank or ruined
 * @newer: not valid, because an index block of a version not known here is in force; never
 *	written to
 * @stale: the media could not be read, at load or after a failed write:
 *	reload before the next change
 * @lost: an active slot could not be read, which perhaps it can some time
 * @minor: 1 or 2, the label version 1.@minor
 * @current_index: 0 or 1, the index block in force
 * @seq: its sequence number, 1 … 3
 * @index_size: bytes of each index block
 * @label_size: bytes of each slot
 * @label_off: byte offset of slot 0
 * @nslot: slots
 * @nfree: free slots
 */
struct label_area {
	u8 *data;
	u32 size;
	bool valid;
	bool newer;
	bool stale;
	bool lost;
	u8 minor;
	u8 current_index;
	u32 seq;
	u32 index_size;
	u32 label_size;
	u32 label_off;
	u32 nslot;
	u32 nfree;
};

/**
 * label_area_load() - read and judge an area
 * @area: @data and @size set by the caller; the rest is filled
 * @io: reads only
 * @reason: reason when not valid or on error
 *
 * Reads the two index blocks, chooses the one in force, then reads only its
 * active slots, in as few transfers as possible. A blank or ruined area is no
 * error: @area->valid is false and @reason says what was found, ND_REASON_NO_INDEX
 * when there is no trace of an index block.
 *
 * An active slot stays active even if its label turns out bad: only
 * label_area_get() looks at labels.
 *
 * A slot that cannot be read is bad if it is active, and nobody misses it else. An index block that
 * cannot be read may be the newer of two, so that nothing is known of the area.
 *
 * Return: 0, or the errno of a failed read of an index block, or of a DIMM that refuses; then
 * @area->stale is set.
 */
int label_area_load(struct label_area *area, const struct label_io *io, enum nd_reason *reason);

/* Is @slot active in the index in force? */
bool label_slot_active(const struct label_area *area, u32 slot);

/* The first active slot from @slot on; @area->nslot when there is none. */
u32 label_next_active(const struct label_area *area, u32 slot);

/* The first free slot from @slot on; @area->nslot when there is none. */
u32 label_next_free(const struct label_area *area, u32 slot);

/* Decode @slot from the mirror; ND_REASON_REFERENCE when it is not active. */
enum nd_reason label_area_get(const struct label_area *area, u32 slot, struct nd_label *out);

/**
 * struct label_mark - by what the labels of an interleave set are known
 * @type: address range type
 * @cookie1: interleave-set cookie in an area 1.1 …
 * @cookie2: … and from 1.2 on
 * @altcookie: in either, as early Linux had it, with the DIMMs in another order
 */
struct label_mark {
	guid_t type;
	u64 cookie1;
	u64 cookie2;
	u64 altcookie;
};

/*
 * Is @label, of @area, the set's? The version of the area tells which cookie it has, the size of
 * its slots whether it has a type: an area 1.2 may have small ones. What is no part of any set has
 * no position in it.
 */
bool label_area_is_of(const struct label_area *area, const struct nd_label *label,
		      const struct label_mark *mark);

/**
 * struct label_change - one atomic change of one DIMM's labels
 * @add: labels that come; .slot is filled in
 * @nadd: how many
 * @drop: slots that go
 * @ndrop: how many
 * @spare: free slots that must remain afterwards (1 when creating, so that an
 *	update is always possible; 0 for updates and deletions)
 * @minor: version to format a blank area with, 1 or 2
 */
struct label_change {
	struct nd_label *add;
	u32 nadd;
	const u32 *drop;
	u32 ndrop;
	u32 spare;
	u8 minor;
};

/**
 * label_area_check() - would this change be refused?
 * @area: loaded area
 * @change: what comes and goes
 * @reason: reason of a refusal
 *
 * Return: 0; -EOPNOTSUPP when @area->newer, -ENOSPC without a slot, -ESTALE when a
 * reload is needed first,
 * -EINVAL when @change->drop names a slot twice or one that is not active.
 */
int label_area_check(const struct label_area *area, const struct label_change *change,
		     enum nd_reason *reason);

/**
 * label_area_commit() - make one change, atomically
 * @area: loaded area
 * @io: the DIMM
 * @change: what comes and goes
 * @reason: reason of a refusal
 *
 * Writes the new labels to free slots, then one index block: the change
 * happens at that write or not at all, wherever power fails. An area without a
 * valid index is formatted first, and stays formatted when the rest fails;
 * formatting is all that happens when nothing comes or goes. On error the
 * area, mirror included, is else as before; if even that cannot be told,
 * @area->stale is set.
 *
 * A write of the index block that reports an error, although reading shows
 * that all of it arrived, counts as done.
 *
 * Return: 0, what label_area_check() returns, or the errno of a failed write.
 */
int label_area_commit(struct label_area *area, const struct label_io *io,
		      struct label_change *change, enum nd_reason *reason);

/**
 * label_area_undo() - take back the last change
 * @area: the area
 * @io: the DIMM
 * @change: the change that label_area_commit() made last on @area
 * @reason: reason of a refusal
 *
 * The labels that went are still in their slots, so this is one write of an
 * index block. @area->stale and errors as for label_area_commit(); -EINVAL
 * when the slots are not as the change left them.
 *
 * Return: 0 or a negative errno.
 */
int label_area_undo(struct label_area *area, const struct label_io *io,
		    const struct label_change *change, enum nd_reason *reason);

#endif /* _ND_LABEL_AREA_H */
