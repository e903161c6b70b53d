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
 *	area.c		an area as a whole: its slots, one atomic change
 *	load.c		… as it is read
 *	set.c		labels of all DIMMs of an interleave set -> namespaces, and leftovers
 *	transaction.c	one change on all DIMMs of a set (transaction.h)
 *
 * Ownership: struct label_area and the mirror it points to belong to the DIMM
 * driver and are protected by the DIMM's label mutex.
 */
#ifndef _ND_LABEL_LABEL_H
#define _ND_LABEL_LABEL_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/reason.h>

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

/* Is it of an interleave set? An extent of one DIMM alone (ND_LABEL_LOCAL) may be of none. */
static inline bool label_has_position(const struct nd_label *label)
{
	return label->position < label->nlabel;
}

/* ---- codec.c ---- */

/* Fletcher-64 over little-endian 32-bit words; @data is aligned to 4, @len a multiple of 4. */
u64 label_fletcher64(const void *data, size_t len);

/**
 * label_decode() - media bytes to host form
 * @media: the slot
 * @label_size: 128 (v1.1) or 256 (v1.2, checksum verified)
 * @slot: number of the slot, must be the one recorded
 * @out: filled on ND_REASON_OK only
 *
 * Nothing is believed: name is terminated, position < nlabel, nlabel >= 1,
 * size > 0, dpa + size does not wrap. Of an extent of a namespace that is not
 * interleaved (ND_LABEL_LOCAL) position and nlabel may be the same: it is no set's
 * (label_area_is_of()), and its DPA is somebody's.
 *
 * Return: ND_REASON_OK, or what is wrong.
 */
enum nd_reason label_decode(const void *media, u32 label_size, u32 slot, struct nd_label *out);

/* label_encode() - host form to @label_size media bytes, reserved bytes zero, checksum set. */
void label_encode(const struct nd_label *label, u32 label_size, void *media);

/* Bytes of one index block, and number of slots, for an area of @size bytes with @label_size
 * slots: the arithmetic every label writer shares. 0 when the area is too small.
 */
u32 label_index_size(u32 size, u32 label_size);
u32 label_nslot(u32 size, u32 label_size);

/* No index block that passes label_index_check() declares more; more than label_nslot() it may. */
u32 label_nslot_max(u32 size);

/*
 * label_index_check() - is this an index block that may be trusted?
 * @index: bytes at @off of the area, @avail of them readable
 * @which: 0 or 1, which of the two
 */
enum nd_reason label_index_check(const struct nd_media_index *index, u32 avail, u32 which,
				 u32 area_size);

/* Bytes of each slot by the index block's version, 128 or 256; 0 for an unknown version. */
u32 label_index_label_size(const struct nd_media_index *index);

/* Checksum of an index block of @index_size bytes, its own field counting as zero. */
u64 label_index_checksum(const struct nd_media_index *index, u32 index_size);

/* The newer of two valid sequence numbers in the cycle 1, 2, 3: true when @a is. */
bool label_seq_newer(u32 a, u32 b);

/* What follows @seq in the cycle 1, 2, 3; 1 follows 0. */
u32 label_seq_next(u32 seq);

#endif /* _ND_LABEL_LABEL_H */
