/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DPA space: which capacity of a mapping is free. Pure.
 *
 * Namespaces of a region lie at the same offset on each of its DIMMs, so the
 * space is computed in per-DIMM offsets from the mapping's start. The caller
 * passes the busy extents, sorted by start; they may touch and overlap (labels
 * of another set, orphans of an interrupted change).
 *
 * A byte at @offset of each DIMM lies at `start + ways * offset`. Offsets of
 * namespaces are multiples of the page size, for any number of ways, so that
 * labels never contain a fraction of a page.
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

/* A region that is too small for 16 MiB on each DIMM is divided in pages. */
u64 dpa_default_align(u64 size, u32 ways, u32 page);

/* May @align be set for a region? @ways times a power of two from @page up, at most @size. */
bool dpa_align_valid(u64 align, u32 ways, u64 size, u32 page);

/**
 * dpa_phase() - dpa_space.phase of an interleave set
 * @start: physical address of the region, a multiple of @page
 * @ways: DIMMs of the set
 * @align: of the region, see dpa_align_valid()
 * @page: page size
 *
 * With the phase, physical addresses of namespaces are multiples of @align if @ways
 * is a power of two, and of @align / @ways otherwise, which costs at most one @align at
 * the start of the region. 6 ways at a multiple of 16 MiB lose nothing, as in-tree. If no
 * multiple of @page leads to such an address, the phase is 0, and addresses are multiples of @page.
 */
u64 dpa_phase(u64 start, u32 ways, u64 align, u32 page);

/* Free bytes, counting only aligned extents. */
u64 dpa_free(const struct dpa_space *space);

/* Largest aligned free extent; size 0 when there is none. */
struct dpa_extent dpa_largest(const struct dpa_space *space);

/* Lowest aligned offset where @size bytes fit. */
bool dpa_find(const struct dpa_space *space, u64 size, u64 *start);

/* Free bytes directly behind @end: how far an extent that ends there could grow. */
u64 dpa_room(const struct dpa_space *space, u64 end);

#endif /* _ND_DPA_H */
