/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pfn and dax devices: a namespace with struct pages, described by an
 * info-block.
 *
 *	pfn_info.c	info-block codec (pure)
 *	pfn_layout.c	where memmap, data and pads lie (pure)
 *	pfn.c		the devices and their attributes
 *	pfn_media.c	the info-block on media: read, judge, create; the pagemap
 */
#ifndef _ND_PFN_H
#define _ND_PFN_H

#include <linux/memremap.h>
#include "claim.h"
#include "pfn_info.h"
#include "pfn_layout.h"

/**
 * struct nd_pfn - a pfn or dax device
 * @claim: common part; kind PFN or DAX
 * @mode: ND_PFN_MODE_*, as configured or found on media
 * @align: bytes, as configured or found on media
 * @valid: @info and @layout describe the media: from a successful nvdimm_setup_pfn() on
 * @info: the info-block
 * @layout: what follows from it at today's address. @layout.data_start is physical address of
 *	LBA 0, @layout.dataoff its distance from the start of the pagemap
 *
 * Changed under the device lock and the region's config lock; either is enough to read
 * @mode and @align. The rest belongs to the device lock.
 */
struct nd_pfn {
	struct nd_claim claim;
	u32 mode;
	u64 align;
	bool valid;
	struct pfn_info info;
	struct pfn_layout layout;
};

static inline struct nd_pfn *to_nd_pfn(const struct device *dev)
{
	return container_of(to_nd_claim(dev), struct nd_pfn, claim);
}

/**
 * nd_pfn_detect() - look for a pfn or dax info-block
 * @dev: the namespace device, being probed; told with nd_fail() what is wrong
 * @ndns: mapped for the info-block reserve
 *
 * A pfn or dax device that owns @ndns is registered when there is one.
 *
 * Context: @dev's device lock.
 * Return: 0 when claimed; -ENODEV: no info-block that belongs to this
 * namespace and is of a kind that its class admits; -EIO: unreadable, or its
 * checksum is wrong; -EOPNOTSUPP, -ENXIO: it describes what cannot be served;
 * -EBUSY, -ENOMEM, -ENOSPC.
 */
int nd_pfn_detect(struct device *dev, struct nd_namespace_common *ndns);

/**
 * nvdimm_setup_pfn() - read, or on first use write, the info-block; fill @pgmap
 * @nd_pfn: configured: namespace, mode, uuid, align
 * @pgmap: .range, .nr_range, .altmap and PGMAP_ALTMAP_VALID are set; type and
 *	ops are the driver's. The map starts at layout.map_start
 *
 * Writes to media only when there is no info-block, or one that was made in
 * another namespace; such that power may fail at any store and the next load
 * finds no info-block or the whole of it. Poison in the memmap area is
 * cleared, or refused. On success @nd_pfn is valid.
 *
 * Context: nd_pfn's device lock (probe); the namespace is mapped by
 * nd_ns_map(), at least ND_INFO_RESERVE bytes, for nd_pfn's device. It may be
 * mapped anew; after an error leave it to devres.
 * Return: 0 or a negative errno, told with nd_fail(): -ENODEV: no namespace or
 * uuid set; -EIO: media; -EOPNOTSUPP: the info-block disagrees with what is
 * configured or with the platform; -ENXIO: mode not set, no room, region
 * read-only; -EINVAL: misplaced namespace; -ENOMEM.
 */
int nvdimm_setup_pfn(struct nd_pfn *nd_pfn, struct dev_pagemap *pgmap);

/* ---- pfn.c: page-table sizes of this kernel ---- */

#define ND_PFN_ALIGNS	3

/**
 * nd_pfn_alignments() - page sizes a mapping can have: 4 KiB, 2 MiB, 1 GiB on x86-64
 * @align: out, bytes, ascending; has room for ND_PFN_ALIGNS
 *
 * Context: any. Return: how many there are, at least one.
 */
unsigned int nd_pfn_alignments(u32 *align);

/* ---- pfn_media.c ---- */

/**
 * nd_pfn_read_info() - read and judge the info-block of a namespace
 * @dev: who asks; told with nd_fail() about what must not be used
 * @ndns: mapped for the info-block reserve
 * @info: out
 *
 * Return: 0; -ENODEV: none, or one made in another namespace, of which @dev's
 * log has a line; else as nd_pfn_detect().
 */
int nd_pfn_read_info(struct device *dev, struct nd_namespace_common *ndns,
		     struct pfn_info *info);

/* Layout of @info at today's address; a refusal is told. 0, -EOPNOTSUPP. */
int nd_pfn_read_layout(struct device *dev, struct nd_namespace_common *ndns,
		       const struct pfn_info *info, struct pfn_layout *layout);

#endif /* _ND_PFN_H */
