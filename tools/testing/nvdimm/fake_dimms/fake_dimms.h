/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is written to /dev/fake_dimms: a machine, then bytes of its label areas,
 * in one write. It takes the place of the machine before; a machine of no DIMMs
 * leaves none. Label areas are blank where nothing is written.
 */
#ifndef _FAKE_DIMMS_H
#define _FAKE_DIMMS_H

#include <linux/types.h>

#define FAKE_MAGIC	0x6d6d6964656b6166ull	/* "fakedimm" */
#define FAKE_DIMMS_MAX	96

/**
 * struct fake_machine - DIMMs and the interleave sets they form
 * @magic: FAKE_MAGIC
 * @ndimms: DIMMs, at most FAKE_DIMMS_MAX
 * @nregions: sets of @ndimms / @nregions neighbours; divides @ndimms
 * @area_size: bytes of each label area
 * @nbad: poisoned sectors, spread evenly over the first region
 * @dimm_size: bytes of each DIMM, all of them in its set
 * @base: physical address of the first set, the others follow. Nobody looks there
 *	before a driver binds to a namespace.
 * @cookie: of the first set, the others count up
 */
struct fake_machine {
	__u64 magic;
	__u32 ndimms;
	__u32 nregions;
	__u32 area_size;
	__u32 nbad;
	__u64 dimm_size;
	__u64 base;
	__u64 cookie;
};

/* Followed by @len bytes for @offset of @dimm's label area, padded to 8. */
struct fake_bytes {
	__u32 dimm;
	__u32 offset;
	__u32 len;
	__u32 reserved;
};

#endif /* _FAKE_DIMMS_H */
