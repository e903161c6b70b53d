// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing a sector: the order of loads, stores and fences that
 * docs/btt.md argues for and crash/crash_btt.c enumerates. Pure.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <asm/byteorder.h>
#include "btt/io.h"
#include "btt/log_repair.h"
#include "btt/media.h"
#include "btt/ondisk.h"
#include "btt/readers.h"

/* ---- the map ---- */

/* What recovery would have stored for @lba, had it been allowed to; NULL: nothing. */
static noinline const u32 *find_pending(const struct btt_arena *a, u32 n, u32 lba)
{
	u32 low = 0;

	while (low < n) {
		u32 mid = low + (n - low) / 2;

		if (a->pending[mid].lba == lba)
			return &a->pending[mid].raw;
		if (a->pending[mid].lba < lba)
			low = mid + 1;
		else
			n = mid;
	}
	return NULL;
}

/* Where there are none, what they were is in the map: see btt_arena_make_writable(). */
static inline const u32 *exchange_pending(const struct btt_arena *a, u32 lba)
{
	/* pairs with the end of the pending exchanges: the map is read after it */
	u32 n = smp_load_acquire(&a->npending);

	return unlikely(n) ? find_pending(a, n, lba) : NULL;
}

int btt_map_look_up(struct btt_arena *a, u32 lba, u32 *raw)
{
	const u32 *better = exchange_pending(a, lba);

	if (unlikely(btt_media_load32(a->media, btt_map_at(a, lba), raw)))
		return -EIO;
	if (unlikely(better))
		*raw = *better;
	return 0;
}

/* Once more, of an entry that has been looked up. */
static inline u32 look_again(struct btt_arena *a, u32 lba)
{
	const u32 *better = exchange_pending(a, lba);

	return unlikely(better) ? *better : btt_media_reload32(a->media, btt_map_at(a, lba));
}

/* ---- reading ---- */

int btt_read_begin(struct btt_arena *a, u32 lba, struct btt_read *rd)
{
	struct btt_mapping m;
	u32 raw;

	if (unlikely(btt_map_look_up(a, lba, &raw)))
		return -EIO;
	for (;;) {
		m = btt_map_decode(raw, lba);
		rd->raw = raw;
		rd->zero = m.zero;
		if (m.zero)
			return 0;
		if (unlikely(m.error || m.block >= a->layout.internal_nlba))
			return -EIO;
		rd->token = btt_readers_enter(a->readers, a->media, lba, m.block);
		raw = look_again(a, lba);
		/* still mapped: from now on its owner-to-be waits for us */
		if (likely(raw == rd->raw))
			break;
		btt_readers_leave(rd->token);
	}
	rd->at = btt_block_at(a, m.block);
	return 0;
}

void btt_read_end(struct btt_read *rd)
{
	if (!rd->zero)
		btt_readers_leave(rd->token);
}

int btt_read_failed(struct btt_arena *a, u32 lba, const struct btt_read *rd)
{
	u32 stripe = btt_map_stripe(lba), now;
	u64 at = btt_map_at(a, lba);
	struct btt_mapping m;
	int rc;

	if (READ_ONCE(a->failed) || btt_media_bad(a->media, at, sizeof(now)))
		return -EIO;
	btt_media_lock(a->locks, stripe);
	rc = btt_media_load32(a->media, at, &now);
	if (!rc && now == rd->raw) {
		m = btt_map_decode(now, lba);
		m.error = true;
		btt_media_store32(a->media, at, btt_map_encode(&m));
		btt_media_writeback(a->media, at);
		rc = btt_arena_fence(a);
		/* what other lanes have behind may have gone with it */
		if (rc)
			WRITE_ONCE(a->failed, true);
	}
	btt_media_unlock(a->locks, stripe);
	return rc;
}

/* ---- lanes ---- */

u32 btt_lane_next(const struct btt_arena *a, u32 lane)
{
	u32 i, next = lane;

	for (i = 1; i < a->lanes; i++) {
		if (++next == a->lanes)
			next = 0;
		if (!READ_ONCE(a->lane[next].parked))
			return next;
	}
	return lane;
}

u32 btt_lanes_parked(const struct btt_arena *a)
{
	u32 i, n = 0;

	for (i = 0; i < a->lanes; i++)
		n += READ_ONCE(a->lane[i].parked);
	return n;
}

bool btt_lane_needed(struct btt_arena *a, const struct btt_lane *lane)
{
	return lane->due ||
	       (lane->behind && btt_media_bad(a->media, btt_map_at(a, lane->behind_lba),
					      sizeof(__le32)));
}

/*
 * Can the lane, which is held, be written in? A cure that was refused is tried again when
 * there is no other lane: the firmware takes its time. The log group is not written over while
 * the map entry of the lane's last exchange is bad: as long as that may not be durable, the log
 * is where it is. A block that was given up with an error is cured, listed or not: after a boot
 * nobody knows of it until a scrub does.
 */
static bool is_usable(struct btt_arena *a, u32 nr)
{
	struct btt_lane *lane = &a->lane[nr];
	u64 at = btt_block_at(a, lane->block);
	u32 len = a->layout.external_lbasize;
	bool bad = btt_lane_needed(a, lane);

	if (!bad && btt_media_bad(a->media, at, len))
		bad = (lane->parked && btt_lane_next(a, nr) != nr) ||
		      btt_media_repair(a->media, at, len) || btt_media_bad(a->media, at, len);
	else if (!bad && lane->had_error)
		/* where the platform cannot, a store is all that there is */
		btt_media_repair(a->media, at, len);
	if (!bad)
		lane->had_error = false;
	WRITE_ONCE(lane->parked, bad);
	return !bad;
}

/*
 * Something is bad, of this lane or of another one. While the log is bad no write is acknowledged:
 * attach would refuse the arena, and with it what was acknowledged.
 */
static noinline int look_closer(struct btt_arena *a, u32 lane)
{
	if (btt_log_bad(a))
		return -EUCLEAN;
	return is_usable(a, lane) ? 0 : -EAGAIN;
}

/* ---- writing ---- */

/* Of an arena in use: somebody else's failure is one, too. See btt_media_losses(). */
int btt_arena_fence(struct btt_arena *a)
{
	int rc = btt_media_fence(a->media);

	return likely(!rc && btt_media_losses(a->media) == a->losses) ? 0 : -EIO;
}

int btt_write_begin(struct btt_arena *a, u32 lane, u64 *at)
{
	u32 block = a->lane[lane].block, was_of = a->lane[lane].behind_lba;
	unsigned int tries = 0;

	/* a reader that sees it writable sees all that came before */
	if (unlikely(smp_load_acquire(&a->failed)))
		return -EIO;
	while (unlikely(btt_readers_busy(a->readers, was_of, block)))
		btt_media_pause(a->media, tries++);
	*at = btt_block_at(a, block);
	if (likely(!btt_media_any_bad(a->media) && !READ_ONCE(a->log_bad) &&
		   !a->lane[lane].parked && !a->lane[lane].had_error))
		return 0;
	return look_closer(a, lane);
}

/* Does the lane, or the log, need repair before it is written in? See look_closer(). */
static bool needs_repair(struct btt_arena *a, const struct btt_lane *lane)
{
	if (unlikely(lane->parked || lane->had_error || READ_ONCE(a->log_bad)))
		return true;
	return unlikely(btt_media_any_bad(a->media)) &&
	       (btt_log_bad(a) || btt_lane_needed(a, lane) ||
		btt_media_bad(a->media, btt_block_at(a, lane->block), a->layout.external_lbasize));
}

int btt_write_try_begin(struct btt_arena *a, u32 nr, u64 *at)
{
	const struct btt_lane *lane = &a->lane[nr];

	/* as in btt_write_begin() */
	if (unlikely(smp_load_acquire(&a->failed)))
		return -EIO;
	if (unlikely(btt_readers_busy(a->readers, lane->behind_lba, lane->block) ||
		     needs_repair(a, lane)))
		return -EAGAIN;
	*at = btt_block_at(a, lane->block);
	return 0;
}

/* What becomes durable together with the data: all that the commit relies on. */
static int exchange_prepare(struct btt_arena *a, u32 nr, u32 lba, u32 old)
{
	struct btt_lane *lane = &a->lane[nr];
	u64 log = btt_log_at(a, nr, lane->sub);

	btt_media_store64(a->media, log, cpu_to_le32(lba), cpu_to_le32(old));
	/*
	 * Recovery looks at the newest entry of a lane only, and takes lanes in
	 * their order, not in that of time. So before an entry stops being the
	 * newest of its lane, and before another lane's entry builds on it, its
	 * exchange has to be in the map for good.
	 */
	btt_media_writeback(a->media, btt_map_at(a, lba));
	if (lane->behind)
		btt_media_writeback(a->media, btt_map_at(a, lane->behind_lba));
	return btt_arena_fence(a);
}

/* The log says it: from here on the exchange happens, now or at recovery. */
static int exchange_confirm(struct btt_arena *a, u32 nr)
{
	const struct btt_lane *lane = &a->lane[nr];

	btt_media_store64(a->media, btt_log_at(a, nr, lane->sub) + sizeof(u64),
			  cpu_to_le32(lane->block), cpu_to_le32(lane->seq));
	return btt_arena_fence(a);
}

static void exchange_apply(struct btt_arena *a, u32 nr, u32 lba, const struct btt_mapping *old)
{
	struct btt_lane *lane = &a->lane[nr];
	const struct btt_mapping new = { .block = lane->block };

	btt_media_store32(a->media, btt_map_at(a, lba), btt_map_encode(&new));
	lane->behind = true;
	lane->behind_lba = lba;
	lane->block = old->block;
	lane->had_error = old->error;
	lane->sub = !lane->sub;
	lane->seq = btt_flog_next(lane->seq);
}

static int exchange_commit(struct btt_arena *a, u32 nr, u32 lba)
{
	struct btt_mapping old;
	u32 raw;
	int rc;

	if (unlikely(READ_ONCE(a->failed) || btt_media_load32(a->media, btt_map_at(a, lba), &raw)))
		return -EIO;
	old = btt_map_decode(raw, lba);
	if (unlikely(old.block >= a->layout.internal_nlba))
		return -EIO;
	rc = exchange_prepare(a, nr, lba, old.block | (old.error ? BTT_MAP_ERROR : 0));
	if (likely(!rc))
		rc = exchange_confirm(a, nr);
	if (unlikely(rc)) {
		/*
		 * Perhaps the medium has it, perhaps not: what is right to do
		 * next differs, so nothing is done. Recovery will see which. And
		 * a medium that is a service may have given up whatever was to
		 * be made durable, the map entries of acknowledged writes among
		 * it. The log has those as long as nothing more is written.
		 */
		WRITE_ONCE(a->failed, true);
		return rc;
	}
	exchange_apply(a, nr, lba, &old);
	return 0;
}

int btt_write_commit(struct btt_arena *a, u32 lane, u32 lba)
{
	u32 stripe = btt_map_stripe(lba);
	int rc;

	btt_media_lock(a->locks, stripe);
	rc = exchange_commit(a, lane, lba);
	btt_media_unlock(a->locks, stripe);
	return rc;
}

int btt_write_try_commit(struct btt_arena *a, u32 lane, u32 lba)
{
	u32 stripe = btt_map_stripe(lba);
	int rc;

	if (!btt_media_trylock(a->locks, stripe))
		return -EAGAIN;
	rc = exchange_commit(a, lane, lba);
	btt_media_unlock(a->locks, stripe);
	return rc;
}
