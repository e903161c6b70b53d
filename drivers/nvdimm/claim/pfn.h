/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pfn and dax devices: a namespace with struct pages, described by an
 * info-block.
 *
 *	layout/info_block.c	info-block codec (pure)
 *	layout/layout.c		where memmap, data and pads lie (pure)
 *	layout/neighbours.c	what neighbours take (pure)
 *	pfn_request.c		asking the engine about a namespace; serving what it answers
 *	pfn.c			the devices and their attributes
 *	pfn_setup.c		the info-block on media: read, judge, create; the pagemap
 */
#ifndef _ND_PFN_H
#define _ND_PFN_H

#include <linux/memremap.h>
#include "claim/claim.h"
#include "layout/info_block.h"
#include "layout/layout.h"

/**
 * struct nd_pfn - a pfn or dax device
 * @claim: common part; kind PFN or DAX
 * @mode: ND_PFN_MODE_*, as configured or found on media
 * @align: bytes, as configured (any power of two that places the data) or found on media (a
 *	page-table size)
 * @strict_align: refuse what has smaller pages than @align, or no dax, instead of serving it
 * @valid: @info and @layout describe the media: from a successful nvdimm_setup_pfn() on
 * @info: the info-block
 * @layout: what follows from it at today's address. @layout.data_start is physical address of
 *	LBA 0, @layout.dataoff its distance from the start of the pagemap
 *
 * Changed under the device lock and the region's config lock; either is enough to read
 * @mode, @align and @strict_align. The rest belongs to the device lock.
 */
struct nd_pfn {
	struct nd_claim claim;
	u32 mode;
	u64 align;
	bool strict_align;
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
 * @dev: the namespace device, being probed; told with nd_refuse() what is wrong
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
 * Writes to media only when there is no info-block, one that was made in another
 * namespace, or one of another uuid than the device was given; such that power may
 * fail at any store and the next load finds no info-block or the whole of it.
 * Poison in the memmap area is cleared, or refused. On success @nd_pfn is valid, and
 * nd_ns_serve() done.
 *
 * Where a pfn device cannot have struct pages it succeeds without: @pgmap has no
 * range then, and layout.pages is false. A dax device is refused.
 *
 * Context: nd_pfn's device lock (probe); the namespace is mapped by
 * nd_ns_map(), at least ND_INFO_RESERVE bytes, for nd_pfn's device. It may be
 * mapped anew; after an error leave it to devres.
 * Return: 0 or a negative errno, told with nd_refuse(): -ENODEV: no namespace or
 * uuid set; -EIO: media; -EOPNOTSUPP: the info-block disagrees with what is
 * configured or with the platform; -ENXIO: mode not set, no room, region
 * read-only; -EADDRINUSE: a neighbour is in the way; -ENOMEM.
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

/* ND_PFN_MODE_* as the attribute `mode` has it. */
const char *nd_pfn_mode_word(u32 mode);

/* The largest of them that is not above @align: what an info-block records. */
u32 nd_pfn_page_align(u64 align);

/* ---- pfn_setup.c ---- */

/**
 * nd_pfn_read_info() - read and judge the info-block of a namespace
 * @dev: the device that asks; told with nd_refuse() about what must not be used
 * @ndns: mapped for the info-block reserve
 * @info: out
 *
 * Return: 0; -ENODEV: none, or one made in another namespace, of which @dev's
 * log has a line; else as nd_pfn_detect().
 */
int nd_pfn_read_info(struct device *dev, struct nd_namespace_common *ndns,
		     struct pfn_info *info);

/*
 * nd_pfn_check_layout() - is there a layout of @info at today's address?
 * @strict: one that has struct pages
 *
 * Return: 0; -EOPNOTSUPP, -EADDRINUSE or -ENOMEM, told.
 */
int nd_pfn_check_layout(struct device *dev, struct nd_namespace_common *ndns,
			const struct pfn_info *info, bool strict);

/*
 * nd_pfn_check_plan() - could an info-block for @ndns be laid out as @pfn is configured?
 *
 * So that geometry is refused when it is configured, not when it is enabled. Whatever mode is
 * not set yet is no reason.
 *
 * Context: config held. Return: 0; -EINVAL, -EADDRINUSE told; -ENOMEM.
 */
int nd_pfn_check_plan(struct nd_pfn *pfn, struct nd_namespace_common *ndns);

/* ---- pfn_request.c ---- */

/* What every kernel reserves for a struct page, so that any of them can open the namespace. */
#define ND_PFN_STRUCT_PAGE	64

/*
 * nd_pfn_ask() - [@start, @start + @size) of @region on this platform, among its neighbours
 * @self: the namespace, or NULL for one that is not there yet
 * @req: out; mode and align are left to the caller. nd_pfn_asked() when done
 *
 * Context: config of @region held. Return: 0, -ENOMEM.
 */
int nd_pfn_ask(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
	       u32 page_struct_size, struct pfn_request *req);
/* The same for a bound or claimed namespace; takes config. */
int nd_pfn_ask_ns(struct nd_namespace_common *ndns, u32 page_struct_size,
		  struct pfn_request *req);
void nd_pfn_asked(struct pfn_request *req);

/* What to set pfn_request.compounds to for a dax device. */
u64 nd_pfn_compounds(void);

/* Record the layout's remark with nd_refuse(). Return: 0 when there is none, else its errno. */
int nd_pfn_report(struct device *dev, const struct pfn_request *req, const struct pfn_info *info,
		  const struct pfn_layout *layout);

/**
 * nd_pfn_whole() - layout of a namespace that is served without info-block
 * @dev: the namespace device, being probed; told what cannot be had
 * @ndns: the same
 * @layout: out; with struct pages if the provider wants them and they can be had
 *
 * Context: process. Return: 0, -ENOMEM.
 */
int nd_pfn_whole(struct device *dev, struct nd_namespace_common *ndns, struct pfn_layout *layout);

/* How often a namespace is laid out whose neighbours come up at the same moment. */
#define ND_PFN_TRIES	16u

/**
 * nd_ns_serve() - lay @ndns out, and put on record what @dev's driver serves of it
 * @dev: driver's device, for devres
 * @ndns: the namespace
 * @layout: @lay_out's: what is served, as the accounting attributes show it. With struct pages its
 *	units become @ndns's own, for neighbours to see
 * @lay_out: sets @layout for the neighbours that there are now; called again where one of them was
 *	quicker to take a unit. Return: 0; what it refuses is told
 * @data: for @lay_out
 *
 * To be called before the pages are made, and before the layout is on media;
 * undone after them when the driver is detached.
 *
 * Context: device lock of @dev. Return: 0; @lay_out's; -EADDRINUSE told; -ENOMEM.
 */
int nd_ns_serve(struct device *dev, struct nd_namespace_common *ndns,
		const struct pfn_layout *layout, int (*lay_out)(void *data), void *data);

#endif /* _ND_PFN_H */
