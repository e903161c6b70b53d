// SPDX-License-Identifier: GPL-2.0
/*
 * An arena from its media: info-block, lanes, what a power cut interrupted,
 * and whether all is in its place. Pure.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/arena.h"
#include "btt/io.h"
#include "btt/media.h"
#include "btt/ondisk.h"

static int arena_refuse(enum nd_reason *told, enum nd_reason reason)
{
	if (told)
		*told = reason;
	return reason == ND_REASON_MEDIA ? -EIO : -ENXIO;
}

static int read_group(struct btt_arena *a, u32 lane, struct btt_log_group *group)
{
	return btt_media_read(a->media, btt_log_at(a, lane, 0), group, sizeof(*group));
}

/* All groups have to agree, and most of them do not know. */
static int find_padding(struct btt_arena *a, enum nd_reason *reason, u32 *lane)
{
	struct btt_log_group group;

	a->pad = BTT_PAD_UNKNOWN;
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		if (read_group(a, *lane, &group))
			return arena_refuse(reason, ND_REASON_MEDIA);
		if (!btt_flog_padding(&group, &a->pad))
			return arena_refuse(reason, ND_REASON_REFERENCE);
	}
	if (!a->pad)
		a->pad = BTT_PAD_NEW;
	return 0;
}

/* A lane as its newest entry describes it. */
static enum nd_reason lane_open(const struct btt_arena *a, const struct btt_log_group *group,
				struct btt_lane *lane)
{
	const struct btt_log_entry *e[] = { &group->slot[0], &group->slot[a->pad] };
	int newest = btt_flog_newest(le32_to_cpu(e[0]->seq), le32_to_cpu(e[1]->seq));
	const struct btt_log_entry *out;

	if (newest < 0)
		return ND_REASON_SEQUENCE;
	out = e[newest];
	lane->behind_lba = le32_to_cpu(out->lba);
	lane->new = le32_to_cpu(out->new_map) & BTT_MAP_BLOCK;
	lane->block = le32_to_cpu(out->old_map) & BTT_MAP_BLOCK;
	lane->had_error = btt_map_decode(le32_to_cpu(out->old_map), 0).error;
	lane->sub = !newest;
	lane->seq = btt_flog_next(le32_to_cpu(out->seq));
	lane->behind = false;
	lane->due = false;
	if (lane->block >= a->layout.internal_nlba || lane->new >= a->layout.internal_nlba)
		return ND_REASON_BOUNDS;
	/* a lane that was never used exchanges nothing, whatever the sector */
	if (lane->block != lane->new && lane->behind_lba >= a->layout.external_nlba)
		return ND_REASON_BOUNDS;
	return ND_REASON_OK;
}

/*
 * Did the log entry get as far as the map? Where the map still names the old
 * block, no: put the new one there. Anything else is a later write's. Where the map cannot be
 * read its sector fails, and the lane keeps what it knows of it: that costs nobody else.
 */
static void lane_replay(struct btt_arena *a, struct btt_lane *lane)
{
	const struct btt_mapping new = { .block = lane->new };
	u32 lba = lane->behind_lba, raw;

	if (lane->new == lane->block)
		return;
	lane->behind = true;
	lane->due = btt_media_load32(a->media, btt_map_at(a, lba), &raw);
	lane->parked = lane->due;
	if (!lane->due && btt_map_decode(raw, lba).block == lane->block)
		btt_media_store32(a->media, btt_map_at(a, lba), btt_map_encode(&new));
}

/* The same where nothing may be stored. A sector whose entry cannot be read fails by itself. */
static void lane_remember(struct btt_arena *a, const struct btt_lane *lane)
{
	const struct btt_mapping new = { .block = lane->new };
	u32 lba = lane->behind_lba, raw, i;

	if (lane->new == lane->block || btt_map_look_up(a, lba, &raw) ||
	    btt_map_decode(raw, lba).block != lane->block)
		return;
	for (i = 0; i < a->npending && a->pending[i].lba < lba; i++)
		;
	if (i == a->npending || a->pending[i].lba != lba) {
		memmove(&a->pending[i + 1], &a->pending[i],
			(a->npending - i) * sizeof(*a->pending));
		a->npending++;
	}
	a->pending[i] = (struct btt_pending){ lba, btt_map_encode(&new) };
}

/*
 * Two lanes with one free block would write over each other. @pending, of which nothing is
 * pending yet, is a table of the blocks so far, each behind the place that its number says.
 */
static bool share_a_block(struct btt_arena *a, u32 lane)
{
	u32 i, block = a->lane[lane].block;

	for (i = block % a->layout.nfree; a->pending[i].raw; ) {
		if (a->pending[i].lba == block)
			return true;
		if (++i == a->layout.nfree)
			i = 0;
	}
	a->pending[i] = (struct btt_pending){ block, true };
	return false;
}

/* Every lane opened and judged, before anything is written. */
static int open_lanes(struct btt_arena *a, enum nd_reason *reason, u32 *lane)
{
	struct btt_log_group group;
	enum nd_reason bad;

	memset(a->pending, 0, a->layout.nfree * sizeof(*a->pending));
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		bad = read_group(a, *lane, &group) ? ND_REASON_MEDIA :
		      lane_open(a, &group, &a->lane[*lane]);
		if (!bad && share_a_block(a, *lane))
			bad = ND_REASON_DUPLICATE;
		if (bad)
			return arena_refuse(reason, bad);
	}
	return 0;
}

static void remember_all(struct btt_arena *a)
{
	u32 i;

	a->npending = 0;
	for (i = 0; i < a->layout.nfree; i++)
		lane_remember(a, &a->lane[i]);
}

/*
 * What the log says is to be durable before the map is changed by it. It may have been
 * stored by somebody whose fence failed then, and be on no way to the medium any more:
 * so it is stored again, as a whole, for unused slots tell where the used ones are.
 */
static int renew_log(struct btt_arena *a, u32 *lane)
{
	struct btt_log_group group;
	u32 i;

	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		u64 at = btt_log_at(a, *lane, 0);

		if (read_group(a, *lane, &group))
			return -EIO;
		for (i = 0; i < ARRAY_SIZE(group.slot); i++, at += sizeof(*group.slot)) {
			const struct btt_log_entry *e = &group.slot[i];

			btt_media_store64(a->media, at, e->lba, e->old_map);
			btt_media_store64(a->media, at + sizeof(u64), e->new_map, e->seq);
		}
	}
	return btt_arena_fence(a);
}

/* Stored again, whether or not a fence has failed since: as it is, by whoever. */
static void restore_entry(struct btt_arena *a, u32 lba)
{
	u64 at = btt_map_at(a, lba);
	u32 raw;

	if (!btt_media_load32(a->media, at, &raw))
		btt_media_store32(a->media, at, raw);
}

/* All that is behind; @store: the medium may be stored to. */
static int arena_settle(struct btt_arena *a, bool store)
{
	u32 i, losses = btt_media_losses(a->media);
	bool behind = false;

	for (i = 0; i < a->layout.nfree; i++) {
		if (!a->lane[i].behind)
			continue;
		if (store)
			restore_entry(a, a->lane[i].behind_lba);
		btt_media_writeback(a->media, btt_map_at(a, a->lane[i].behind_lba));
		behind = true;
	}
	if (!behind)
		return 0;
	if (btt_media_fence(a->media) || btt_media_losses(a->media) != losses)
		return -EIO;
	for (i = 0; i < a->layout.nfree; i++)
		a->lane[i].behind = false;
	return 0;
}

int btt_arena_settle(struct btt_arena *a)
{
	return arena_settle(a, !a->read_only);
}

static int replay_all(struct btt_arena *a, u32 *lane)
{
	u32 i;

	a->losses = btt_media_losses(a->media);
	if (renew_log(a, lane))
		return -EIO;
	for (i = 0; i < a->layout.nfree; i++)
		lane_replay(a, &a->lane[i]);
	return arena_settle(a, true);
}

int btt_arena_recover(struct btt_arena *a, enum nd_reason *reason, u32 *where)
{
	u32 lane;
	int rc;

	a->failed = a->read_only || a->layout.flags & BTT_FLAG_ERROR;
	a->log_bad = false;
	a->npending = 0;
	rc = find_padding(a, reason, &lane);
	if (!rc)
		rc = open_lanes(a, reason, &lane);
	if (!rc && a->failed)
		remember_all(a);
	else if (!rc && replay_all(a, &lane))
		rc = arena_refuse(reason, ND_REASON_MEDIA);
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
	/* what says that it has an error stays as it is, whoever may store */
	if (a->layout.flags & BTT_FLAG_ERROR)
		return 0;
	rc = replay_all(a, &lane);
	if (rc)
		return rc;
	WRITE_ONCE(a->read_only, false);
	/*
	 * The map says now what the pending exchanges do. They end before the first write
	 * may change it: a reader that had looked one up looks again when it has announced
	 * itself, and the writer that fills the block it had found then waits for it.
	 */
	smp_store_release(&a->npending, 0);
	/* and writes begin after that: btt_write_begin() */
	smp_store_release(&a->failed, false);
	return 0;
}

/* ---- health ---- */

static void health_place(struct btt_arena *a, unsigned long *seen, u32 block, struct btt_health *h)
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
		if (btt_map_look_up(a, i, &raw))
			return -EIO;
		m = btt_map_decode(raw, i);
		h.mapped++;
		h.zeros += m.zero;
		h.errors += m.error;
		health_place(a, seen, m.block, &h);
	}
	for (i = 0; i < a->layout.nfree; i++)
		health_place(a, seen, a->lane[i].block, &h);
	/* there are as many names as blocks */
	h.lost = h.bounds + h.twice;
	*out = h;
	return 0;
}
