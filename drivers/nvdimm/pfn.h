/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pfn and dax devices: a namespace with struct pages, described by an
 * info-block.
 *
 *	pfn_info.c	info-block codec (pure)
 *	pfn_layout.c	where memmap, data and pads lie (pure)
 *	pfn.c		the devices, their attributes, validation, set-up
 */
#ifndef _ND_PFN_H
#define _ND_PFN_H

#include <linux/memremap.h>
#include "claim.h"
#include "pfn_info.h"
#include "pfn_layout.h"

struct nd_pfn {
	struct nd_claim claim;		/* kind PFN or DAX */
	u32 mode;			/* ND_PFN_MODE_* as configured */
	unsigned long align;		/* as configured or recorded */
	bool valid;			/* info and layout below describe the media */
	struct pfn_info info;
	struct pfn_layout layout;
};

static inline struct nd_pfn *to_nd_pfn(const struct device *dev)
{
	return container_of(to_nd_claim(dev), struct nd_pfn, claim);
}

/**
 * nd_pfn_detect() - look for a pfn (or dax) info-block
 * Return: as nd_claim_detect().
 */
int nd_pfn_detect(struct device *dev, struct nd_namespace_common *ndns, bool dax);

/**
 * nvdimm_setup_pfn() - read, or on first use write, the info-block; fill @pgmap
 * @nd_pfn: configured: mode, uuid, align
 * @pgmap: .range, .nr_range, .altmap and PGMAP_ALTMAP_VALID are set; type and ops are the driver's
 *
 * Writes to media only when there is no info-block at all. Poison in the
 * memmap area is cleared, or refused.
 *
 * Context: nd_pfn's device lock (probe), its namespace mapped.
 * Return: 0 or a negative errno, told with nd_fail().
 */
int nvdimm_setup_pfn(struct nd_pfn *nd_pfn, struct dev_pagemap *pgmap);

#endif /* _ND_PFN_H */
