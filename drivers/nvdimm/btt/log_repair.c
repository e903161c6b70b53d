// SPDX-License-Identifier: GPL-2.0
/* Bad sectors of the log are cleared and rewritten from memory: log_repair.h. Pure. */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/io.h"
#include "btt/log_repair.h"

#define SECTOR_LANES	8u
#define LOG_SECTOR	(SECTOR_LANES * BTT_LOG_GROUP)

/* More of a sector may turn bad while it is rewritten. */
#define TRIES		3

/* Lanes [@first, @end) have their groups in one sector of the log. */
struct log_sector {
	u32 first, end;
	u64 at;
};

static bool sector_bad(struct btt_arena *a, const struct log_sector *s)
{
	return btt_media_bad(a->media, s->at, (s->end - s->first) * BTT_LOG_GROUP);
}

/* After this the log of these lanes is not needed: the map has all that it records. */
static int settle_map(struct btt_arena *a, const struct log_sector *s)
{
	u32 i;

	for (i = s->first; i < s->end; i++)
		if (a->lane[i].behind)
			btt_media_writeback(a->media, btt_map_at(a, a->lane[i].behind_lba));
	if (btt_arena_fence(a))
		return -EIO;
	for (i = s->first; i < s->end; i++) {
		if (btt_lane_needed(a, &a->lane[i]))
			return -ENXIO;
		a->lane[i].behind = false;
	}
	return 0;
}

/* The free block as an entry names it: after a boot only the log knows that it has an error. */
static __le32 block_of(const struct btt_lane *lane)
{
	return cpu_to_le32(lane->block | (lane->had_error ? BTT_MAP_ERROR : 0));
}

static u64 commit_at(const struct btt_arena *a, u32 nr)
{
	return btt_log_at(a, nr, 0) + sizeof(u64);
}

/* The whole cache line is stored: where firmware does not clear poison, that does. */
static void write_group(struct btt_arena *a, u32 nr)
{
	u64 at = btt_log_at(a, nr, 0), i;

	btt_media_store64(a->media, at, cpu_to_le32(nr), block_of(&a->lane[nr]));
	for (i = sizeof(u64); i < BTT_LOG_GROUP; i += sizeof(u64))
		btt_media_store64(a->media, at + i, 0, 0);
}

static void confirm_group(struct btt_arena *a, u32 nr)
{
	struct btt_lane *lane = &a->lane[nr];

	btt_media_store64(a->media, commit_at(a, nr), block_of(lane), cpu_to_le32(1));
	lane->sub = 1;
	lane->seq = 2;
}

/* Steps 3 to 5. */
static int write_groups(struct btt_arena *a, const struct log_sector *s)
{
	u32 i;

	for (i = s->first; i < s->end; i++)
		btt_media_store64(a->media, commit_at(a, i), 0, 0);
	if (btt_arena_fence(a))
		return -EIO;
	for (i = s->first; i < s->end; i++)
		write_group(a, i);
	if (btt_arena_fence(a))
		return -EIO;
	for (i = s->first; i < s->end; i++)
		confirm_group(a, i);
	return btt_arena_fence(a);
}

static int clear_and_write(struct btt_arena *a, const struct log_sector *s)
{
	if (sector_bad(a, s) && btt_media_clear(a->media, s->at, LOG_SECTOR))
		return -ENXIO;
	return write_groups(a, s);
}

/* Lanes held. */
static int repair_sector(struct btt_arena *a, const struct log_sector *s)
{
	int rc = settle_map(a, s), tries = 0;

	while (!rc && tries++ < TRIES) {
		rc = clear_and_write(a, s);
		if (!rc && !sector_bad(a, s))
			return 0;
	}
	return rc ?: -ENXIO;
}

static int hold_and_repair(struct btt_arena *a, const struct log_sector *s)
{
	u32 i, end = min(s->end, a->lanes);
	int rc;

	for (i = s->first; i < end; i++)
		btt_media_hold(a->media, i);
	/* a writer whose lane was waited for may have met a fence that failed */
	rc = READ_ONCE(a->failed) ? -EIO : repair_sector(a, s);
	a->lane[s->first].log_lost = rc;
	/* then it is not known what the medium has of the log */
	if (rc == -EIO)
		WRITE_ONCE(a->failed, true);
	for (i = s->first; i < end; i++)
		btt_media_release(a->media, i);
	return rc;
}

/* A sector that stays bad keeps no other sector from being repaired. */
static int repair_log(struct btt_arena *a)
{
	struct log_sector s;
	int rc = 0, one;

	for (s.first = 0; rc != -EIO && s.first < a->layout.nfree; s.first = s.end) {
		s.end = min(s.first + SECTOR_LANES, a->layout.nfree);
		s.at = btt_log_at(a, s.first, 0);
		one = a->lane[s.first].log_lost || sector_bad(a, &s) ?
		      hold_and_repair(a, &s) : 0;
		rc = one ?: rc;
	}
	WRITE_ONCE(a->log_bad, rc);
	return rc;
}

int btt_log_repair(struct btt_arena *a)
{
	int rc;

	btt_media_begin_repair(a->media);
	/* the task that was waited for may have done it */
	rc = btt_log_bad(a) ? repair_log(a) : 0;
	btt_media_end_repair(a->media);
	return rc;
}
