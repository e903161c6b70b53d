// SPDX-License-Identifier: GPL-2.0
/*
 * An arena from its media: info-block, lanes, what a power cut interrupted,
 * and whether all is in its place. Pure.
 */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <asm/byteorder.h>
#include "btt.h"
#include "btt_media.h"

static int refuse(enum nd_why *why, enum nd_why reason)
{
	if (why)
		*why = reason;
	return reason == ND_WHY_MEDIA ? -EIO : -ENXIO;
}

static int read_group(struct btt_arena *a, u32 lane, struct btt_log_group *group)
{
	return btt_media_read(a->media, a->start + a->layout.logoff + (u64)lane * BTT_LOG_GROUP,
			      group, sizeof(*group));
}

/* All groups have to agree, and most of them do not know. */
static int find_padding(struct btt_arena *a, enum nd_why *why, u32 *lane)
{
	struct btt_log_group group;

	a->pad = BTT_PAD_UNKNOWN;
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		if (read_group(a, *lane, &group))
			return refuse(why, ND_WHY_MEDIA);
		if (!btt_flog_padding(&group, &a->pad))
			return refuse(why, ND_WHY_REFERENCE);
	}
	if (!a->pad)
		a->pad = BTT_PAD_NEW;
	return 0;
}

/* The lane as its newest entry says; the entry itself to @out. */
static enum nd_why open_lane(struct btt_arena *a, struct btt_lane *lane,
			     const struct btt_log_group *group, struct btt_log_entry *out)
{
	const struct btt_log_entry *e[] = { &group->slot[0], &group->slot[a->pad] };
	int newest = btt_flog_newest(le32_to_cpu(e[0]->seq), le32_to_cpu(e[1]->seq));
	struct btt_mapping old;
	u32 new;

	if (newest < 0)
		return ND_WHY_SEQUENCE;
	*out = *e[newest];
	new = le32_to_cpu(out->new_map) & BTT_MAP_BLOCK;
	old = btt_map_decode(le32_to_cpu(out->old_map) ?: BTT_MAP_NORMAL, 0);
	lane->block = le32_to_cpu(out->old_map) & BTT_MAP_BLOCK;
	lane->had_error = old.error;
	lane->sub = !newest;
	lane->seq = btt_flog_next(le32_to_cpu(out->seq));
	lane->behind = false;
	if (lane->block >= a->layout.internal_nlba || new >= a->layout.internal_nlba)
		return ND_WHY_BOUNDS;
	/* a lane that was never used exchanges nothing, whatever the sector */
	if (lane->block != new && le32_to_cpu(out->lba) >= a->layout.external_nlba)
		return ND_WHY_BOUNDS;
	return ND_WHY_OK;
}

/*
 * Did the log entry get as far as the map? Where the map still names the old
 * block, no: put the new one there. Anything else is a later write's.
 */
static int replay(struct btt_arena *a, struct btt_lane *lane, const struct btt_log_entry *e)
{
	struct btt_mapping new = { .block = le32_to_cpu(e->new_map) & BTT_MAP_BLOCK };
	u32 lba = le32_to_cpu(e->lba), raw;

	if (new.block == lane->block)
		return 0;
	lane->behind = true;
	lane->behind_lba = lba;
	if (btt_media_load32(a->media, btt_map_at(a, lba), &raw))
		return -EIO;
	if (btt_map_decode(raw, lba).block != lane->block)
		return 0;
	btt_media_store32(a->media, btt_map_at(a, lba), btt_map_encode(&new));
	return 0;
}

/* Two lanes with one free block would write over each other. */
static bool share_a_block(const struct btt_arena *a, u32 lane)
{
	u32 i;

	for (i = 0; i < lane; i++)
		if (a->lane[i].block == a->lane[lane].block)
			return true;
	return false;
}

/* Every lane opened and judged, before anything is written. */
static int open_lanes(struct btt_arena *a, enum nd_why *why, u32 *lane)
{
	struct btt_log_group group;
	struct btt_log_entry e;

	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		enum nd_why bad;

		if (read_group(a, *lane, &group))
			return refuse(why, ND_WHY_MEDIA);
		bad = open_lane(a, &a->lane[*lane], &group, &e);
		if (bad)
			return refuse(why, bad);
		if (share_a_block(a, *lane))
			return refuse(why, ND_WHY_DUPLICATE);
	}
	return 0;
}

static int replay_all(struct btt_arena *a, enum nd_why *why, u32 *lane)
{
	struct btt_log_group group;
	struct btt_log_entry e;

	/* what the log says is to be durable before the map is changed by it */
	if (btt_media_fence(a->media))
		return refuse(why, ND_WHY_MEDIA);
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		if (read_group(a, *lane, &group))
			return refuse(why, ND_WHY_MEDIA);
		if (open_lane(a, &a->lane[*lane], &group, &e) || replay(a, &a->lane[*lane], &e))
			return refuse(why, ND_WHY_MEDIA);
	}
	return btt_arena_settle(a) ? refuse(why, ND_WHY_MEDIA) : 0;
}

int btt_arena_recover(struct btt_arena *a, enum nd_why *why, u32 *where)
{
	u32 lane;
	int rc;

	a->failed = a->read_only || a->layout.flags & BTT_FLAG_ERROR;
	rc = find_padding(a, why, &lane);
	if (!rc)
		rc = open_lanes(a, why, &lane);
	if (!rc && !a->read_only)
		rc = replay_all(a, why, &lane);
	if (where)
		*where = lane;
	return rc;
}

int btt_arena_make_writable(struct btt_arena *a)
{
	u32 lane;
	int rc;

	if (!a->read_only)
		return 0;
	/* a reader of a block that becomes free is waited for by who fills it */
	rc = replay_all(a, NULL, &lane);
	if (rc)
		return rc;
	a->read_only = false;
	WRITE_ONCE(a->failed, a->layout.flags & BTT_FLAG_ERROR);
	return 0;
}

int btt_arena_settle(struct btt_arena *a)
{
	bool behind = false;
	u32 i;

	for (i = 0; i < a->layout.nfree; i++) {
		struct btt_lane *lane = &a->lane[i];

		if (!lane->behind)
			continue;
		btt_media_writeback(a->media, btt_map_at(a, lane->behind_lba));
		behind = true;
	}
	if (!behind)
		return 0;
	if (btt_media_fence(a->media))
		return -EIO;
	for (i = 0; i < a->layout.nfree; i++)
		a->lane[i].behind = false;
	return 0;
}

/* ---- health ---- */

static void place(struct btt_arena *a, unsigned long *seen, u32 block, struct btt_health *h)
{
	unsigned long bit = 1ul << block % BITS_PER_LONG;

	if (block >= a->layout.internal_nlba) {
		h->bounds++;
		return;
	}
	if (seen[block / BITS_PER_LONG] & bit)
		h->twice++;
	seen[block / BITS_PER_LONG] |= bit;
}

int btt_arena_check(struct btt_arena *a, unsigned long *seen, struct btt_health *out)
{
	struct btt_health h = { 0 };
	u32 i;

	for (i = 0; i < a->layout.external_nlba; i++) {
		struct btt_mapping m;
		u32 raw;

		if (!(i % 4096))
			btt_media_pause(a->media, 0);
		if (btt_media_load32(a->media, btt_map_at(a, i), &raw))
			return -EIO;
		m = btt_map_decode(raw, i);
		h.mapped++;
		h.zeros += m.zero;
		h.errors += m.error;
		place(a, seen, m.block, &h);
	}
	for (i = 0; i < a->layout.nfree; i++)
		place(a, seen, a->lane[i].block, &h);
	/* there are as many names as blocks */
	h.lost = h.bounds + h.twice;
	*out = h;
	return 0;
}
