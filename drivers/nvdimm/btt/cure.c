// SPDX-License-Identifier: GPL-2.0
/*
 * Bad sectors of the log, written anew. While an arena is in use memory has all that its log says;
 * what is bad on the medium would be missed when it is attached again.
 *
 * Poison is cleared by the sector, of eight lanes, and what lay there is zeros then, or anything.
 * So what these have behind is made durable first, and each one's free block is noted where nobody
 * looks: in the older entry of a lane of another sector (BTT_MARK). Power may fail between clearing
 * and writing: recovery takes from its mark what a group had that makes no sense, or cannot be
 * read. Pure.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/arena.h"
#include "btt/cure.h"
#include "btt/flog.h"
#include "btt/media.h"

#define LOG_SECTOR	(BTT_SECTOR_LANES * BTT_LOG_GROUP)

static u32 lanes_from(const struct btt_arena *a, u32 first)
{
	return min_t(u32, BTT_SECTOR_LANES, a->layout.nfree - first);
}

static bool sector_bad(struct btt_arena *a, u32 first)
{
	u32 i, n = lanes_from(a, first);

	for (i = first; i < first + n; i++)
		if (a->lane[i].lost)
			return true;
	return btt_media_bad(a->media, btt_log_at(a, first, 0), n * BTT_LOG_GROUP);
}

static bool sector_marked(const struct btt_arena *a, u32 first)
{
	u32 i;

	for (i = first; i < first + lanes_from(a, first); i++)
		if (a->lane[i].marked)
			return true;
	return false;
}

bool btt_log_bad(struct btt_arena *a)
{
	return READ_ONCE(a->log_uncured) ||
	       btt_media_bad(a->media, btt_log_at(a, 0, 0), (u64)a->layout.nfree * BTT_LOG_GROUP);
}

/* ---- holding lanes ---- */

static void hold_sector(struct btt_arena *a, u32 first, bool alone)
{
	u32 i, end = min(first + lanes_from(a, first), a->lanes);

	for (i = first; !alone && i < end; i++)
		btt_media_hold(a->media, i);
}

static void release_sector(struct btt_arena *a, u32 first, bool alone)
{
	u32 i, end = min(first + lanes_from(a, first), a->lanes);

	for (i = first; !alone && i < end; i++)
		btt_media_release(a->media, i);
}

/* ---- marks ---- */

static bool may_have_marks(struct btt_arena *a, u32 first, u32 bad)
{
	return first != bad && lanes_from(a, first) >= lanes_from(a, bad) &&
	       !sector_bad(a, first);
}

/* Has sector @first marks, and of sector @bad? Others' may be all that tells of those. */
static bool marks_are_of(const struct btt_arena *a, u32 first, u32 bad)
{
	u32 i;

	for (i = first; i < first + lanes_from(a, first); i++)
		if (a->lane[i].marked)
			return a->lane[i].marks == bad;
	return false;
}

/* Are there marks of sector @first anywhere? */
static bool has_marks(const struct btt_arena *a, u32 first)
{
	u32 i;

	for (i = 0; i < a->layout.nfree; i++)
		if (a->lane[i].marked && a->lane[i].marks == first)
			return true;
	return false;
}

/* The sector whose lanes take the marks of sector @bad: where they are already; ~0: none. */
static u32 sector_for_marks(struct btt_arena *a, u32 bad)
{
	u32 i, found = ~0u;

	for (i = 0; i < a->layout.nfree; i += BTT_SECTOR_LANES) {
		if (!may_have_marks(a, i, bad))
			continue;
		if (marks_are_of(a, i, bad))
			return i;
		if (found == ~0u && !sector_marked(a, i))
			found = i;
	}
	return found;
}

/* The free block as an entry names it: that it has an error nobody else may know after a boot. */
static u32 block_of(const struct btt_lane *lane)
{
	return lane->block | (lane->had_error ? BTT_MAP_ERROR : 0);
}

static void store_marks(struct btt_arena *a, u32 first, u32 at)
{
	u32 i;

	for (i = 0; i < lanes_from(a, first); i++) {
		struct btt_lane *lane = &a->lane[at + i];

		lane->marks = first;
		lane->marked = true;
		btt_media_store64(a->media, btt_log_at(a, at + i, lane->sub),
				  cpu_to_le32(BTT_MARK | (first + i)),
				  cpu_to_le32(block_of(&a->lane[first + i])));
	}
}

static int erase_marks(struct btt_arena *a, u32 first)
{
	u32 i;

	for (i = first; i < first + lanes_from(a, first); i++) {
		if (!a->lane[i].marked)
			continue;
		btt_media_store64(a->media, btt_log_at(a, i, a->lane[i].sub), 0, 0);
		a->lane[i].marked = false;
	}
	return btt_arena_fence(a);
}

/* ---- a sector ---- */

/* Has the medium what memory has? Of a sector, only what was bad is zeros now. */
static bool is_intact(struct btt_arena *a, u32 nr)
{
	const struct btt_lane *lane = &a->lane[nr];
	struct btt_log_group group;
	struct btt_lane found;

	return !lane->lost &&
	       !btt_media_read(a->media, btt_log_at(a, nr, 0), &group, sizeof(group)) &&
	       !btt_lane_open(a, nr, &group, &found) && found.block == lane->block &&
	       found.sub == lane->sub && found.seq == lane->seq;
}

/* Where no firmware clears, the store to come does; whoever has looked there has met it again. */
static int clear_again(struct btt_arena *a, u32 nr)
{
	u64 at = btt_log_at(a, round_down(nr, BTT_SECTOR_LANES), 0);

	return btt_media_bad(a->media, btt_log_at(a, nr, 0), BTT_LOG_GROUP) ?
	       btt_media_clear(a->media, at, LOG_SECTOR) : 0;
}

/* The lane as it was made: a word decides that it is there. The first store is of a whole line. */
static int write_group(struct btt_arena *a, u32 nr)
{
	struct btt_lane *lane = &a->lane[nr];
	struct btt_log_group group = { };
	u64 at = btt_log_at(a, nr, 0);
	int rc;

	group.slot[0].lba = cpu_to_le32(nr);
	group.slot[0].old_map = cpu_to_le32(block_of(lane));
	rc = clear_again(a, nr);
	if (!rc)
		rc = btt_media_write(a->media, at, &group, sizeof(group));
	if (!rc)
		rc = btt_arena_fence(a);
	if (rc)
		return rc;
	btt_media_store64(a->media, at + sizeof(u64), group.slot[0].old_map, cpu_to_le32(1));
	rc = btt_arena_fence(a);
	if (rc)
		return rc;
	lane->sub = 1;
	lane->seq = 2;
	lane->lost = false;
	return 0;
}

/* What is not as it should be is noted as lost, and with @write written: how many, or -errno. */
static int write_lost(struct btt_arena *a, u32 first, bool write)
{
	u32 i, n = 0;
	int rc;

	for (i = first; i < first + lanes_from(a, first); i++) {
		if (is_intact(a, i))
			continue;
		n++;
		a->lane[i].lost = true;
		rc = write ? write_group(a, i) : 0;
		if (rc)
			return rc;
	}
	return n;
}

/* More of the sector may turn bad meanwhile: what is cleared with it is written once more. */
static int write_groups(struct btt_arena *a, u32 first)
{
	int n = 1, tries;

	for (tries = 3; n > 0 && tries >= 0; tries--)
		n = write_lost(a, first, tries);
	return n > 0 ? -ENXIO : n;
}

bool btt_lane_needed(struct btt_arena *a, const struct btt_lane *lane)
{
	return lane->due ||
	       (lane->behind && btt_media_bad(a->media, btt_map_at(a, lane->behind_lba),
					      sizeof(__le32)));
}

static bool sector_needed(struct btt_arena *a, u32 first)
{
	u32 i;

	for (i = first; i < first + lanes_from(a, first); i++)
		if (btt_lane_needed(a, &a->lane[i]))
			return true;
	return false;
}

/* Once this is durable the log of these lanes tells of nothing that is not elsewhere. */
static int settle_sector(struct btt_arena *a, u32 first, u32 marks)
{
	u32 i;

	for (i = first; i < first + lanes_from(a, first); i++)
		if (a->lane[i].behind)
			btt_media_writeback(a->media, btt_map_at(a, a->lane[i].behind_lba));
	if (btt_arena_fence(a))
		return -EIO;
	if (marks == ~0u)
		return 0;
	store_marks(a, first, marks);
	return btt_arena_fence(a);
}

/* Lanes held: those of the sector, and of that for its marks. */
static int rewrite_sector(struct btt_arena *a, u32 first, u32 marks)
{
	u64 at = btt_log_at(a, first, 0);
	int rc;

	rc = settle_sector(a, first, marks);
	/* what is there is needed, is not the log alone, or stays bad: the marks stay, too */
	if (!rc && btt_media_bad(a->media, at, LOG_SECTOR) &&
	    (sector_needed(a, first) || at + LOG_SECTOR > a->start + a->layout.info2off ||
	     btt_media_clear(a->media, at, LOG_SECTOR)))
		return -ENXIO;
	if (!rc)
		rc = write_groups(a, first);
	if (!rc && marks != ~0u)
		rc = erase_marks(a, marks);
	/* what the medium has of the log is not known any more */
	if (rc && rc != -ENXIO)
		WRITE_ONCE(a->failed, true);
	return rc;
}

static void hold_both(struct btt_arena *a, u32 first, u32 marks, bool alone)
{
	hold_sector(a, first, alone);
	if (marks != ~0u)
		hold_sector(a, marks, alone);
}

static void release_both(struct btt_arena *a, u32 first, u32 marks, bool alone)
{
	if (marks != ~0u)
		release_sector(a, marks, alone);
	release_sector(a, first, alone);
}

static int cure_sector(struct btt_arena *a, u32 first, bool alone)
{
	u32 marks = sector_for_marks(a, first), now;
	int rc;

	hold_both(a, first, marks, alone);
	/* until it was held, that for the marks may have turned bad */
	while ((now = sector_for_marks(a, first)) != marks) {
		release_both(a, first, marks, alone);
		marks = now;
		hold_both(a, first, marks, alone);
	}
	/* and who held it may have met a fence that failed */
	rc = READ_ONCE(a->failed) && !alone ? -EIO : rewrite_sector(a, first, marks);
	release_both(a, first, marks, alone);
	return rc;
}

/* Marks that were left, of what is as it should be. */
static int forget_marks(struct btt_arena *a, u32 first, bool alone)
{
	int rc;

	hold_sector(a, first, alone);
	rc = erase_marks(a, first);
	if (rc)
		WRITE_ONCE(a->failed, true);
	release_sector(a, first, alone);
	return rc;
}

static int cure_log(struct btt_arena *a, bool alone)
{
	int rc = 0, one;
	u32 i;

	/* one that stays bad keeps no other one from being cured, or marked */
	for (i = 0; (!rc || rc == -ENXIO) && i < a->layout.nfree; i += BTT_SECTOR_LANES) {
		one = sector_bad(a, i) || has_marks(a, i) ? cure_sector(a, i, alone) : 0;
		rc = one ?: rc;
	}
	/* marks beside others, as none are made here */
	for (i = 0; !rc && i < a->layout.nfree; i += BTT_SECTOR_LANES)
		if (sector_marked(a, i))
			rc = forget_marks(a, i, alone);
	WRITE_ONCE(a->log_uncured, rc);
	return rc;
}

int btt_log_cure_alone(struct btt_arena *a)
{
	return btt_log_bad(a) ? cure_log(a, true) : 0;
}

int btt_log_cure(struct btt_arena *a)
{
	int rc;

	btt_media_begin_lanes(a->media);
	/* who was here before may have done it */
	rc = btt_log_bad(a) ? cure_log(a, false) : 0;
	btt_media_end_lanes(a->media);
	return rc;
}
