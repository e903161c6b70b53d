// SPDX-License-Identifier: GPL-2.0
/*
 * Where things lie. UEFI 2.10 §6.3.3 gives the order (info-block, data, map,
 * log, copy of the info-block); how many blocks are made of what is left is the
 * same arithmetic in every kernel, so that media of one size are alike.
 * Pure.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include "btt/geometry.h"

bool btt_layout_make(u64 size, u32 lbasize, u32 nfree, struct btt_layout *out)
{
	u64 log = ALIGN((u64)nfree * BTT_LOG_GROUP, BTT_PAGE);
	u64 end = ALIGN_DOWN(size, BTT_PAGE);
	/* both info-blocks, the log, and a page so that the map can end on one */
	u64 fixed = 3 * BTT_PAGE + log;
	u64 blocks;

	out->external_lbasize = lbasize;
	out->internal_lbasize = ALIGN(lbasize, BTT_BLOCK_ALIGN);
	if (end <= fixed)
		return false;
	blocks = div_u64(end - fixed, out->internal_lbasize + sizeof(__le32));
	if (blocks <= nfree || blocks > BTT_MAP_BLOCK)
		return false;
	out->nfree = nfree;
	out->internal_nlba = blocks;
	out->external_nlba = blocks - nfree;
	out->size = size;
	out->dataoff = BTT_PAGE;
	out->info2off = end - BTT_PAGE;
	out->logoff = out->info2off - log;
	out->mapoff = out->logoff - ALIGN((u64)out->external_nlba * sizeof(__le32), BTT_PAGE);
	return true;
}

/* Whole arenas of the largest size, and what is left if it is worth one. */
u32 btt_arena_count(const struct btt_recipe *r, u64 rawsize)
{
	u64 rest, whole = div64_u64_rem(rawsize, r->arena_max, &rest);

	return whole + (rest >= r->arena_min);
}

bool btt_recipe_layout(const struct btt_recipe *r, u64 rawsize, u32 i, struct btt_layout *out,
		       u64 *start)
{
	u32 nr = btt_arena_count(r, rawsize);

	if (i >= nr)
		return false;
	*start = i * r->arena_max;
	if (!btt_layout_make(min(rawsize - *start, r->arena_max), r->lbasize, r->nfree, out))
		return false;
	out->next = i + 1 < nr ? out->size : 0;
	out->uuid = r->uuid;
	out->parent_uuid = r->parent_uuid;
	out->major = r->major;
	out->minor = r->minor;
	out->flags = 0;
	return true;
}

u64 btt_recipe_copy(const struct btt_recipe *r, u64 room)
{
	struct btt_layout l;
	u64 start;

	return btt_recipe_layout(r, room, 0, &l, &start) ? l.info2off : 0;
}

enum nd_reason btt_arena_judge(const struct btt_layout *l, const struct btt_layout *first,
			       u64 arena_min, u32 lanes)
{
	if (l->size < arena_min)
		return ND_REASON_SIZE;
	if (first && l->external_lbasize != first->external_lbasize)
		return ND_REASON_SIZE;
	if (l->nfree < lanes)
		return ND_REASON_UNSUPPORTED;
	if (first && !uuid_equal(&l->uuid, &first->uuid))
		return ND_REASON_UUID;
	return ND_REASON_OK;
}
