// SPDX-License-Identifier: GPL-2.0
/*
 * The info-block on media: read and judge it, or lay a new namespace out and
 * write it, and describe the result to the kernel's memory management.
 */
#include <linux/badblocks.h>
#include <linux/device.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "claim/claim.h"
#include "claim/pfn.h"
#include "layout/dry_run.h"
#include "poison/badblocks.h"

/* ---- reading ---- */

static int refuse_info(struct device *dev, enum nd_reason reason, const struct pfn_info *info)
{
	switch (reason) {
	case ND_REASON_CHECKSUM:
		return nd_refuse(dev, -EIO, reason,
				 "info-block: wrong checksum; to give the namespace up, set force_raw and zero bytes 4096 to 8191");
	case ND_REASON_VERSION:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: not version 1.x, a newer driver wrote it");
	case ND_REASON_RESERVED:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: version 1.%u with flags %#x, a newer driver wrote it",
				 info->minor, info->flags);
	case ND_REASON_MODE:
		return nd_refuse(dev, -ENXIO, reason, "info-block: mode %u is neither 1 nor 2",
				 info->mode);
	case ND_REASON_BOUNDS:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: data at byte %llu, inside the first %u",
				 info->dataoff, ND_INFO_RESERVE);
	case ND_REASON_ALIGN:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: data offset %#llx is not a multiple of 4096, or alignment %#x is not a power of two",
				 info->dataoff, info->align);
	default:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: page size %u, struct page of %u bytes",
				 info->page_size, info->page_struct_size);
	}
}

/* Left over by a namespace that was here before? Its numbers mean nothing now. */
static bool left_over(struct nd_namespace_common *ndns, const struct pfn_info *info, bool torn)
{
	const uuid_t *uuid = nd_dev_to_uuid(&ndns->dev) ?: &uuid_null;

	return torn ? pfn_info_torn_of_other(info, uuid) : !uuid_equal(&info->parent_uuid, uuid);
}

/*
 * A pfn or dax device is not made over bytes that cannot be read. A namespace is served raw, as
 * in-tree, unless an info-block has to be expected.
 */
static int info_unreadable(struct device *dev, struct nd_namespace_common *ndns, int rc)
{
	enum nd_hidden hidden = dev == &ndns->dev ? nd_claim_hidden(ndns, ND_INFO_OFFSET) :
						    ND_HIDDEN_EXPECTED;

	if (hidden == ND_HIDDEN_EXPECTED)
		return nd_refuse(dev, -EIO, ND_REASON_MEDIA,
				 "bytes 4096 to 8191 of %s are unreadable (%d): poison there hides whether it has an info-block",
				 dev_name(&ndns->dev), rc);
	if (hidden == ND_HIDDEN_UNLIKELY)
		nd_remark(dev, -EIO, ND_REASON_MEDIA,
			  "bytes 4096 to 8191 of %s are unreadable (%d): no label names a kind of namespace, so it is served raw; if it was fsdax or devdax, do not write to it",
			  dev_name(&ndns->dev), rc);
	return -ENODEV;
}

int nd_pfn_read_info(struct device *dev, struct nd_namespace_common *ndns, struct pfn_info *info)
{
	struct nd_media_pfn *media __free(kfree) = kmalloc(sizeof(*media), GFP_KERNEL);
	enum nd_reason reason;
	int rc;

	if (!media)
		return -ENOMEM;
	rc = nvdimm_read_bytes(ndns, ND_INFO_OFFSET, media, sizeof(*media), 0);
	if (rc)
		return info_unreadable(dev, ndns, rc);
	reason = pfn_info_decode(media, info);
	switch (reason) {
	case ND_REASON_SIGNATURE:
		return -ENODEV;
	case ND_REASON_VERSION:
		return refuse_info(dev, reason, info);
	default:
		break;
	}
	if (left_over(ndns, info, reason == ND_REASON_CHECKSUM)) {
		dev_info(dev, "info-block %pUb ignored: it was made in namespace %pUb%s\n",
			 &info->uuid, &info->parent_uuid,
			 reason == ND_REASON_CHECKSUM ? ", and is torn" : "");
		return -ENODEV;
	}
	return reason == ND_REASON_OK ? 0 : refuse_info(dev, reason, info);
}

static int refuse_layout(struct device *dev, enum nd_reason reason, const struct pfn_request *req,
			 const struct pfn_info *info, const struct pfn_layout *l)
{
	switch (reason) {
	case ND_REASON_PAD:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: pads of %u and %u bytes leave nothing of %llu",
				 info->start_pad, info->end_trunc, req->size);
	case ND_REASON_BOUNDS:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: data at byte %#llx of a namespace of %#llx, has it shrunk?",
				 info->start_pad + info->dataoff, req->size);
	case ND_REASON_ALIGN:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "info-block: pads of %u and %u bytes, data at %#llx: no multiple of a sector",
				 info->start_pad, info->end_trunc, l->data_start);
	default:
		return nd_refuse(dev, -EOPNOTSUPP, reason,
				 "%#llx bytes at %#llx cannot be mapped: not a valid range",
				 req->size, req->start);
	}
}

int nd_pfn_check_layout(struct device *dev, struct nd_namespace_common *ndns,
			const struct pfn_info *info, bool strict)
{
	struct pfn_layout layout;
	struct pfn_request req;
	enum nd_reason reason;
	int rc = nd_pfn_ask_ns(ndns, sizeof(struct page), &req);

	if (rc)
		return rc;
	reason = pfn_layout_read(&req, info, &layout);
	if (reason != ND_REASON_OK)
		rc = refuse_layout(dev, reason, &req, info, &layout);
	else if (strict && !layout.pages)
		rc = nd_pfn_report(dev, &req, info, &layout);
	nd_pfn_asked(&req);
	return rc;
}

/*
 * Serve what is recorded as well as today's platform can. A dax device is struct
 * pages and nothing else, and so is a pfn device to who relies on dax (X1).
 */
static int read_layout(struct nd_pfn *pfn)
{
	struct device *dev = &pfn->claim.dev;
	struct pfn_layout *l = &pfn->layout;
	struct pfn_request req;
	enum nd_reason reason;
	int rc = nd_pfn_ask_ns(pfn->claim.ndns, sizeof(struct page), &req);

	if (rc)
		return rc;
	if (is_nd_dax(dev))
		req.compounds = nd_pfn_compounds();
	reason = pfn_layout_read(&req, &pfn->info, l);
	if (reason != ND_REASON_OK) {
		rc = refuse_layout(dev, reason, &req, &pfn->info, l);
	} else {
		rc = nd_pfn_report(dev, &req, &pfn->info, l);
		if (l->pages || (is_nd_pfn(dev) && !pfn->strict_align))
			rc = 0;
	}
	nd_pfn_asked(&req);
	l->before = NULL;
	l->behind = NULL;
	return rc;
}

/*
 * Who gives the device another identity wants it made anew, whatever is there; who
 * changes the configuration and keeps the identity has to erase the old one first.
 *
 * Return: 0; -ENODEV: make it anew; -EOPNOTSUPP, told.
 */
static int pfn_agree(struct nd_pfn *pfn)
{
	struct device *dev = &pfn->claim.dev;
	const struct pfn_info *info = &pfn->info;

	if (!uuid_equal(&info->uuid, &pfn->claim.uuid)) {
		dev_info(dev, "info-block %pUb of %s makes way for %pUb\n", &info->uuid,
			 dev_name(&pfn->claim.ndns->dev), &pfn->claim.uuid);
		return -ENODEV;
	}
	if (info->dax != is_nd_dax(dev))
		return nd_refuse(dev, -EOPNOTSUPP, ND_REASON_MODE,
				 "%s has the info-block of a %s device; zero bytes 4096 to 8191 in raw mode to change that",
				 dev_name(&pfn->claim.ndns->dev), info->dax ? "dax" : "pfn");
	if (info->mode != pfn->mode ||
	    nd_pfn_page_align(pfn_info_align(info)) != nd_pfn_page_align(pfn->align))
		return nd_refuse(dev, -EOPNOTSUPP, ND_REASON_MODE,
				 "the info-block of %s has mode %s and align %u, configured are %s and %llu: write these to mode and align, or a new uuid to make it anew",
				 dev_name(&pfn->claim.ndns->dev), nd_pfn_mode_word(info->mode),
				 pfn_info_align(info), nd_pfn_mode_word(pfn->mode), pfn->align);
	return 0;
}

/* ---- creating ---- */

/* The largest smaller alignment that the same bytes can have, or 0. */
static u64 pfn_nearest_align(const struct pfn_request *req)
{
	const struct pfn_room room = { .step = req->size, .max = req->size };

	return pfn_smaller_align(req, &room, req->size);
}

static int refuse_plan(struct nd_pfn *pfn, enum nd_reason reason, const struct pfn_request *req,
		       const struct pfn_layout *l)
{
	struct device *dev = &pfn->claim.dev;
	const struct pfn_neighbour *near = l->before ?: l->behind;
	u64 least = max(req->align, req->granule);

	switch (reason) {
	case ND_REASON_MODE:
		return nd_refuse(dev, -ENXIO, reason, "set mode to ram or pmem first");
	case ND_REASON_CONFLICT:
		return nd_refuse(dev, -EADDRINUSE, reason,
				 "%s at %#llx-%#llx takes %llu bytes, and leaves no data aligned to %#llx in %#llx-%#llx: struct pages come by %#llx bytes, which have one owner; raw mode needs none, align=%llu does (0: none)",
				 near->name, near->start, near->start + near->size - 1,
				 pfn_neighbour_lost(near, req->start, req->size, req->unit), least,
				 req->start, req->start + req->size - 1, req->unit,
				 pfn_nearest_align(req));
	case ND_REASON_SIZE:
		return nd_refuse(dev, -EINVAL, reason,
				 "%#llx bytes at %#llx leave no data aligned to %#llx; align=%llu does (0: none), and for that align the namespace's admit tells which sizes do",
				 req->size, req->start, least, pfn_nearest_align(req));
	default:
		return nd_refuse(dev, -EINVAL, reason, "%#llx bytes at %#llx, align %#llx",
				 req->size, req->start, req->align);
	}
}

/* Who is strict creates nothing either that gives up bytes for its place, as in-tree. */
static int check_strict(struct nd_pfn *pfn, const struct pfn_request *req,
			const struct pfn_layout *l)
{
	if (!pfn->strict_align || !l->start_pad)
		return 0;
	return nd_refuse(&pfn->claim.dev, -EINVAL, ND_REASON_ALIGN,
			 "strict_align: %#llx bytes at %#llx would give up the first %llu, struct pages come by %#llx; with 0 in strict_align they do",
			 req->size, req->start, l->start_pad, req->granule);
}

int nd_pfn_check_plan(struct nd_pfn *pfn, struct nd_namespace_common *ndns)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	struct pfn_layout layout;
	struct pfn_request req;
	enum nd_reason reason;
	int rc;

	if (pfn->mode == ND_PFN_MODE_NONE)
		return 0;
	rc = nd_pfn_ask(to_nd_region(ndns->dev.parent), to_nd_ns(&ndns->dev), res->start,
			resource_size(res), ND_PFN_STRUCT_PAGE, &req);
	if (rc)
		return rc;
	req.mode = pfn->mode;
	req.align = pfn->align;
	reason = pfn_layout_create(&req, &layout);
	if (reason != ND_REASON_OK)
		rc = refuse_plan(pfn, reason, &req, &layout);
	else
		rc = check_strict(pfn, &req, &layout);
	nd_pfn_asked(&req);
	return rc;
}

/* The log tells what a neighbour takes: requirements A2. */
static void report_pads(struct device *dev, const struct pfn_request *req,
			const struct pfn_layout *l)
{
	if (l->before)
		dev_info(dev,
			 "%llu bytes at the start are given up: they share %#llx bytes with %s\n",
			 l->start_pad, req->unit, l->before->name);
	if (l->behind)
		dev_info(dev,
			 "%llu bytes at the end are given up: they share %#llx bytes with %s\n",
			 l->end_trunc, req->unit, l->behind->name);
}

static int pfn_lay_out(struct nd_pfn *pfn)
{
	struct device *dev = &pfn->claim.dev;
	struct pfn_layout *l = &pfn->layout;
	struct pfn_request req;
	enum nd_reason reason;
	int rc = nd_pfn_ask_ns(pfn->claim.ndns, ND_PFN_STRUCT_PAGE, &req);

	if (rc)
		return rc;
	req.mode = pfn->mode;
	req.align = pfn->align;
	if (is_nd_dax(dev))
		req.compounds = nd_pfn_compounds();
	reason = pfn_layout_create(&req, l);
	if (reason != ND_REASON_OK)
		rc = refuse_plan(pfn, reason, &req, l);
	else
		rc = check_strict(pfn, &req, l);
	if (!rc)
		report_pads(dev, &req, l);
	nd_pfn_asked(&req);
	l->before = NULL;
	l->behind = NULL;
	return rc;
}

/* Decide on a layout; nothing is written yet. */
static int pfn_plan(struct nd_pfn *pfn)
{
	struct nd_claim *claim = &pfn->claim;
	struct device *dev = &claim->dev;
	struct nd_region *region = to_nd_region(dev->parent);
	const uuid_t *parent = nd_dev_to_uuid(&claim->ndns->dev);
	int rc;

	if (nd_region_read_only(region))
		return nd_refuse(dev, -ENXIO, ND_REASON_READ_ONLY,
				 "%s is read-only: cannot write an info-block",
				 dev_name(&region->dev));
	if (pfn->mode == ND_PFN_MODE_PMEM && sizeof(struct page) > ND_PFN_STRUCT_PAGE)
		return nd_refuse(dev, -EINVAL, ND_REASON_PAGE_SIZE,
				 "struct page has %zu bytes in this kernel, %u are portable: use mode ram",
				 sizeof(struct page), ND_PFN_STRUCT_PAGE);
	rc = pfn_lay_out(pfn);
	if (rc)
		return rc;
	pfn->info = (struct pfn_info) {
		.dax = is_nd_dax(dev),
		.uuid = claim->uuid,
		.parent_uuid = parent ? *parent : uuid_null,
		.minor = PFN_INFO_MINOR,
		.dataoff = pfn->layout.dataoff,
		.npfns = pfn->layout.npfns,
		.mode = pfn->mode,
		.start_pad = pfn->layout.start_pad,
		.end_trunc = pfn->layout.end_trunc,
		.align = nd_pfn_page_align(pfn->align),
		.page_size = PAGE_SIZE,
		.page_struct_size = ND_PFN_STRUCT_PAGE,
	};
	return 0;
}

/* For pfn_info_write(). */
static int write_to(void *ndns, const void *bytes, u32 len)
{
	return nvdimm_write_bytes(ndns, ND_INFO_OFFSET, (void *)bytes, len, 0);
}

static int pfn_write_info(struct nd_pfn *pfn)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	struct nd_media_pfn *media __free(kfree) = kmalloc(sizeof(*media), GFP_KERNEL);
	int rc;

	if (!media)
		return -ENOMEM;
	rc = pfn_info_write(&pfn->info, media, write_to, ndns);
	if (rc)
		return nd_refuse(&pfn->claim.dev, rc, ND_REASON_MEDIA,
				 "cannot write the info-block of %s", dev_name(&ndns->dev));
	return 0;
}

/* ---- the memmap area ---- */

/* The first bad sector in bytes [at, end) of the namespace, and how many are from there on. */
static bool next_bad(struct nd_pfn *pfn, u64 at, u64 end, sector_t *bad, sector_t *nr)
{
	struct device *dev = &pfn->claim.ndns->dev;
	struct nd_namespace_io *nsio = to_nd_namespace_io(dev);

	return nvdimm_badblocks_check(to_nd_region(dev->parent), &nsio->bb, nsio->res.start,
				      at >> SECTOR_SHIFT, (end - at) >> SECTOR_SHIFT, bad, nr);
}

/* Overwrite bad sectors in bytes [at, end) of the namespace, which is mapped that far. */
static int overwrite_bad(struct nd_pfn *pfn, u64 at, u64 end)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	void *zero __free(kfree) = kzalloc(SZ_4K, GFP_KERNEL);
	sector_t bad, nr;
	u64 len;
	int rc;

	if (!zero)
		return -ENOMEM;
	while (at < end && next_bad(pfn, at, end, &bad, &nr)) {
		len = min(end, (u64)(bad + nr) << SECTOR_SHIFT);
		at = max(at, (u64)bad << SECTOR_SHIFT);
		len = min_t(u64, len - at, SZ_4K);
		rc = nvdimm_write_bytes(ndns, at, zero, len, 0);
		if (rc)
			return nd_refuse(&pfn->claim.dev, rc, ND_REASON_MEDIA,
					 "poison at byte %#llx, where the memmap belongs, cannot be cleared; mode ram needs no memmap there",
					 at);
		at += len;
	}
	return 0;
}

/* The kernel will build struct pages there: contents don't matter, poison does. */
static int clear_memmap(struct nd_pfn *pfn)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	struct device *dev = &pfn->claim.dev;
	u64 at = pfn->layout.start_pad + pfn->layout.reserve;
	u64 end = pfn->layout.start_pad + pfn->layout.dataoff;
	sector_t bad, nr;
	int rc;

	if (pfn->layout.mode != ND_PFN_MODE_PMEM || !next_bad(pfn, at, end, &bad, &nr))
		return 0;
	nd_ns_unmap(dev, ndns);
	rc = nd_ns_map(dev, ndns, end);
	return rc ?: overwrite_bad(pfn, at, end);
}

/* ---- set-up ---- */

static void fill_pagemap(const struct nd_pfn *pfn, struct dev_pagemap *pgmap)
{
	const struct pfn_layout *l = &pfn->layout;
	struct vmem_altmap altmap = {
		.base_pfn = PHYS_PFN(l->altmap_base),
		COMPAT_ALTMAP_END(PHYS_PFN(l->map_start + l->map_size - 1))
		.reserve = l->altmap_reserve,
		.free = l->altmap_free,
	};

	if (!l->pages)
		return;
	pgmap->range.start = l->map_start;
	pgmap->range.end = l->map_start + l->map_size - 1;
	pgmap->nr_range = 1;
	if (l->mode != ND_PFN_MODE_PMEM)
		return;
	/* some of its members are const */
	memcpy(&pgmap->altmap, &altmap, sizeof(altmap));
	pgmap->flags |= PGMAP_ALTMAP_VALID;
}

/*
 * Alignment is a wish: a namespace that has moved is served with smaller pages, unless its users
 * have said that they rely on it (X1).
 */
static int settle_align(struct nd_pfn *pfn)
{
	u32 wish = nd_pfn_page_align(pfn->align);
	struct device *dev = &pfn->claim.dev;
	struct pfn_layout *l = &pfn->layout;

	l->align = nd_pfn_page_align(l->align);
	if (!l->pages || l->align >= wish)
		return 0;
	if (pfn->strict_align)
		return nd_refuse(dev, -EOPNOTSUPP, ND_REASON_ALIGN,
				 "strict_align: data at %#llx, laid out for pages of %u bytes, can have pages of at most %llu here; with 0 in strict_align it is served with these",
				 l->data_start, wish, l->align);
	dev_info(dev, "data at %#llx, laid out for an alignment of %llu, has pages of at most %llu bytes\n",
		 l->data_start, pfn->align, l->align);
	return 0;
}

static int pfn_make_layout(void *data)
{
	return pfn_plan(data) ?: settle_align(data);
}

static int pfn_take_layout(void *data)
{
	return read_layout(data) ?: settle_align(data);
}

int nvdimm_setup_pfn(struct nd_pfn *pfn, struct dev_pagemap *pgmap)
{
	struct nd_claim *claim = &pfn->claim;
	struct device *dev = &claim->dev;
	bool fresh;
	int rc;

	pfn->valid = false;
	if (!claim->ndns || !claim->has_uuid)
		return nd_refuse(dev, -ENODEV, ND_REASON_UUID, "set uuid and namespace first");
	rc = nd_pfn_read_info(dev, claim->ndns, &pfn->info) ?: pfn_agree(pfn);
	fresh = rc == -ENODEV;
	if (!rc || fresh)
		rc = nd_ns_serve(dev, claim->ndns, &pfn->layout,
				 fresh ? pfn_make_layout : pfn_take_layout, pfn);
	if (!rc)
		rc = clear_memmap(pfn);
	if (!rc && fresh)
		rc = pfn_write_info(pfn);
	if (rc)
		return rc;

	if (pfn->layout.truncated)
		dev_info(dev, "info-block counts %llu pages, %llu are there and used\n",
			 pfn->info.npfns, pfn->layout.npfns);
	fill_pagemap(pfn, pgmap);
	pfn->valid = true;
	return 0;
}
EXPORT_SYMBOL_GPL(nvdimm_setup_pfn);
