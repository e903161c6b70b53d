/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things lie in a pfn or dax namespace. Pure. Requirements A14 … A17.
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
 */
#ifndef _ND_PFN_LAYOUT_H
#define _ND_PFN_LAYOUT_H

#include <linux/types.h>
#include <nd/why.h>
#include "pfn_info.h"

/**
 * struct pfn_request - what is asked for, on which platform
 * @start: physical address of the namespace
 * @size: its bytes
 * @mode: ND_PFN_MODE_RAM (memmap in DRAM) or _PMEM (memmap on media); pfn_layout_create() only
 * @align: alignment of data start and end: 4 KiB, 2 MiB, 1 GiB; pfn_layout_create() only
 * @page_size: of the running kernel
 * @page_struct_size: bytes of struct page; for a new namespace what to reserve for each
 * @granule: memory hotplug granularity: 2 MiB with sub-sections
 * @section: bytes of a memory section, a multiple of @granule. Only whole sections take their
 *	memmap from media (the kernel's vmemmap code maps the rest with pages from DRAM)
 * @block: bytes in which a whole section's memmap is allocated: 2 MiB
 */
struct pfn_request {
	u64 start;
	u64 size;
	u32 mode;
	u64 align;
	u32 page_size;
	u32 page_struct_size;
	u64 granule;
	u64 section;
	u64 block;
};

/**
 * struct pfn_layout - the answer
 * @start_pad: bytes given up before the map; zero in new layouts
 * @end_trunc: bytes given up behind it
 * @dataoff: from start + @start_pad to the first data byte
 * @npfns: whole pages of data
 * @truncated: the info-block promises more pages than there are; @npfns is what there is
 * @usable: bytes of data
 * @reserve: bytes before the memmap: the info-block's
 * @memmap_dev: bytes of memmap on media
 * @memmap_dram: bytes of memmap in DRAM
 * @gap: bytes of @dataoff that hold nothing. start_pad + reserve + memmap_dev + gap + usable +
 *	end_trunc is the size of the namespace
 * @map_start: first byte that gets a struct page
 * @map_size: bytes that do, a multiple of the granule
 * @data_start: physical address of the first data byte
 * @align: largest power of two, at most the recorded alignment, that @data_start is a multiple
 *	of: less than recorded when the namespace has moved (requirements A19)
 * @altmap_base: address for struct vmem_altmap, _PMEM only, as the next two
 * @altmap_reserve: pages from there to the memmap area
 * @altmap_free: pages of the memmap area
 */
struct pfn_layout {
	u64 start_pad;
	u64 end_trunc;
	u64 dataoff;
	u64 npfns;
	bool truncated;
	u64 usable;
	u64 reserve;
	u64 memmap_dev;
	u64 memmap_dram;
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
 * No padding but end_trunc, which brings the end to a multiple of the
 * alignment (at least the granule).
 *
 * Return: OK; MODE; ALIGN: the namespace does not start at a multiple of the
 * granule; SIZE: nothing is left for data; ARGUMENT: no such platform.
 */
enum nd_why pfn_layout_create(const struct pfn_request *req, struct pfn_layout *out);

/*
 * pfn_layout_read() - layout recorded in @info, for today's @req->start and size
 * @info: from pfn_info_decode()
 * @out: start_pad, end_trunc, dataoff, map_start, map_size, data_start and align are set even
 *	when the answer is ALIGN, for the message
 *
 * Recorded bytes never move.
 *
 * Return: OK; PAD: the pads leave nothing; BOUNDS: the data would begin beyond
 * the end; ALIGN: an end of the map is no multiple of the granule, or the data
 * of the page size; PAGE_SIZE: the memmap on media was laid out for larger
 * pages or smaller struct pages; SPACE: the memmap does not fit before the
 * data; ARGUMENT: no such platform.
 */
enum nd_why pfn_layout_read(const struct pfn_request *req, const struct pfn_info *info,
			    struct pfn_layout *out);

/* First byte that must not lie below the data: end of the memmap as the kernel will allocate it. */
u64 pfn_layout_memmap_end(const struct pfn_request *req, u64 map_start, u64 map_size);

#endif /* _ND_PFN_LAYOUT_H */
