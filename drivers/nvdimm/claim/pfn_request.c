// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace as a question to the layout engine, and the engine's answer as
 * what is served.
 */
#include <linux/device.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include "claim/pfn.h"
#include "region/range_map.h"

/* ---- the question ---- */

int nd_pfn_ask(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
	       u32 page_struct_size, struct pfn_request *req)
{
	u64 memmap;

	*req = (struct pfn_request) {
		.start = start,
		.size = size,
		.page_size = PAGE_SIZE,
		.page_struct_size = page_struct_size,
		.granule = memremap_compat_align(),
		.unit = nd_hotplug_unit(),
		.rounds_out = !compat_subsections(),
		.section = nd_section_size(),
	};
	/* vmemmap uses huge pages only where sections fill them */
	memmap = (req->section >> PAGE_SHIFT) * page_struct_size;
	req->block = IS_ALIGNED(memmap, PMD_SIZE) ? PMD_SIZE : PAGE_SIZE;
	return nd_neighbours_collect(region, self, start, size, &req->neighbours);
}

int nd_pfn_ask_ns(struct nd_namespace_common *ndns, u32 page_struct_size,
		  struct pfn_request *req)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	struct nd_region *region = to_nd_region(ndns->dev.parent);

	guard(nd_config_read)(region);
	return nd_pfn_ask(region, to_nd_ns(&ndns->dev), res->start, resource_size(res),
			  page_struct_size, req);
}

void nd_pfn_asked(struct pfn_request *req)
{
	kfree(req->neighbours.entry);
	req->neighbours = (struct pfn_neighbours) { };
}

u64 nd_pfn_compounds(void)
{
	u32 choice[ND_PFN_ALIGNS];
	unsigned int n = nd_pfn_alignments(choice);
	u64 sizes = PAGE_SIZE;

	while (--n)
		if (compat_tails_shared(choice[n]))
			sizes |= choice[n];
	return sizes;
}

/* ---- the answer ---- */

static void request_unserve(void *data)
{
	struct nd_ns *ns = data;

	nd_range_owner_remove(&ns->pages);
	guard(nd_config_write)(ns->region);
	ns->served = (struct ns_account) { };
}

static int ns_served(struct device *dev, struct nd_ns *ns, const struct pfn_layout *l)
{
	scoped_guard(nd_config_write, ns->region)
		ns->served = (struct ns_account) {
			.valid = true,
			.usable = l->usable,
			.memmap = l->memmap_dev,
			.memmap_dram = l->memmap_dram,
			.pad = pfn_layout_pad(l),
		};
	return devm_add_action_or_reset(dev, request_unserve, ns);
}

int nd_ns_serve(struct device *dev, struct nd_namespace_common *ndns, const struct pfn_layout *l,
		int (*lay_out)(void *data), void *data)
{
	struct nd_ns *ns = to_nd_ns(&ndns->dev);
	struct pfn_neighbour other;
	int tries, rc;

	for (tries = 0; tries < ND_PFN_TRIES; tries++) {
		rc = lay_out(data);
		if (rc)
			return rc;
		if (!l->pages || nd_range_owner_pages(&ns->pages, l->map_start, l->map_size,
						      dev_name(&ndns->dev), &other))
			return ns_served(dev, ns, l);
		dev_info(dev, "%s at %#llx-%#llx has just taken struct pages that both could have had: laid out again\n",
			 other.name, other.start, other.start + other.size - 1);
	}
	return nd_refuse(dev, -EADDRINUSE, ND_REASON_CONFLICT,
			 "%s at %#llx-%#llx has just taken the struct pages of %#llx bytes that it shares with %#llx-%#llx, %u times in a row; try again",
			 other.name, other.start, other.start + other.size - 1, nd_hotplug_unit(),
			 l->map_start, l->map_start + l->map_size - 1, ND_PFN_TRIES);
}
EXPORT_SYMBOL_GPL(nd_ns_serve);

/* ---- saying what stands in the way ---- */

/* Who shares a unit with the map, as the engine has found. */
static void report_conflict(struct device *dev, int err, const struct pfn_request *req,
			    const struct pfn_layout *l)
{
	const struct pfn_neighbour *near = l->before ?: l->behind;
	u64 at = l->before ? ALIGN_DOWN(l->map_start, req->unit) :
			     ALIGN_DOWN(l->map_start + l->map_size, req->unit);

	nd_remark(dev, err, ND_REASON_CONFLICT,
		  "no struct pages, so no dax: %#llx-%#llx shares %#llx-%#llx with %s at %#llx-%#llx, and here one owner only has struct pages in it; disable that first, or create anew, which gives up %llu bytes",
		  l->map_start, l->map_start + l->map_size - 1, at, at + req->unit - 1, near->name,
		  near->start, near->start + near->size - 1,
		  pfn_neighbour_lost(near, l->map_start, l->map_size, req->unit));
}

int nd_pfn_report(struct device *dev, const struct pfn_request *req, const struct pfn_info *info,
		  const struct pfn_layout *l)
{
	int err = l->remark == ND_REASON_CONFLICT ? -EADDRINUSE : -EOPNOTSUPP;

	switch (l->remark) {
	case ND_REASON_OK:
		return 0;
	case ND_REASON_CONFLICT:
		report_conflict(dev, err, req, l);
		break;
	case ND_REASON_ALIGN:
		nd_remark(dev, err, ND_REASON_ALIGN,
			  "no struct pages, so no dax: %#llx-%#llx does not start and end at multiples of %#llx, by which they come",
			  l->map_start, l->map_start + l->map_size - 1, req->granule);
		break;
	case ND_REASON_RESERVED:
		nd_remark(dev, err, ND_REASON_RESERVED,
			  "no struct pages, so no dax: the info-block has flags %#x, a newer driver wrote it",
			  info->flags);
		break;
	case ND_REASON_PAGE_SIZE:
		nd_remark(dev, err, ND_REASON_PAGE_SIZE,
			  "memmap in DRAM, %llu bytes: that on media is for pages of %u bytes and a struct page of %u, this kernel has %u and %u",
			  l->memmap_dram, info->page_size, info->page_struct_size, req->page_size,
			  req->page_struct_size);
		break;
	default:
		nd_remark(dev, err, l->remark,
			  "memmap in DRAM, %llu bytes: the %#llx bytes before the data do not hold it here",
			  l->memmap_dram, info->dataoff);
		break;
	}
	return err;
}

int nd_pfn_whole(struct device *dev, struct nd_namespace_common *ndns, struct pfn_layout *l)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	struct pfn_request req;
	int rc;

	/* of no concern unless struct pages are wanted */
	*l = (struct pfn_layout) {
		.map_start = res->start,
		.map_size = resource_size(res),
		.data_start = res->start,
		.usable = resource_size(res),
	};
	if (!pmem_should_map_pages(dev))
		return 0;
	rc = nd_pfn_ask_ns(ndns, sizeof(struct page), &req);
	if (rc)
		return rc;
	if (pfn_layout_whole(&req, l) == ND_REASON_OK)
		nd_pfn_report(dev, &req, NULL, l);
	if (l->end_trunc)
		nd_remark(dev, -EOPNOTSUPP, l->behind ? ND_REASON_CONFLICT : ND_REASON_ALIGN,
			  "trimmed: struct pages end at a multiple of %#llx%s%s, so %#llx-%#llx is not served; in raw mode (force_raw) it is",
			  l->behind ? req.unit : req.granule, l->behind ? " beside " : "",
			  l->behind ? l->behind->name : "", l->map_start + l->map_size,
			  (u64)res->end);
	l->before = NULL;
	l->behind = NULL;
	nd_pfn_asked(&req);
	return 0;
}
EXPORT_SYMBOL_GPL(nd_pfn_whole);
