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

#endif /* _ND_LABEL_LABEL_H */
