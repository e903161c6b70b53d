/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nd_e820: memory that the memory map calls persistent without saying more:
 * type 12 of old firmware, and memmap=SIZE!START on the kernel's command line.
 *
 *	nd_e820.c	the driver: ranges, overlaps, regions; DIMMs of ranges with labels
 *	carve.c		the parts of a range (pure)
 *
 * Unless labels are asked for, nothing here reads or writes the memory.
 */
#ifndef _ND_E820_H
#define _ND_E820_H

#include <linux/libnvdimm.h>
#include <linux/list.h>
#include "e820/carve.h"

/**
 * struct e820_range - a range and what has become of it
 * @node: among all ranges
 * @start: as the memory map has it
 * @end: last byte
 * @carve: its parts
 * @labels: label area, mapped; NULL without
 * @nvdimm: the DIMM, with labels
 * @set: the interleave set of that DIMM
 */
struct e820_range {
	struct list_head node;
	u64 start;
	u64 end;
	struct e820_carve carve;
	void *labels;
	struct nvdimm *nvdimm;
	struct nd_interleave_set set;
};

#endif /* _ND_E820_H */
