/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a legacy range is divided when its owner wants labels. Pure.
 *
 *	start                                             start + size
 *	| region: whole granules                | unused | labels | rest |
 *
 * The labels lie at the end of the range's last whole page, so that range and label
 * size are enough to find them. The region ends at a granule, so that all
 * of it can have struct pages; less than a granule and a page is unused.
 */
#ifndef _ND_E820_CARVE_H
#define _ND_E820_CARVE_H

#include <linux/types.h>
#include <nd/reason.h>

/* What fits a single command to the DIMM; two index blocks and a few labels. */
#define E820_LABELS_MAX		(1u << 20)
#define E820_LABELS_MIN		(4u << 10)

/**
 * struct e820_carve - parts of a range
 * @start: first byte of the region
 * @size: bytes of it
 * @labels: address of the label area
 * @label_size: bytes of it; 0: none
 * @cookie: of the interleave set of one DIMM that the region is
 */
struct e820_carve {
	u64 start;
	u64 size;
	u64 labels;
	u32 label_size;
	u64 cookie;
};

/**
 * e820_carve_whole() - a range without labels: its whole pages
 * @start: of the range
 * @size: bytes of it
 * @page: bytes of a page, a power of two
 * @out: the parts
 *
 * Return: OK; BOUNDS: the range wraps; SIZE: no whole page.
 */
enum nd_reason e820_carve_whole(u64 start, u64 size, u64 page, struct e820_carve *out);

/**
 * e820_carve_labels() - a range with labels
 * @start: of the range
 * @size: bytes of it
 * @label_size: a multiple of @page, from E820_LABELS_MIN to E820_LABELS_MAX
 * @page: bytes of a page, a power of two
 * @granule: bytes at whose multiples struct pages begin and end, a power of two
 * @out: the parts
 *
 * @out->cookie depends on the sizes of region and label area alone: a range
 * that has moved keeps its namespaces, one that has grown or shrunk does not
 * find labels that speak of another capacity.
 *
 * Return: OK; ARGUMENT: no such label size; BOUNDS: the range wraps; SIZE: not a
 * granule is left for the region.
 */
enum nd_reason e820_carve_labels(u64 start, u64 size, u64 label_size, u64 page, u64 granule,
				 struct e820_carve *out);

#endif /* _ND_E820_CARVE_H */
