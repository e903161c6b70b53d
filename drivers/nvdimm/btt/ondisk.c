// SPDX-License-Identifier: GPL-2.0
/* The bytes of a BTT. Pure: see ondisk.h. */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/ondisk.h"

/* ---- map entries, UEFI 2.10 §6.3.5: 30 bits of block number and two flags ---- */

struct btt_mapping btt_map_decode(u32 raw, u32 lba)
{
	struct btt_mapping m = { .block = raw & BTT_MAP_BLOCK };

	switch (raw & BTT_MAP_NORMAL) {
	case 0:
		/* as formatted: the block of the sector's own number, whatever the bits say */
		m.block = lba;
		break;
	case BTT_MAP_ZERO:
		m.zero = true;
		break;
	case BTT_MAP_ERROR:
		m.error = true;
		break;
	}
	return m;
}

u32 btt_map_encode(const struct btt_mapping *m)
{
	if (m->error)
		return m->block | BTT_MAP_ERROR;
	if (m->zero)
		return m->block | BTT_MAP_ZERO;
	return m->block | BTT_MAP_NORMAL;
}

/* ---- log groups, UEFI 2.10 §6.3.6: two entries in four slots ---- */

static bool is_used(const struct btt_log_entry *e)
{
	return (e->lba | e->old_map | e->new_map | e->seq) != 0;
}

/* Which padding the second entry shows, where there is one. */
static inline bool look_at_shape(const struct btt_log_group *group, enum btt_padding *shown)
{
	bool new = is_used(&group->slot[1]), old = is_used(&group->slot[2]);

	*shown = new ? BTT_PAD_NEW : old ? BTT_PAD_OLD : BTT_PAD_UNKNOWN;
	return !(new && old) && !is_used(&group->slot[3]);
}

static inline bool is_as_others(enum btt_padding shown, enum btt_padding *pad)
{
	if (shown && *pad && shown != *pad)
		return false;
	if (shown)
		*pad = shown;
	return true;
}

bool btt_flog_padding(const struct btt_log_group *group, enum btt_padding *pad)
{
	enum btt_padding shown;

	/* formatting fills the first slot, and no write ever empties it */
	return is_used(&group->slot[0]) && look_at_shape(group, &shown) &&
	       is_as_others(shown, pad);
}

int btt_flog_newest(u32 seq0, u32 seq1)
{
	if (seq0 < 1 || seq0 > 3 || seq1 > 3)
		return -1;
	/* the second entry of a lane that was never, or not quite, written to */
	if (!seq1)
		return seq0 == 1 ? 0 : -1;
	if (btt_flog_next(seq0) == seq1)
		return 1;
	if (btt_flog_next(seq1) == seq0)
		return 0;
	return -1;
}

/*
 * ---- where things lie ----
 *
 * UEFI 2.10 §6.3.3 gives the order (info-block, data, map, log, copy of the info-block); how many
 * blocks are made of what is left is the same arithmetic in every kernel, so that media of one size
 * are alike.
 */

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
