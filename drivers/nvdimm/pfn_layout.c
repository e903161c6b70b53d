// SPDX-License-Identifier: GPL-2.0
/*
 * Layout of pfn and dax namespaces. Pure: see pfn_layout.h.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "pfn_layout.h"

/* No architecture has more physical address bits; below it no sum of ours wraps. */
#define PFN_PHYS_LIMIT	BIT_ULL(56)

static bool pfn_power(u64 value, u64 min, u64 max)
{
	return value >= min && value <= max && is_power_of_2(value);
}

static bool pfn_request_ok(const struct pfn_request *req)
{
	return req->start <= PFN_PHYS_LIMIT && req->size <= PFN_PHYS_LIMIT &&
	       pfn_power(req->page_size, SZ_4K, SZ_1M) &&
	       req->page_struct_size && req->page_struct_size <= SZ_1K &&
	       pfn_power(req->granule, req->page_size, 1ull << 40) &&
	       pfn_power(req->section, req->granule, 1ull << 40) &&
	       pfn_power(req->block, req->page_size, 1ull << 40);
}

static u64 pfn_reserve(const struct pfn_request *req)
{
	return ALIGN((u64)ND_INFO_RESERVE, req->page_size);
}

static u64 pfn_memmap(const struct pfn_request *req, u64 bytes)
{
	return (bytes >> ilog2(req->page_size)) * req->page_struct_size;
}

static u64 pfn_whole_sections(const struct pfn_request *req, u64 start, u64 size)
{
	u64 first = ALIGN(start, req->section), end = ALIGN_DOWN(start + size, req->section);

	return end > first ? (end - first) >> ilog2(req->section) : 0;
}

/* Memmap of a whole section, in whole blocks. */
static u64 pfn_section_memmap(const struct pfn_request *req)
{
	return ALIGN(pfn_memmap(req, req->section), req->block);
}

u64 pfn_layout_memmap_end(const struct pfn_request *req, u64 map_start, u64 map_size)
{
	u64 end = map_start + pfn_reserve(req);
	u64 sections = pfn_whole_sections(req, map_start, map_size);

	if (!sections)
		return end;
	return ALIGN(end, req->block) + sections * pfn_section_memmap(req);
}

/* Everything that follows from the pads and the data offset. */
static void pfn_layout_derive(const struct pfn_request *req, u32 mode, u64 align,
			      struct pfn_layout *out)
{
	u64 base;

	out->map_start = req->start + out->start_pad;
	out->map_size = req->size - out->start_pad - out->end_trunc;
	out->data_start = out->map_start + out->dataoff;
	out->usable = out->map_size - out->dataoff;
	out->npfns = out->usable >> ilog2(req->page_size);
	out->align = out->data_start ? min(align, out->data_start & -out->data_start) : align;
	out->reserve = pfn_reserve(req);
	out->memmap_dram = pfn_memmap(req, out->map_size);
	if (mode == ND_PFN_MODE_PMEM) {
		u64 sections = pfn_whole_sections(req, out->map_start, out->map_size);

		out->memmap_dev = sections * pfn_section_memmap(req);
		out->memmap_dram -= pfn_memmap(req, sections << ilog2(req->section));
		base = ALIGN_DOWN(out->map_start, req->granule);
		out->altmap_base = base;
		out->altmap_reserve = (out->map_start - base + out->reserve) >>
				      ilog2(req->page_size);
		out->altmap_free = (out->dataoff - out->reserve) >> ilog2(req->page_size);
	}
	/* Of a layout that pfn_layout_read() is about to refuse there is no gap to speak of. */
	out->gap = out->dataoff - out->reserve;
	out->gap -= min(out->gap, out->memmap_dev);
}

enum nd_why pfn_layout_create(const struct pfn_request *req, struct pfn_layout *out)
{
	u64 align, end, memmap = 0;

	memset(out, 0, sizeof(*out));
	if (!pfn_request_ok(req) || !pfn_power(req->align, req->page_size, SZ_2G))
		return ND_WHY_ARGUMENT;
	if (req->mode != ND_PFN_MODE_RAM && req->mode != ND_PFN_MODE_PMEM)
		return ND_WHY_MODE;
	if (!IS_ALIGNED(req->start, req->granule))
		return ND_WHY_ALIGN;
	if (req->size <= pfn_reserve(req))
		return ND_WHY_SIZE;

	/*
	 * Room for a struct page of every page behind the reserve, although
	 * those of the memmap's own pages are never used: this is what other
	 * kernels reserve, and the same media must result.
	 */
	if (req->mode == ND_PFN_MODE_PMEM)
		memmap = pfn_memmap(req, req->size - ND_INFO_RESERVE);
	align = max(req->align, req->granule);
	end = req->start + req->size;
	out->dataoff = ALIGN(req->start + ND_INFO_RESERVE + memmap, align) - req->start;
	out->end_trunc = end - ALIGN_DOWN(end, align);
	if (out->dataoff + out->end_trunc >= req->size)
		return ND_WHY_SIZE;
	if (req->mode == ND_PFN_MODE_PMEM) {
		u64 need = pfn_layout_memmap_end(req, req->start, req->size - out->end_trunc);

		if (need > req->start + out->dataoff)
			out->dataoff = ALIGN(need, align) - req->start;
		if (out->dataoff + out->end_trunc >= req->size)
			return ND_WHY_SIZE;
	}
	pfn_layout_derive(req, req->mode, req->align, out);
	return ND_WHY_OK;
}

/* Does the info-block speak of more bytes than the layout has? */
static bool pfn_promises_more(const struct pfn_request *req, const struct pfn_info *info,
			      u64 usable)
{
	u32 page = info->page_size ?: req->page_size;

	return info->npfns > usable >> ilog2(page);
}

enum nd_why pfn_layout_read(const struct pfn_request *req, const struct pfn_info *info,
			    struct pfn_layout *out)
{
	bool on_media = info->mode == ND_PFN_MODE_PMEM;
	u64 pads = (u64)info->start_pad + info->end_trunc;

	memset(out, 0, sizeof(*out));
	if (!pfn_request_ok(req))
		return ND_WHY_ARGUMENT;
	if (pads >= req->size)
		return ND_WHY_PAD;
	if (info->dataoff < pfn_reserve(req) || info->dataoff >= req->size - pads)
		return ND_WHY_BOUNDS;

	out->start_pad = info->start_pad;
	out->end_trunc = info->end_trunc;
	out->dataoff = info->dataoff;
	pfn_layout_derive(req, info->mode, pfn_info_align(info), out);
	out->truncated = pfn_promises_more(req, info, out->usable);

	if (!IS_ALIGNED(out->map_start | out->map_size, req->granule) ||
	    !IS_ALIGNED(out->dataoff, req->page_size))
		return ND_WHY_ALIGN;
	if (on_media && (info->page_size > req->page_size ||
			 info->page_struct_size < req->page_struct_size))
		return ND_WHY_PAGE_SIZE;
	if (on_media && pfn_layout_memmap_end(req, out->map_start, out->map_size) > out->data_start)
		return ND_WHY_SPACE;
	return ND_WHY_OK;
}
