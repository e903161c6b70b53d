/* SPDX-License-Identifier: GPL-2.0 */
/* Makes firmware tables for the tests of nfit/table.c. */
#pragma once

#include <linux/types.h>
#include <linux/uuid.h>
#include "nfit/table/table.h"

#define PMEM_GUID \
	GUID_INIT(0x66f0d379, 0xb4f3, 0x4074, 0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb)
#define VOLATILE_GUID \
	GUID_INIT(0x7305944f, 0xfdda, 0x44e3, 0xb1, 0x6c, 0x3f, 0x22, 0xd2, 0x52, 0xe5, 0xd0)
#define CONTROL_GUID \
	GUID_INIT(0x92f701f6, 0x13b4, 0x405d, 0x91, 0x0b, 0x29, 0x93, 0x67, 0xe8, 0x23, 0x4c)
#define VCD_GUID \
	GUID_INIT(0x3d5abd30, 0x4175, 0x87ce, 0x6d, 0x64, 0xd2, 0xad, 0xe5, 0x23, 0xc4, 0xbb)

/* A table under construction. make_*() return the structure just added, to be bent by the test. */
struct maker {
	u8 bytes[8192];
	u32 len;
};

#define SET_BASE	0x100000000ull
#define SET_SIZE	0x40000000ull	/* four times 256 MiB */
#define SET_LINE	4096u

void *make_entry(struct maker *mk, u16 type, u16 length);
struct nfit_media_spa *make_spa(struct maker *mk, u16 index, u64 address, u64 length);
struct nfit_media_map *make_map(struct maker *mk, u32 handle, u16 spa, u16 dcr, u64 size);
struct nfit_media_dcr *make_dcr(struct maker *mk, u16 index, u32 serial);
struct nfit_media_idt *make_idt(struct maker *mk, u16 index, u32 lines, u32 line_size, u32 stride);
struct nfit_media_flush *make_flush(struct maker *mk, u32 handle, u16 hints, u64 first);
struct nfit_media_caps *make_caps(struct maker *mk, u8 highest, u32 bits);
void make_set(struct maker *mk);
