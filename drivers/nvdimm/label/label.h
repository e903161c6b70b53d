/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Labels: the DIMM's own record of which capacity belongs to which namespace
 * (UEFI 2.10 §13.19).
 *
 * Pure: bytes in, decisions out. No lock, no allocation, no device; all I/O
 * through struct label_io. The same objects run in libnvdimm and in the
 * userspace tests.
 *
 *	codec.c		slot <-> struct nd_label, index block checks, checksums
 *	area.c		an area as a whole: load, free slots, one atomic change
 *	set.c		labels of all DIMMs of an interleave set -> namespaces
 *	leftover.c	labels that no namespace uses: leftovers, or all that is left of one
 *	transaction.c	one change on all DIMMs of a set (transaction.h)
 *
 * Ownership: struct label_area and the mirror it points to belong to the DIMM
 * driver and are protected by the DIMM's label mutex.
 */
#ifndef _ND_LABEL_H
#define _ND_LABEL_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/why.h>

/**
 * struct nd_label - a label slot in host form
 * @uuid: namespace uuid; equal on every DIMM of the set
 * @name: namespace name, NUL terminated
 * @flags: ND_LABEL_*
 * @nlabel: DIMMs in the interleave set
 * @position: of this DIMM in the set, 0 … @nlabel - 1
 * @cookie: interleave-set cookie
 * @lbasize: sector size, 0 or 512 … 4224
 * @dpa: first byte, DIMM physical address
 * @size: bytes on this DIMM
 * @slot: slot the label was read from or written to
 * @type: v1.2 address range type; null in v1.1
 * @abstraction: v1.2 claim (BTT, PFN, DAX); null in v1.1
 */
struct nd_label {
	uuid_t uuid;
	char name[ND_LABEL_NAME_LEN + 1];
	u32 flags;
	u16 nlabel;
	u16 position;
	u64 cookie;
	u64 lbasize;
	u64 dpa;
	u64 size;
	u32 slot;
	guid_t type;
	guid_t abstraction;
};

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
 * @stale: the media could not be read, at load or after a failed write:
 *	reload before the next change
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
	bool stale;
	u8 minor;
	u8 current_index;
	u32 seq;
	u32 index_size;
	u32 label_size;
	u32 label_off;
	u32 nslot;
	u32 nfree;
};

/* ---- codec.c ---- */

/* Fletcher-64 over little-endian 32-bit words; @data is aligned to 4, @len a multiple of 4. */
u64 label_fletcher64(const void *data, size_t len);

/**
 * label_decode() - media bytes to host form
 * @media: the slot
 * @label_size: 128 (v1.1) or 256 (v1.2, checksum verified)
 * @slot: number of the slot, must be the one recorded
 * @out: filled on ND_WHY_OK only
 *
 * Nothing is believed: name is terminated, position < nlabel, nlabel >= 1,
 * size > 0, dpa + size does not wrap.
 *
 * Return: ND_WHY_OK, or what is wrong.
 */
enum nd_why label_decode(const void *media, u32 label_size, u32 slot, struct nd_label *out);

/* label_encode() - host form to @label_size media bytes, reserved bytes zero, checksum set. */
void label_encode(const struct nd_label *label, u32 label_size, void *media);

/* Bytes of one index block, and number of slots, for an area of @size bytes with @label_size
 * slots: the arithmetic every label writer shares. 0 when the area is too small.
 */
u32 label_index_size(u32 size, u32 label_size);
u32 label_nslot(u32 size, u32 label_size);

/*
 * label_index_check() - is this an index block that may be trusted?
 * @index: bytes at @off of the area, @avail of them readable
 * @which: 0 or 1, which of the two
 */
enum nd_why label_index_check(const struct nd_media_index *index, u32 avail, u32 which,
			      u32 area_size);

/* Bytes of each slot by the index block's version, 128 or 256; 0 for an unknown version. */
u32 label_index_label_size(const struct nd_media_index *index);

/* Checksum of an index block of @index_size bytes, its own field counting as zero. */
u64 label_index_checksum(const struct nd_media_index *index, u32 index_size);

/* The newer of two valid sequence numbers in the cycle 1, 2, 3: true when @a is. */
bool label_seq_newer(u32 a, u32 b);

/* What follows @seq in the cycle 1, 2, 3; 1 follows 0. */
u32 label_seq_next(u32 seq);

/* ---- area.c ---- */

/**
 * label_area_load() - read and judge an area
 * @area: @data and @size set by the caller; the rest is filled
 * @io: reads only
 * @why: reason when not valid or on error
 *
 * Reads the two index blocks, chooses the one in force, then reads only its
 * active slots, in as few transfers as possible. A blank or ruined area is no
 * error: @area->valid is false and @why says what was found, ND_WHY_NO_INDEX
 * when there is no trace of an index block.
 *
 * An active slot stays active even if its label turns out bad: only
 * label_area_get() looks at labels.
 *
 * Return: 0, or the errno of a failed read; then @area->stale is set.
 */
int label_area_load(struct label_area *area, const struct label_io *io, enum nd_why *why);

/* Is @slot active in the index in force? */
bool label_slot_active(const struct label_area *area, u32 slot);

/* The first active slot from @slot on; @area->nslot when there is none. */
u32 label_next_active(const struct label_area *area, u32 slot);

/* The first free slot from @slot on; @area->nslot when there is none. */
u32 label_next_free(const struct label_area *area, u32 slot);

/* Decode @slot from the mirror; ND_WHY_REFERENCE when it is not active. */
enum nd_why label_area_get(const struct label_area *area, u32 slot, struct nd_label *out);

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
 * @why: reason of a refusal
 *
 * Return: 0; -ENOSPC without a slot, -ESTALE when a reload is needed first,
 * -EINVAL when @change->drop names a slot twice or one that is not active.
 */
int label_area_check(const struct label_area *area, const struct label_change *change,
		     enum nd_why *why);

/**
 * label_area_commit() - make one change, atomically
 * @area: loaded area
 * @io: the DIMM
 * @change: what comes and goes
 * @why: reason of a refusal
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
		      struct label_change *change, enum nd_why *why);

/**
 * label_area_undo() - take back the last change
 * @area: the area
 * @io: the DIMM
 * @change: the change that label_area_commit() made last on @area
 * @why: reason of a refusal
 *
 * The labels that went are still in their slots, so this is one write of an
 * index block. @area->stale and errors as for label_area_commit(); -EINVAL
 * when the slots are not as the change left them.
 *
 * Return: 0 or a negative errno.
 */
int label_area_undo(struct label_area *area, const struct label_io *io,
		    const struct label_change *change, enum nd_why *why);

/* ---- set.c ---- */

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
 */
struct label_dimm {
	struct label_ref *refs;
	struct label_ref **by_uuid;
	u32 nr;
};

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
 *	@lead in more than position, DPA and slot, or @lead says that it is being
 *	updated. Rewriting the labels heals it.
 * @unsettled: @torn, but all that differs is ND_LABEL_UPDATING
 * @apart: the labels do not start at the same offset. Linux' own drivers make such
 *	sets after an interrupted creation, and take mapping 0's label for the place.
 */
struct label_found {
	struct label_ref **ref;
	const struct nd_label *lead;
	bool torn;
	bool unsettled;
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
 * @why: reason when a label of position 0 is passed over
 *
 * Position 0 is the commit record of an update that spans DIMMs: writers
 * change it last when something comes or changes, first when something goes.
 * So whatever it names is the truth, if every other position holds
 *
 * - a label at the same offset with the same uuid; or
 * - where this offset is named once on position 0, one of the same size with
 *   another uuid, which position 0 does not know, while the lead's uuid is not
 *   there (an interrupted change of uuid, the same one on all positions); or
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
 * position 0 cannot be assembled (@why: ND_WHY_INCOMPLETE, _OVERLAP,
 * _DUPLICATE, or _BOUNDS for a position or number of DIMMs that is not this
 * set's; @out->lead is that label, @out->ref is not filled), call again to go
 * on.
 */
int label_set_next(struct label_dimm *dimms, u32 ndimms, u32 *cursor,
		   struct label_found *out, enum nd_why *why);

/* ---- leftover.c ---- */

/**
 * struct label_state - what is known of one DIMM of a set
 * @valid: its area has an index block in force
 * @ruined: it has none, but is not blank either
 * @bad: active slots whose label cannot be read
 * @lacking: namespaces that labels of other DIMMs tell of, but none here; counted by
 *	label_set_rest()
 */
struct label_state {
	bool valid;
	bool ruined;
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
 * label_set_closed() - may no capacity of the set be given out?
 * @states: as left by label_set_rest(), in the order of mappings; @valid, @ruined
 *	and @bad may be newer
 * @ndimms: how many
 * @kept: labels of the set that are neither taken nor leftovers
 * @which: the DIMM that is the reason
 *
 * An area that is damaged, or blank beside labels of the set, may have named
 * anything; so may a slot that cannot be read, unless the labels of other DIMMs
 * tell what is missing. They cannot for the first DIMM, whose labels say where
 * namespaces lie that start at different offsets.
 *
 * Return: ND_WHY_OK when it may; ND_WHY_NO_INDEX, ND_WHY_CHECKSUM.
 */
enum nd_why label_set_closed(const struct label_state *states, u32 ndimms, u32 kept, u32 *which);

#endif /* _ND_LABEL_H */
