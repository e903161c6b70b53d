/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things lie in a pfn or dax namespace. Pure. Requirements A2, A14 … A19, X1, X13.
 *
 *	start                                                    start + size
 *	| start_pad | reserve 8 KiB | memmap | gap | data …      | end_trunc |
 *	            |<------------ dataoff ------->|<-- usable ->|
 *	            |<---------------- map_size --------------->|
 *
 * LBA n of the data lies at data_start + 512 n, data_start being
 * start + start_pad + dataoff, for ever. A mapping of [map_start, map_start +
 * map_size) at virtual address v puts data byte n at v + dataoff + n: kaddr
 * and pfn follow from the same two numbers (requirements A17).
 *
 * One engine answers creation, validation, the dry run (dry_run.h) and user
 * tools. Recorded bytes never move and are never refused for their place: where
 * today's platform cannot give them struct pages, or not from media, the layout
 * says what is served instead, and why.
 */
#ifndef _ND_PFN_LAYOUT_H
#define _ND_PFN_LAYOUT_H

#include <linux/types.h>
#include <nd/reason.h>
#include "layout/info_block.h"
#include "layout/neighbours.h"

/**
 * struct pfn_request - what is asked for, on which platform
 * @start: physical address of the namespace
 * @size: its bytes
 * @mode: ND_PFN_MODE_RAM (memmap in DRAM) or _PMEM (memmap on media); pfn_layout_create() only
 * @align: alignment of data start and end, a power of two from @page_size to 2 GiB;
 *	pfn_layout_create() only
 * @page_size: of the running kernel
 * @page_struct_size: bytes of struct page; for a new namespace what to reserve for each
 * @granule: what a map starts and ends at a multiple of: 2 MiB
 * @unit: what struct pages are added by, see neighbours.h: @granule with sub-sections, @section
 *	without
 * @rounds_out: the kernel rounds a map out to units and wants a memmap for all of them, as those
 *	without sub-sections do
 * @section: bytes of a memory section, a multiple of @granule. Only whole sections take their
 *	memmap from media (the kernel's vmemmap code maps the rest with pages from DRAM)
 * @compounds: page-table sizes, or'ed, with which a dax device whose memmap is in DRAM gets
 *	compound pages, for its data alone; those above @page_size take the first two pages of
 *	their memmap and share the rest. 0: a struct page for each page of the map
 * @block: bytes in which a whole section's memmap is allocated: 2 MiB; at most a section
 * @neighbours: what lies within a section of the namespace
 */
struct pfn_request {
	u64 start;
	u64 size;
	u32 mode;
	u64 align;
	u32 page_size;
	u32 page_struct_size;
	u64 granule;
	u64 unit;
	bool rounds_out;
	u64 section;
	u64 compounds;
	u64 block;
	struct pfn_neighbours neighbours;
};

/**
 * struct pfn_layout - the answer
 * @remark: OK; or what stands in the way of serving the namespace as recorded or asked: see @pages
 *	and @mode
 * @pages: there are struct pages. Without: the data can be read and written, at the same place,
 *	but there is no dax. @remark: ALIGN: the map does not lie at multiples of the granule;
 *	CONFLICT: a neighbour owns one of its units; RESERVED: the info-block forbids it
 * @mode: where the memmap is: ND_PFN_MODE_RAM although the info-block says _PMEM when what is
 *	reserved there does not do (@remark PAGE_SIZE, SPACE); ND_PFN_MODE_NONE without @pages
 * @before: the neighbour that head padding, or the remark CONFLICT, is owed to; or NULL
 * @behind: the same at the other end
 * @start_pad: bytes given up before the map: none in new layouts but to a neighbour, or to reach
 *	the first multiple of the granule
 * @end_trunc: bytes given up behind it
 * @dataoff: from start + @start_pad to the first data byte
 * @npfns: whole pages of data
 * @truncated: the info-block promises more pages than there are; @npfns is what there is
 * @usable: bytes of data
 * @reserve: bytes before the memmap: the info-block's
 * @memmap_dev: bytes of memmap on media
 * @memmap_dram: bytes of memmap in DRAM
 * @memmap_boot: bytes of memmap in DRAM that are there anyway: boot makes it for whole sections of
 *	RAM, and a map within one uses its part
 * @gap: bytes of @dataoff that hold nothing. start_pad + reserve + memmap_dev + gap + usable +
 *	end_trunc is the size of the namespace
 * @map_start: first byte that gets a struct page
 * @map_size: bytes that do, a multiple of the granule
 * @data_start: physical address of the first data byte
 * @align: largest power of two, at most the recorded alignment, that @data_start and @usable are
 *	multiples of: less than recorded when the namespace has moved (requirements A19)
 * @altmap_base: address for struct vmem_altmap, _PMEM only, as the next two
 * @altmap_reserve: pages from there to the memmap area
 * @altmap_free: pages of the memmap area
 */
struct pfn_layout {
	enum nd_reason remark;
	bool pages;
	u32 mode;
	const struct pfn_neighbour *before;
	const struct pfn_neighbour *behind;
	u64 start_pad;
	u64 end_trunc;
	u64 dataoff;
	u64 npfns;
	bool truncated;
	u64 usable;
	u64 reserve;
	u64 memmap_dev;
	u64 memmap_dram;
	u64 memmap_boot;
	u64 gap;
	u64 map_start;
	u64 map_size;
	u64 data_start;
	u64 align;
	u64 altmap_base;
	u64 altmap_reserve;
	u64 altmap_free;
};

/*
 * pfn_layout_create() - layout of a new namespace
 *
 * No padding at the head but to the granule, or to the end of a unit shared
 * with a neighbour; end_trunc brings the end to a multiple of the alignment (at
 * least the granule), or out of a shared unit.
 *
 * Return: OK, with @out->pages; MODE; SIZE: nothing is left for data; CONFLICT:
 * nothing is left after what neighbours take, or one overlaps the namespace:
 * @out->before, @out->behind; ARGUMENT: no such platform.
 */
enum nd_reason pfn_layout_create(const struct pfn_request *req, struct pfn_layout *out);

/*
 * pfn_layout_read() - layout recorded in @info, for today's @req->start, size and neighbours
 * @info: from pfn_info_decode()
 * @out: start_pad, end_trunc, dataoff, map_start, map_size, data_start and align are set whenever
 *	the answer is not PAD, BOUNDS or ARGUMENT, for the message
 *
 * Only neighbours that own their units now count.
 *
 * Return: OK, with @out->remark; PAD: the pads leave nothing; BOUNDS: the data
 * would begin beyond the end; ALIGN: the data is no multiple of a sector;
 * ARGUMENT: no such platform.
 */
enum nd_reason pfn_layout_read(const struct pfn_request *req, const struct pfn_info *info,
			       struct pfn_layout *out);

/*
 * pfn_layout_whole() - layout of a namespace without info-block that is to have struct pages
 *
 * All of it is data, with the memmap in DRAM. LBA 0 cannot move: a head that
 * does not suit means no struct pages at all (@out->remark). A tail that does
 * not is cut off, in end_trunc (requirements A18).
 *
 * Return: OK; SIZE: nothing is left; ARGUMENT.
 */
enum nd_reason pfn_layout_whole(const struct pfn_request *req, struct pfn_layout *out);

/* First byte that must not lie below the data: end of the memmap as the kernel will allocate it. */
u64 pfn_layout_memmap_end(const struct pfn_request *req, u64 map_start, u64 map_size);

/*
 * Bytes of the namespace that are neither data nor memmap: pads, the info-block's reserve, gap.
 * usable + memmap_dev + these are its size.
 */
static inline u64 pfn_layout_pad(const struct pfn_layout *l)
{
	return l->start_pad + l->reserve + l->gap + l->end_trunc;
}

#endif /* _ND_PFN_LAYOUT_H */
