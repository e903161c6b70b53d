// SPDX-License-Identifier: GPL-2.0
/* Firmware tables, structure by structure: nfit_maker.h. */
#include <asm/byteorder.h>
#include <stdlib.h>
#include <string.h>
#include "nfit_maker.h"

void *make_entry(struct maker *mk, u16 type, u16 length)
{
	struct nfit_media_head *head = (void *)(mk->bytes + mk->len);

	if (mk->len + length > sizeof(mk->bytes))
		abort();
	memset(head, 0, length);
	head->type = cpu_to_le16(type);
	head->length = cpu_to_le16(length);
	mk->len += length;
	return head;
}

struct nfit_media_spa *make_spa(struct maker *mk, u16 index, u64 address, u64 length)
{
	struct nfit_media_spa *spa = make_entry(mk, NFIT_TYPE_SPA, NFIT_SPA_MIN);
	guid_t guid = PMEM_GUID;

	spa->index = cpu_to_le16(index);
	spa->address = cpu_to_le64(address);
	spa->length = cpu_to_le64(length);
	export_guid(spa->guid, &guid);
	return spa;
}

struct nfit_media_map *make_map(struct maker *mk, u32 handle, u16 spa, u16 dcr, u64 size)
{
	struct nfit_media_map *map = make_entry(mk, NFIT_TYPE_MAP, sizeof(*map));

	map->handle = cpu_to_le32(handle);
	map->spa_index = cpu_to_le16(spa);
	map->dcr_index = cpu_to_le16(dcr);
	map->size = cpu_to_le64(size);
	map->ways = cpu_to_le16(1);
	return map;
}

struct nfit_media_dcr *make_dcr(struct maker *mk, u16 index, u32 serial)
{
	struct nfit_media_dcr *dcr = make_entry(mk, NFIT_TYPE_DCR, sizeof(*dcr));

	dcr->index = cpu_to_le16(index);
	dcr->serial = cpu_to_le32(serial);
	dcr->vendor = cpu_to_le16(0x8089);
	dcr->code = cpu_to_le16(0x0301);
	return dcr;
}

struct nfit_media_idt *make_idt(struct maker *mk, u16 index, u32 lines, u32 line_size, u32 stride)
{
	struct nfit_media_idt *idt = make_entry(mk, NFIT_TYPE_IDT,
						sizeof(*idt) + lines * sizeof(idt->line[0]));

	idt->index = cpu_to_le16(index);
	idt->line_count = cpu_to_le32(lines);
	idt->line_size = cpu_to_le32(line_size);
	for (u32 i = 0; i < lines; i++)
		idt->line[i] = cpu_to_le32(i * stride);
	return idt;
}

struct nfit_media_flush *make_flush(struct maker *mk, u32 handle, u16 hints, u64 first)
{
	struct nfit_media_flush *flush = make_entry(mk, NFIT_TYPE_FLUSH, sizeof(*flush) +
						    hints * sizeof(flush->hint[0]));

	flush->handle = cpu_to_le32(handle);
	flush->count = cpu_to_le16(hints);
	for (u32 i = 0; i < hints; i++)
		flush->hint[i] = cpu_to_le64(first + i * 4096ull);
	return flush;
}

struct nfit_media_caps *make_caps(struct maker *mk, u8 highest, u32 bits)
{
	struct nfit_media_caps *caps = make_entry(mk, NFIT_TYPE_CAPS, sizeof(*caps));

	caps->highest = highest;
	caps->capabilities = cpu_to_le32(bits);
	return caps;
}

/*
 * One range over four DIMMs, interleaved by 4 KiB; handles and serial numbers
 * do not ascend with the offsets, as on real boards.
 */
void make_set(struct maker *mk)
{
	static const struct {
		u32 handle, serial;
	} dimm[] = {
		{ 0x0101, 0x000a3c11 }, { 0x0001, 0x000b77f0 },
		{ 0x0111, 0x00031200 }, { 0x0011, 0x000a3c10 },
	};

	make_spa(mk, 1, SET_BASE, SET_SIZE);
	for (u32 i = 0; i < 4; i++) {
		struct nfit_media_map *map = make_map(mk, dimm[i].handle, 1, i + 1, SET_SIZE / 4);

		map->phys_id = cpu_to_le16(0x20 + i);
		map->region_offset = cpu_to_le64(i * SET_LINE);
		map->ways = cpu_to_le16(4);
		map->idt_index = cpu_to_le16(i + 1);
		make_dcr(mk, i + 1, dimm[i].serial);
		make_idt(mk, i + 1, 2, SET_LINE, 4);
		make_flush(mk, dimm[i].handle, 1, 0xf0000000ull + i * 4096);
	}
	make_caps(mk, 1, 0xffffffff);
}
