// SPDX-License-Identifier: GPL-2.0
/*
 * Layout of pfn and dax namespaces. Pure: see layout.h.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "layout/layout.h"

/* No architecture has more physical address bits; below it no sum of ours wraps. */
#define PFN_PHYS_LIMIT	BIT_ULL(56)
#define PFN_SECTOR	512

static bool pfn_power(u64 value, u64 min, u64 max)
{
	return value >= min && value <= max && is_power_of_2(value);
}

static u64 pfn_memmap(const struct pfn_request *req, u64 bytes)
{
	return (bytes >> ilog2(req->page_size)) * req->page_struct_size;
}

/* Memmap of a whole section, in whole blocks. */
static u64 pfn_section_memmap(const struct pfn_request *req)
{
	return ALIGN(pfn_memmap(req, req->section), req->block);
}

/* A section that is smaller than its memmap has no use, and would let sums of memmap wrap. */
static bool pfn_request_ok(const struct pfn_request *req)
{
	return req->start <= PFN_PHYS_LIMIT && req->size <= PFN_PHYS_LIMIT &&
	       pfn_power(req->page_size, SZ_4K, SZ_1M) &&
	       req->page_struct_size && req->page_struct_size <= SZ_1K &&
	       pfn_power(req->granule, req->page_size, SZ_2G) &&
	       pfn_power(req->unit, req->granule, SZ_2G) &&
	       pfn_power(req->section, req->unit, 1ull << 40) &&
	       pfn_power(req->block, req->page_size, 1ull << 40) &&
	       pfn_section_memmap(req) <= req->section;
}

static u64 pfn_reserve(const struct pfn_request *req)
{
	return ALIGN((u64)ND_INFO_RESERVE, req->page_size);
}

/* ---- what the kernel makes of a map ---- */

/* The pages it will have struct pages for. */
struct span {
	u64 start;
	u64 end;
};

static struct span pfn_span(const struct pfn_request *req, u64 start, u64 size)
{
	u64 unit = req->rounds_out ? req->unit : 1;

	return (struct span) { ALIGN_DOWN(start, unit), ALIGN(start + size, unit) };
}

static u64 pfn_whole_sections(const struct pfn_request *req, struct span span)
{
	u64 first = ALIGN(span.start, req->section), end = ALIGN_DOWN(span.end, req->section);

	return end > first ? (end - first) >> ilog2(req->section) : 0;
}

u64 pfn_layout_memmap_end(const struct pfn_request *req, u64 map_start, u64 map_size)
{
	u64 end = map_start + pfn_reserve(req);
	u64 sections = pfn_whole_sections(req, pfn_span(req, map_start, map_size));

	if (!sections)
		return end;
	return ALIGN(end, req->block) + sections * pfn_section_memmap(req);
}

/* Bytes of @span in sections that it fills in part, and whose memmap boot has made. */
static u64 pfn_boot_bytes(const struct pfn_request *req, struct span span)
{
	u64 head = ALIGN_DOWN(span.start, req->section);
	u64 tail = ALIGN_DOWN(span.end, req->section);
	u64 bytes = 0;

	if (head != span.start && pfn_neighbour_boot_section(&req->neighbours, head, req->section))
		bytes += min(head + req->section, span.end) - span.start;
	/* the tail, unless that is the head's section */
	if (tail != span.end && (tail > head || head == span.start) &&
	    pfn_neighbour_boot_section(&req->neighbours, tail, req->section))
		bytes += span.end - tail;
	return bytes;
}

/* A dax device takes the largest pages that its data begins and ends at multiples of. */
static void pfn_account_compounds(const struct pfn_request *req, struct pfn_layout *out)
{
	struct span span = { out->data_start, out->data_start + out->usable };
	u64 sizes = req->compounds & (out->align | (out->align - 1));
	u64 compound = sizes ? BIT_ULL(ilog2(sizes)) : req->page_size;
	u64 memmap = pfn_memmap(req, compound);

	if (compound > req->page_size)
		memmap = min(memmap, 2ull * req->page_size);
	out->memmap_boot = pfn_memmap(req, pfn_boot_bytes(req, span));
	out->memmap_dram = ((out->usable - pfn_boot_bytes(req, span)) >> ilog2(compound)) * memmap;
}

static void pfn_account_memmap(const struct pfn_request *req, struct pfn_layout *out)
{
	struct span span = pfn_span(req, out->map_start, out->map_size);
	u64 sections = pfn_whole_sections(req, span);

	out->memmap_dev = 0;
	out->memmap_dram = 0;
	out->memmap_boot = 0;
	if (!out->pages)
		return;
	if (req->compounds && out->mode == ND_PFN_MODE_RAM) {
		pfn_account_compounds(req, out);
		return;
	}
	out->memmap_boot = pfn_memmap(req, pfn_boot_bytes(req, span));
	out->memmap_dram = pfn_memmap(req, span.end - span.start) - out->memmap_boot;
	if (out->mode == ND_PFN_MODE_PMEM) {
		out->memmap_dev = sections * pfn_section_memmap(req);
		out->memmap_dram -= pfn_memmap(req, sections << ilog2(req->section));
	}
}

static void pfn_fill_altmap(const struct pfn_request *req, struct pfn_layout *out)
{
	u64 base = pfn_span(req, out->map_start, out->map_size).start;

	out->altmap_base = 0;
	out->altmap_reserve = 0;
	out->altmap_free = 0;
	if (!out->pages || out->mode != ND_PFN_MODE_PMEM)
		return;
	out->altmap_base = base;
	out->altmap_reserve = (out->map_start - base + out->reserve) >> ilog2(req->page_size);
	out->altmap_free = (out->dataoff - out->reserve) >> ilog2(req->page_size);
}

/* Everything that follows from the pads, the data offset, pages and mode. */
static void pfn_layout_derive(const struct pfn_request *req, u64 align, struct pfn_layout *out)
{
	u64 fit;

	out->map_start = req->start + out->start_pad;
	out->map_size = req->size - out->start_pad - out->end_trunc;
	out->data_start = out->map_start + out->dataoff;
	out->usable = out->map_size - out->dataoff;
	out->npfns = out->usable >> ilog2(req->page_size);
	fit = out->data_start | out->usable;
	out->align = fit ? min(align, fit & -fit) : align;
	pfn_account_memmap(req, out);
	pfn_fill_altmap(req, out);
	/* Of a memmap that does not fit before the data there is no gap to speak of. */
	out->gap = out->dataoff - out->reserve;
	out->gap -= min(out->gap, out->memmap_dev);
}

/* ---- creation ---- */

/* Get out of the units of neighbours at both ends; @end is what alignment has left of the end. */
static void pfn_make_way(const struct pfn_request *req, struct pfn_layout *out, u64 *end)
{
	u64 first = ALIGN_DOWN(req->start, req->unit);

	out->before = pfn_neighbour_find(&req->neighbours, first, req->start, false);
	if (out->before)
		out->start_pad = ALIGN(req->start, req->unit) - req->start;
	out->behind = pfn_neighbour_find(&req->neighbours, req->start + req->size,
					 ALIGN(*end, req->unit), false);
	if (out->behind)
		*end = ALIGN_DOWN(*end, req->unit);
}

/* What a memmap of its own takes: as other kernels reckon it, so that the same media result. */
static u64 pfn_reserved_memmap(const struct pfn_request *req, u64 bytes)
{
	if (req->mode != ND_PFN_MODE_PMEM || bytes <= ND_INFO_RESERVE)
		return 0;
	/*
	 * A struct page of every page behind the reserve, although those of the
	 * memmap's own pages are never used.
	 */
	return pfn_memmap(req, bytes - ND_INFO_RESERVE);
}

static enum nd_reason pfn_no_room(const struct pfn_layout *out)
{
	return out->before || out->behind ? ND_REASON_CONFLICT : ND_REASON_SIZE;
}

/* Place the data in [@start, @end); @memmap bytes of it are the memmap's. */
static bool pfn_place_data(const struct pfn_request *req, u64 align, u64 start, u64 end,
			   u64 memmap, struct pfn_layout *out)
{
	u64 data, need;

	if (start >= end)
		return false;
	data = ALIGN(start + ND_INFO_RESERVE + memmap, align);
	if (data >= end)
		return false;
	if (req->mode == ND_PFN_MODE_PMEM) {
		need = pfn_layout_memmap_end(req, start, end - start);
		if (need > data)
			data = ALIGN(need, align);
	}
	out->dataoff = data - start;
	return data < end;
}

enum nd_reason pfn_layout_create(const struct pfn_request *req, struct pfn_layout *out)
{
	u64 align, start, end, limit, memmap;

	memset(out, 0, sizeof(*out));
	if (!pfn_request_ok(req) || !pfn_power(req->align, req->page_size, SZ_2G))
		return ND_REASON_ARGUMENT;
	if (req->mode != ND_PFN_MODE_RAM && req->mode != ND_PFN_MODE_PMEM)
		return ND_REASON_MODE;
	limit = req->start + req->size;
	out->before = pfn_neighbour_find(&req->neighbours, req->start, limit, false);
	if (out->before)
		return ND_REASON_CONFLICT;

	align = max(req->align, req->granule);
	out->reserve = pfn_reserve(req);
	out->start_pad = ALIGN(req->start, req->granule) - req->start;
	end = ALIGN_DOWN(limit, align);
	if (end <= req->start)
		return ND_REASON_SIZE;
	pfn_make_way(req, out, &end);
	start = req->start + out->start_pad;
	if (start + out->reserve >= end)
		return pfn_no_room(out);

	memmap = pfn_reserved_memmap(req, (out->behind ? end : limit) - start);
	out->end_trunc = limit - end;
	if (!pfn_place_data(req, align, start, end, memmap, out))
		return pfn_no_room(out);
	out->pages = true;
	out->mode = req->mode;
	pfn_layout_derive(req, req->align, out);
	return ND_REASON_OK;
}

/* ---- reading ---- */

/* Does the info-block speak of more bytes than the layout has? */
static bool pfn_promises_more(const struct pfn_request *req, const struct pfn_info *info,
			      u64 usable)
{
	u32 page = info->page_size ?: req->page_size;

	return info->npfns > usable >> ilog2(page);
}

/* Can [map_start, map_start + map_size) have struct pages today? */
static enum nd_reason pfn_judge_map(const struct pfn_request *req, struct pfn_layout *out)
{
	u64 start = out->map_start, end = start + out->map_size;

	if (!IS_ALIGNED(start | end, req->granule) || !IS_ALIGNED(out->dataoff, req->page_size))
		return ND_REASON_ALIGN;
	out->before = pfn_neighbour_find(&req->neighbours, ALIGN_DOWN(start, req->unit), end, true);
	out->behind = pfn_neighbour_find(&req->neighbours, end, ALIGN(end, req->unit), true);
	return out->before || out->behind ? ND_REASON_CONFLICT : ND_REASON_OK;
}

/* Does the room that was reserved for the memmap serve this kernel? */
static enum nd_reason pfn_judge_memmap(const struct pfn_request *req, const struct pfn_info *info,
				       const struct pfn_layout *out)
{
	if (info->page_size > req->page_size || info->page_struct_size < req->page_struct_size)
		return ND_REASON_PAGE_SIZE;
	if (pfn_layout_memmap_end(req, out->map_start, out->map_size) > out->data_start)
		return ND_REASON_SPACE;
	return ND_REASON_OK;
}

static void pfn_judge(const struct pfn_request *req, const struct pfn_info *info,
		      struct pfn_layout *out)
{
	out->remark = pfn_judge_map(req, out);
	if (info->flags & PFN_FLAGS_DAX & ~PFN_FLAGS_KNOWN)
		out->remark = ND_REASON_RESERVED;
	out->pages = out->remark == ND_REASON_OK;
	if (!out->pages)
		return;
	out->mode = info->mode;
	if (info->mode == ND_PFN_MODE_PMEM)
		out->remark = pfn_judge_memmap(req, info, out);
	if (out->remark != ND_REASON_OK)
		out->mode = ND_PFN_MODE_RAM;
}

enum nd_reason pfn_layout_read(const struct pfn_request *req, const struct pfn_info *info,
			       struct pfn_layout *out)
{
	u64 pads = (u64)info->start_pad + info->end_trunc;
	u64 reserve;

	memset(out, 0, sizeof(*out));
	if (!pfn_request_ok(req))
		return ND_REASON_ARGUMENT;
	/* data of a kernel with smaller pages may begin before a page of ours does */
	reserve = min(pfn_reserve(req), info->dataoff);
	if (pads >= req->size)
		return ND_REASON_PAD;
	if (reserve < ND_INFO_RESERVE || info->dataoff >= req->size - pads)
		return ND_REASON_BOUNDS;

	out->reserve = reserve;
	out->start_pad = info->start_pad;
	out->end_trunc = info->end_trunc;
	out->dataoff = info->dataoff;
	pfn_layout_derive(req, pfn_info_align(info), out);
	if (!IS_ALIGNED(out->data_start | out->usable, PFN_SECTOR))
		return ND_REASON_ALIGN;
	pfn_judge(req, info, out);
	pfn_layout_derive(req, pfn_info_align(info), out);
	out->truncated = pfn_promises_more(req, info, out->usable);
	return ND_REASON_OK;
}

/* ---- no info-block ---- */

enum nd_reason pfn_layout_whole(const struct pfn_request *req, struct pfn_layout *out)
{
	u64 limit, end;

	memset(out, 0, sizeof(*out));
	if (!pfn_request_ok(req))
		return ND_REASON_ARGUMENT;
	if (!req->size)
		return ND_REASON_SIZE;
	limit = req->start + req->size;
	end = ALIGN_DOWN(limit, req->granule);
	out->behind = pfn_neighbour_find(&req->neighbours, limit, ALIGN(end, req->unit), true);
	if (out->behind)
		end = ALIGN_DOWN(end, req->unit);
	out->before = pfn_neighbour_find(&req->neighbours, ALIGN_DOWN(req->start, req->unit),
					 limit, true);

	if (!IS_ALIGNED(req->start, req->granule))
		out->remark = ND_REASON_ALIGN;
	else if (out->before)
		out->remark = ND_REASON_CONFLICT;
	else if (end <= req->start)
		out->remark = out->behind ? ND_REASON_CONFLICT : ND_REASON_ALIGN;
	out->pages = out->remark == ND_REASON_OK;
	if (out->pages) {
		out->mode = ND_PFN_MODE_RAM;
		out->end_trunc = limit - end;
	}
	pfn_layout_derive(req, req->granule, out);
	return ND_REASON_OK;
}
