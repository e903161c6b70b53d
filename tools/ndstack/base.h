/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the drivers make of a namespace at an address that it is not at: the
 * layout engine's answer for x86-64, 4 KiB pages and struct pages of 64 bytes.
 * Pure. Requirements A19, X1, X4.
 *
 * Neighbours are not known here. Where the kernel adds struct pages by whole
 * sections they can take some away: `conflicts` of the region names them.
 */
#ifndef _NDSTACK_BASE_H
#define _NDSTACK_BASE_H

#include <linux/types.h>
#include "layout/info_block.h"
#include "layout/layout.h"

enum base_service {
	BASE_FULL,		/* data and dax */
	BASE_DATA_ONLY,		/* the same bytes, without struct pages: an fsdax namespace */
	BASE_REFUSED,		/* @reason */
};

/**
 * struct base_verdict - what is served there
 * @service: how much of it
 * @reason: OK; what stands in the way of @service being more; or, of a full one, why the memmap is
 *	in DRAM although the info-block has room for it
 * @layout: as the accounting attributes will show it; its memmap_dram is the most that it can be,
 *	since some kernels let the struct pages of large pages share memory
 * @align: size of the largest pages for all of the data, 0 without struct pages
 */
struct base_verdict {
	enum base_service service;
	enum nd_reason reason;
	struct pfn_layout layout;
	u32 align;
};

/* base_judge() - @size bytes at @base that carry @info, which pfn_info_decode() found OK */
void base_judge(const struct pfn_info *info, u64 base, u64 size, struct base_verdict *out);

#endif /* _NDSTACK_BASE_H */
