/* SPDX-License-Identifier: GPL-2.0 */
/* Labels of the DIMMs of a region against each other, by the drivers' own code. Pure. */
#ifndef _NDSTACK_CHECK_SET_H
#define _NDSTACK_CHECK_SET_H

#include <linux/types.h>
#include "label/area.h"
#include "label/set.h"

#define CHECK_DIMMS	32

/**
 * struct check_dimm - a DIMM of a region
 * @name: of it
 * @bytes: its label area, aligned to 8; NULL: it cannot be read
 * @size: of that
 * @start: first byte that the region has of it
 * @length: how many
 * @position: in the interleave set, as firmware says; -1: it does not
 * @shared: other regions lie on it, too
 * @area: of @bytes; valid or not
 * @reason: unless valid, what is wrong with it
 * @labels: that can be read, of this region
 * @nr: how many
 * @strange: that belong to another interleave set
 * @bad: active slots that cannot be read
 * @bad_slot: the first of them
 * @bad_reason: what is wrong with it
 */
struct check_dimm {
	char name[64];
	u8 *bytes;
	u32 size;
	u64 start;
	u64 length;
	int position;
	bool shared;
	struct label_area area;
	enum nd_reason reason;
	struct nd_label *labels;
	u32 nr;
	u32 strange;
	u32 bad;
	u32 bad_slot;
	enum nd_reason bad_reason;
};

/**
 * struct check_set - of a region
 * @dimms: in the order of its mappings, @nr of them
 * @cookies: by which its labels are known; 0: none
 * @namespaces: that are whole
 * @torn: of these, whose labels an interrupted change has left unlike
 * @leftovers: labels that an interrupted change has left, and which are nobody's
 * @kept: labels whose namespace cannot be used
 * @first_kept: the first of them: index of the DIMM, and slot
 * @closed: OK, or why nothing can be created
 * @closed_by: index of the DIMM
 */
struct check_set {
	struct check_dimm dimms[CHECK_DIMMS];
	u32 nr;
	u64 cookies[2];
	u32 namespaces;
	u32 torn;
	u32 leftovers;
	u32 kept;
	u32 first_kept[2];
	enum nd_reason closed;
	u32 closed_by;
};

/*
 * check_set() - @set with dimms and cookies; the rest is filled in
 *
 * Return: 0, to be freed with check_set_free(), or -ENOMEM.
 */
int check_set(struct check_set *set);
/* And bytes. */
void check_set_free(struct check_set *set);

#endif /* _NDSTACK_CHECK_SET_H */
