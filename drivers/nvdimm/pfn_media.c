// SPDX-License-Identifier: GPL-2.0
/*
 * The info-block on media: read and judge it, or lay a new namespace out and
 * write it, and describe the result to the kernel's memory management.
 */
#include <linux/badblocks.h>
#include <linux/device.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "claim.h"
#include "pfn.h"

/* What every kernel reserves for a struct page, so that any of them can open the namespace. */
#define PFN_STRUCT_PAGE	64

static u64 section_size(u64 granule)
{
#ifdef CONFIG_SPARSEMEM
	return max(granule, 1ull << SECTION_SIZE_BITS);
#else
	return granule;
#endif
}

/* The place, on this kernel. */
static struct pfn_request request(struct nd_namespace_common *ndns, u32 page_struct_size)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	struct pfn_request req = {
		.start = res->start,
		.size = resource_size(res),
		.page_size = PAGE_SIZE,
		.page_struct_size = page_struct_size,
		.granule = memremap_compat_align(),
	};
	u64 memmap;

	req.section = section_size(req.granule);
	/* vmemmap uses huge pages only where sections fill them */
	memmap = (req.section >> PAGE_SHIFT) * page_struct_size;
	req.block = IS_ALIGNED(memmap, PMD_SIZE) ? PMD_SIZE : PAGE_SIZE;
	return req;
}

/* ---- reading ---- */

static int refuse_info(struct device *dev, enum nd_why why, const struct pfn_info *info)
{
	switch (why) {
	case ND_WHY_CHECKSUM:
		return nd_fail(dev, -EIO, why,
			       "info-block: wrong checksum; to give the namespace up, set force_raw and zero bytes 4096 to 8191");
	case ND_WHY_VERSION:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: not version 1.x, a newer driver wrote it");
	case ND_WHY_RESERVED:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: version 1.%u with flags %#x, a newer driver wrote it",
			       info->minor, info->flags);
	case ND_WHY_MODE:
		return nd_fail(dev, -ENXIO, why, "info-block: mode %u is neither 1 nor 2",
			       info->mode);
	case ND_WHY_BOUNDS:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: data at byte %llu, inside the first %u", info->dataoff,
			       ND_INFO_RESERVE);
	case ND_WHY_ALIGN:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: data offset %#llx or alignment %#x is crooked",
			       info->dataoff, info->align);
	default:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: page size %u, struct page of %u bytes",
			       info->page_size, info->page_struct_size);
	}
}

/* Left over by a namespace that was here before? Its numbers mean nothing now. */
static bool left_over(struct nd_namespace_common *ndns, const struct pfn_info *info)
{
	const uuid_t *uuid = nd_dev_to_uuid(&ndns->dev);

	return !uuid_equal(&info->parent_uuid, uuid ?: &uuid_null);
}

int nd_pfn_read_info(struct device *dev, struct nd_namespace_common *ndns, struct pfn_info *info)
{
	struct nd_media_pfn *media __free(kfree) = kmalloc(sizeof(*media), GFP_KERNEL);
	enum nd_why why;
	int rc;

	if (!media)
		return -ENOMEM;
	rc = nvdimm_read_bytes(ndns, ND_INFO_OFFSET, media, sizeof(*media), 0);
	if (rc)
		return nd_fail(dev, -EIO, ND_WHY_MEDIA,
			       "bytes 4096 to 8191 of %s are unreadable (%d): poison there hides whether it has an info-block",
			       dev_name(&ndns->dev), rc);
	why = pfn_info_decode(media, info);
	switch (why) {
	case ND_WHY_SIGNATURE:
		return -ENODEV;
	case ND_WHY_CHECKSUM:
	case ND_WHY_VERSION:
		return refuse_info(dev, why, info);
	default:
		break;
	}
	if (left_over(ndns, info)) {
		dev_info(dev, "info-block %pUb ignored: it was made in namespace %pUb\n",
			 &info->uuid, &info->parent_uuid);
		return -ENODEV;
	}
	return why == ND_WHY_OK ? 0 : refuse_info(dev, why, info);
}

static int refuse_layout(struct device *dev, enum nd_why why, const struct pfn_request *req,
			 const struct pfn_info *info, const struct pfn_layout *l)
{
	switch (why) {
	case ND_WHY_PAD:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: pads of %u and %u bytes leave nothing of %llu",
			       info->start_pad, info->end_trunc, req->size);
	case ND_WHY_BOUNDS:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: data at byte %#llx of a namespace of %#llx, has it shrunk?",
			       info->start_pad + info->dataoff, req->size);
	case ND_WHY_ALIGN:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "%#llx-%#llx, data at %#llx: struct pages come by %#llx bytes of address; force_raw still reads it",
			       l->map_start, l->map_start + l->map_size - 1, l->data_start,
			       req->granule);
	case ND_WHY_PAGE_SIZE:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: memmap for pages of %u bytes and a struct page of %u, this kernel has %u and %u",
			       info->page_size, info->page_struct_size, req->page_size,
			       req->page_struct_size);
	case ND_WHY_SPACE:
		return nd_fail(dev, -EOPNOTSUPP, why,
			       "info-block: a memmap of %llu bytes does not fit before the data at %#llx",
			       l->memmap_dev, info->dataoff);
	default:
		return nd_fail(dev, -EOPNOTSUPP, why, "%#llx bytes at %#llx are no range to map",
			       req->size, req->start);
	}
}

int nd_pfn_read_layout(struct device *dev, struct nd_namespace_common *ndns,
		       const struct pfn_info *info, struct pfn_layout *layout)
{
	struct pfn_request req = request(ndns, sizeof(struct page));
	enum nd_why why = pfn_layout_read(&req, info, layout);

	return why == ND_WHY_OK ? 0 : refuse_layout(dev, why, &req, info, layout);
}

/* Who changed the configuration has to give it a new identity, and to erase the old one first. */
static int agree(struct nd_pfn *pfn)
{
	struct device *dev = &pfn->claim.dev;
	const struct pfn_info *info = &pfn->info;

	if (info->dax != is_nd_dax(dev))
		return nd_fail(dev, -EOPNOTSUPP, ND_WHY_MODE,
			       "%s has the info-block of a %s device; zero bytes 4096 to 8191 in raw mode to change that",
			       dev_name(&pfn->claim.ndns->dev), info->dax ? "dax" : "pfn");
	if (!uuid_equal(&info->uuid, &pfn->claim.uuid))
		return nd_fail(dev, -EOPNOTSUPP, ND_WHY_UUID,
			       "%s has info-block %pUb, not %pUb; zero bytes 4096 to 8191 in raw mode to start anew",
			       dev_name(&pfn->claim.ndns->dev), &info->uuid, &pfn->claim.uuid);
	if (info->mode != pfn->mode || pfn_info_align(info) != pfn->align)
		return nd_fail(dev, -EOPNOTSUPP, ND_WHY_MODE,
			       "info-block has mode %u, align %u; configured is mode %u, align %llu",
			       info->mode, pfn_info_align(info), pfn->mode, pfn->align);
	return 0;
}

/* ---- creating ---- */

static int refuse_plan(struct nd_pfn *pfn, enum nd_why why, const struct pfn_request *req)
{
	struct device *dev = &pfn->claim.dev;

	switch (why) {
	case ND_WHY_MODE:
		return nd_fail(dev, -ENXIO, why, "set mode to ram or pmem first");
	case ND_WHY_ALIGN:
		return nd_fail(dev, -EINVAL, why,
			       "%s starts at %#llx, struct pages need a multiple of %#llx; it can be used raw",
			       dev_name(&pfn->claim.ndns->dev), req->start, req->granule);
	case ND_WHY_SIZE:
		return nd_fail(dev, -ENXIO, why,
			       "%#llx bytes at %#llx leave no data aligned to %#llx; a smaller align may",
			       req->size, req->start, max(req->align, req->granule));
	default:
		return nd_fail(dev, -EINVAL, why, "%#llx bytes at %#llx, align %#llx",
			       req->size, req->start, req->align);
	}
}

/* Decide on a layout; nothing is written yet. */
static int plan(struct nd_pfn *pfn)
{
	struct nd_claim *claim = &pfn->claim;
	struct device *dev = &claim->dev;
	struct nd_region *region = to_nd_region(dev->parent);
	const uuid_t *parent = nd_dev_to_uuid(&claim->ndns->dev);
	struct pfn_request req = request(claim->ndns, PFN_STRUCT_PAGE);
	enum nd_why why;

	if (region->ro)
		return nd_fail(dev, -ENXIO, ND_WHY_READ_ONLY,
			       "%s is read-only: no info-block can be made",
			       dev_name(&region->dev));
	if (pfn->mode == ND_PFN_MODE_PMEM && sizeof(struct page) > PFN_STRUCT_PAGE)
		return nd_fail(dev, -EINVAL, ND_WHY_PAGE_SIZE,
			       "struct page has %zu bytes in this kernel, %u are portable: use mode ram",
			       sizeof(struct page), PFN_STRUCT_PAGE);
	req.mode = pfn->mode;
	req.align = pfn->align;
	why = pfn_layout_create(&req, &pfn->layout);
	if (why != ND_WHY_OK)
		return refuse_plan(pfn, why, &req);
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
		.align = pfn->align,
		.page_size = PAGE_SIZE,
		.page_struct_size = PFN_STRUCT_PAGE,
	};
	return 0;
}

/*
 * Power may fail at any store: the signature goes first and comes last, and
 * half of it is none.
 */
static int write_info(struct nd_pfn *pfn)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	struct nd_media_pfn *media __free(kfree) = kmalloc(sizeof(*media), GFP_KERNEL);
	u8 signature[ND_SIG_LEN];
	int rc;

	if (!media)
		return -ENOMEM;
	pfn_info_encode(&pfn->info, media);
	memcpy(signature, media->signature, ND_SIG_LEN);
	memset(media->signature, 0, ND_SIG_LEN);
	rc = nvdimm_write_bytes(ndns, ND_INFO_OFFSET, media->signature, ND_SIG_LEN, 0);
	if (!rc)
		rc = nvdimm_write_bytes(ndns, ND_INFO_OFFSET, media, sizeof(*media), 0);
	if (!rc)
		rc = nvdimm_write_bytes(ndns, ND_INFO_OFFSET, signature, ND_SIG_LEN, 0);
	if (rc)
		return nd_fail(&pfn->claim.dev, rc, ND_WHY_MEDIA,
			       "cannot write the info-block of %s", dev_name(&ndns->dev));
	return 0;
}

/* ---- the memmap area ---- */

/* Overwrite bad sectors in bytes [at, end) of the namespace, which is mapped that far. */
static int overwrite_bad(struct nd_pfn *pfn, u64 at, u64 end)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	struct badblocks *bb = &to_nd_namespace_io(&ndns->dev)->bb;
	void *zero __free(kfree) = kzalloc(SZ_4K, GFP_KERNEL);
	sector_t bad, nr;
	u64 len;
	int rc;

	if (!zero)
		return -ENOMEM;
	while (at < end &&
	       badblocks_check(bb, at >> SECTOR_SHIFT, (end - at) >> SECTOR_SHIFT, &bad, &nr)) {
		len = min(end, (u64)(bad + nr) << SECTOR_SHIFT);
		at = max(at, (u64)bad << SECTOR_SHIFT);
		len = min_t(u64, len - at, SZ_4K);
		rc = nvdimm_write_bytes(ndns, at, zero, len, 0);
		if (rc)
			return nd_fail(&pfn->claim.dev, rc, ND_WHY_MEDIA,
				       "poison at byte %#llx, where the memmap belongs, cannot be cleared; mode ram needs no memmap there",
				       at);
		at += len;
	}
	return 0;
}

/* The kernel will build struct pages there: contents don't matter, poison does. */
static int cure_memmap(struct nd_pfn *pfn)
{
	struct nd_namespace_common *ndns = pfn->claim.ndns;
	struct device *dev = &pfn->claim.dev;
	u64 at = pfn->layout.start_pad + pfn->layout.reserve;
	u64 end = pfn->layout.start_pad + pfn->layout.dataoff;
	sector_t bad, nr;
	int rc;

	if (pfn->mode != ND_PFN_MODE_PMEM ||
	    !badblocks_check(&to_nd_namespace_io(&ndns->dev)->bb, at >> SECTOR_SHIFT,
			     (end - at) >> SECTOR_SHIFT, &bad, &nr))
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
		.end_pfn = PHYS_PFN(l->map_start + l->map_size - 1),
		.reserve = l->altmap_reserve,
		.free = l->altmap_free,
	};

	pgmap->range.start = l->map_start;
	pgmap->range.end = l->map_start + l->map_size - 1;
	pgmap->nr_range = 1;
	if (pfn->mode != ND_PFN_MODE_PMEM)
		return;
	/* some of its members are const */
	memcpy(&pgmap->altmap, &altmap, sizeof(altmap));
	pgmap->flags |= PGMAP_ALTMAP_VALID;
}

/* Alignment is a wish: a namespace that has moved is served with smaller pages. */
static void settle_align(struct nd_pfn *pfn)
{
	u32 choice[ND_PFN_ALIGNS];
	unsigned int n = nd_pfn_alignments(choice);

	while (n > 1 && choice[n - 1] > pfn->layout.align)
		n--;
	pfn->layout.align = choice[n - 1];
	if (pfn->layout.align < pfn->align)
		dev_info(&pfn->claim.dev,
			 "data at %#llx, laid out for an alignment of %llu, has pages of at most %llu bytes\n",
			 pfn->layout.data_start, pfn->align, pfn->layout.align);
}

int nvdimm_setup_pfn(struct nd_pfn *pfn, struct dev_pagemap *pgmap)
{
	struct nd_claim *claim = &pfn->claim;
	struct device *dev = &claim->dev;
	bool fresh = false;
	int rc;

	pfn->valid = false;
	if (!claim->ndns || !claim->has_uuid)
		return nd_fail(dev, -ENODEV, ND_WHY_UUID, "set uuid and namespace first");
	rc = nd_pfn_read_info(dev, claim->ndns, &pfn->info);
	if (!rc) {
		rc = agree(pfn) ?: nd_pfn_read_layout(dev, claim->ndns, &pfn->info, &pfn->layout);
	} else if (rc == -ENODEV) {
		fresh = true;
		rc = plan(pfn);
	}
	if (!rc)
		rc = cure_memmap(pfn);
	if (!rc && fresh)
		rc = write_info(pfn);
	if (rc)
		return rc;

	if (pfn->layout.truncated)
		dev_info(dev, "info-block counts %llu pages, %llu are there and used\n",
			 pfn->info.npfns, pfn->layout.npfns);
	settle_align(pfn);
	fill_pagemap(pfn, pgmap);
	pfn->valid = true;
	return 0;
}
EXPORT_SYMBOL_GPL(nvdimm_setup_pfn);
