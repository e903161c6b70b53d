/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DPA space: which capacity of a mapping is free. Pure.
 *
 * Namespaces of a region lie at the same offset on each of its DIMMs, so the
 * space is reckoned in per-DIMM offsets from the mapping's start. What is busy
 * is handed in, sorted by start; extents may touch and overlap (labels of
 * another set, orphans of an interrupted change).
 */
#ifndef _ND_DPA_H
#define _ND_DPA_H

#include <linux/types.h>

struct dpa_extent {
	u64 start;
	u64 size;
};

/**
 * struct dpa_space - a mapping's capacity
 * @size: bytes of the mapping
 * @align: free extents start and end at multiples of this (of the offset
 *	@phase onwards); any value >= 1, no power of two asked
 * @phase: offset 0 lies @phase bytes past an aligned address
 * @busy: sorted extents in use
 * @nr: how many
 */
struct dpa_space {
	u64 size;
	u64 align;
	u64 phase;
	const struct dpa_extent *busy;
	u32 nr;
};

/* Free bytes, counting only aligned extents. */
u64 dpa_free(const struct dpa_space *space);

/* Largest aligned free extent; size 0 when there is none. */
struct dpa_extent dpa_largest(const struct dpa_space *space);

/* Lowest aligned offset where @size bytes fit. */
bool dpa_find(const struct dpa_space *space, u64 size, u64 *start);

/* Free bytes directly behind @end: how far an extent that ends there could grow. */
u64 dpa_room(const struct dpa_space *space, u64 end);

#endif /* _ND_DPA_H */
