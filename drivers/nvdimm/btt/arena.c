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
#include "btt/cure.h"
#include "btt/flog.h"
#include "btt/io.h"
#include "btt/map.h"
#include "btt/media.h"

static int arena_refuse(enum nd_reason *told, enum nd_reason reason)
{
	if (told)
		*told = reason;
	return reason == ND_REASON_MEDIA ? -EIO : -ENXIO;
}

/*
 * Some groups of the log, as they were read: all of it is walked through, and more than once.
 * They stay as they are meanwhile: what is stored there is what was read.
 */
struct log_piece {
	u32 first, nr;
	struct btt_log_group group[8];
};

static int read_groups(struct btt_arena *a, struct log_piece *p, u32 lane, u32 nr)
{
	p->first = lane;
	p->nr = nr;
	return btt_media_read(a->media, btt_log_at(a, lane, 0), p->group, nr * BTT_LOG_GROUP);
}

/*
 * From @lane on. What is read along with it says nothing of it; where what is bad is known by
 * sectors, the first lane of the sector is the one that is named.
 */
static noinline const struct btt_log_group *log_piece_at(struct btt_arena *a, struct log_piece *p,
							 u32 lane)
{
	u32 nr = min_t(u32, ARRAY_SIZE(p->group), a->layout.nfree - lane);

	if (read_groups(a, p, lane, nr) && read_groups(a, p, lane, 1)) {
		p->nr = 0;
		return NULL;
	}
	return p->group;
}

/* The group of @lane; NULL: it cannot be read. */
static inline const struct btt_log_group *log_group(struct btt_arena *a, struct log_piece *p,
						    u32 lane)
{
	return lane - p->first < p->nr ? &p->group[lane - p->first] : log_piece_at(a, p, lane);
}

/* Of a lost group: which block is free. Two marks that differ tell nothing. */
static bool take_mark(struct btt_arena *a, const struct btt_log_entry *e, u32 at)
{
	u32 nr = btt_mark_of(e, at), block = le32_to_cpu(e->old_map) & BTT_MAP_BLOCK;
	struct btt_lane *lane;

	if (nr >= a->layout.nfree || !a->lane[nr].lost)
		return true;
	lane = &a->lane[nr];
	if (block >= a->layout.internal_nlba || (lane->seq && lane->block != block))
		return false;
	*lane = (struct btt_lane){ .block = block, .sub = 1, .seq = 2, .lost = true,
				   .had_error = le32_to_cpu(e->old_map) & BTT_MAP_ERROR };
	return true;
}

static enum nd_reason why_lost(const struct btt_arena *a, const struct btt_log_group *group)
{
	enum btt_padding pad = a->pad;

	if (!group)
		return ND_REASON_MEDIA;
	if ((group->slot[0].seq || group->slot[pad].seq) && btt_flog_padding(group, &pad))
		return ND_REASON_SEQUENCE;
	return ND_REASON_REFERENCE;
}

/* Each lost group has to have one. */
static int find_marks(struct btt_arena *a, struct log_piece *p, enum nd_reason *reason, u32 *lane)
{
	const struct btt_log_group *group;
	int newest;

	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		group = a->lane[*lane].lost ? NULL : log_group(a, p, *lane);
		if (!group)
			continue;
		newest = btt_flog_newest(le32_to_cpu(group->slot[0].seq),
					 le32_to_cpu(group->slot[a->pad].seq));
		if (newest >= 0 && !take_mark(a, &group->slot[newest ? 0 : a->pad], *lane))
			return arena_refuse(reason, ND_REASON_REFERENCE);
	}
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++)
		if (a->lane[*lane].lost && !a->lane[*lane].seq)
			return arena_refuse(reason, why_lost(a, log_group(a, p, *lane)));
	return 0;
}

/*
 * All groups have to agree, and most of them do not know. Of one that is bad, or makes no sense as
 * it was cleared, there may be a mark.
 */
static int find_padding(struct btt_arena *a, struct log_piece *p, enum nd_reason *reason,
			u32 *lane)
{
	const struct btt_log_group *group;
	u32 i, lost = 0;

	a->pad = BTT_PAD_UNKNOWN;
	for (i = 0; i < a->layout.nfree; i++) {
		group = log_group(a, p, i);
		if (likely(group && btt_flog_sense(group, &a->pad)))
			continue;
		a->lane[i].lost = true;
		lost++;
	}
	if (!a->pad)
		a->pad = BTT_PAD_NEW;
	return lost ? find_marks(a, p, reason, lane) : 0;
}

static inline enum nd_reason lane_open(const struct btt_arena *a, u32 nr,
				       const struct btt_log_group *group, struct btt_lane *lane)
{
	const struct btt_log_entry *e[] = { &group->slot[0], &group->slot[a->pad] };
	int newest = btt_flog_newest(le32_to_cpu(e[0]->seq), le32_to_cpu(e[1]->seq));
	const struct btt_log_entry *out;
	struct btt_mapping old;
	u32 new;

	if (newest < 0)
		return ND_REASON_SEQUENCE;
	out = e[newest];
	new = le32_to_cpu(out->new_map) & BTT_MAP_BLOCK;
	old = btt_map_decode(le32_to_cpu(out->old_map) ?: BTT_MAP_NORMAL, 0);
	lane->block = le32_to_cpu(out->old_map) & BTT_MAP_BLOCK;
	lane->had_error = old.error;
	lane->sub = !newest;
	lane->seq = btt_flog_next(le32_to_cpu(out->seq));
	lane->behind = false;
	lane->due = false;
	lane->marked = false;
	if (unlikely(le32_to_cpu(e[!newest]->lba) >= BTT_MARK)) {
		lane->marks = round_down(btt_mark_of(e[!newest], nr), BTT_SECTOR_LANES);
		lane->marked = lane->marks < a->layout.nfree;
	}
	if (lane->block >= a->layout.internal_nlba || new >= a->layout.internal_nlba)
		return ND_REASON_BOUNDS;
	/* a lane that was never used exchanges nothing, whatever the sector */
	if (lane->block != new && le32_to_cpu(out->lba) >= a->layout.external_nlba)
		return ND_REASON_BOUNDS;
	return ND_REASON_OK;
}

enum nd_reason btt_lane_open(const struct btt_arena *a, u32 nr, const struct btt_log_group *group,
			     struct btt_lane *lane)
{
	return lane_open(a, nr, group, lane);
}

/* What a lane's newest entry tells of: @any: an exchange, of the block of @lba for @new. */
struct btt_exchange {
	bool any;
	u32 lba;
	struct btt_mapping new;
};

/*
 * Did the log entry get as far as the map? Where the map still names the old
 * block, no: put the new one there. Anything else is a later write's. Where the map cannot be
 * read its sector fails, and the lane keeps what it knows of it: that costs nobody else.
 */
static void lane_replay(struct btt_arena *a, struct btt_lane *lane, const struct btt_exchange *x)
{
	u32 raw;

	if (!x->any)
		return;
	lane->behind = true;
	lane->behind_lba = x->lba;
	lane->due = btt_media_load32(a->media, btt_map_at(a, x->lba), &raw);
	lane->parked = lane->due;
	if (!lane->due && btt_map_decode(raw, x->lba).block == lane->block)
		btt_media_store32(a->media, btt_map_at(a, x->lba), btt_map_encode(&x->new));
}

/* The same where nothing may be stored. A sector whose entry cannot be read fails by itself. */
static void lane_remember(struct btt_arena *a, const struct btt_lane *lane,
			  const struct btt_exchange *x)
{
	u32 raw, i;

	if (!x->any || btt_map_look_up(a, x->lba, &raw) ||
	    btt_map_decode(raw, x->lba).block != lane->block)
		return;
	for (i = 0; i < a->npending && a->pending[i].lba < x->lba; i++)
		;
	if (i == a->npending || a->pending[i].lba != x->lba) {
		memmove(&a->pending[i + 1], &a->pending[i],
			(a->npending - i) * sizeof(*a->pending));
		a->npending++;
	}
	a->pending[i] = (struct btt_pending){ x->lba, btt_map_encode(&x->new) };
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

/*
 * The blocks of lost lanes, in @pending, of which nothing is pending yet. Their marks may be of a
 * time long ago, and somebody else have written since: none of these may be in use.
 */
static u32 list_lost(struct btt_arena *a)
{
	u32 i, n = 0;

	for (i = 0; i < a->layout.nfree; i++)
		if (a->lane[i].lost)
			a->pending[n++].lba = a->lane[i].block;
	return n;
}

static bool is_lost(const struct btt_arena *a, u32 nlost, u32 block)
{
	u32 i;

	for (i = 0; i < nlost; i++)
		if (a->pending[i].lba == block)
			return true;
	return false;
}

/* What the map names is not free. */
static bool map_has_lost(struct btt_arena *a, u32 nlost)
{
	u32 i, raw;

	for (i = 0; i < a->layout.external_nlba; i++) {
		if (!(i % 4096))
			btt_media_pause(a->media, 0);
		if (!btt_media_load32(a->media, btt_map_at(a, i), &raw) &&
		    is_lost(a, nlost, btt_map_decode(raw, i).block))
			return true;
	}
	return false;
}

/* Every lane opened and judged, before anything is written. */
static int open_lanes(struct btt_arena *a, struct log_piece *p, enum nd_reason *reason, u32 *lane)
{
	const struct btt_log_group *group;
	bool uncured = false;
	u32 i;

	memset(a->pending, 0, a->layout.nfree * sizeof(*a->pending));
	for (i = 0; i < a->layout.nfree; i++) {
		enum nd_reason bad = ND_REASON_OK;
		struct btt_lane *l = &a->lane[i];

		*lane = i;
		if (likely(!l->lost)) {
			group = log_group(a, p, i);
			bad = group ? lane_open(a, i, group, l) : ND_REASON_MEDIA;
		}
		if (bad)
			return arena_refuse(reason, bad);
		if (share_a_block(a, i))
			return arena_refuse(reason, ND_REASON_DUPLICATE);
		uncured |= l->lost | l->marked;
	}
	a->log_uncured = uncured;
	return 0;
}

/*
 * Read again, after open_lanes(), what the lane's newest entry tells of an exchange. Who has
 * changed it meanwhile finds bounds as btt_lane_open() has them.
 */
static inline int read_exchange(struct btt_arena *a, struct log_piece *p, u32 lane,
				struct btt_exchange *out)
{
	const struct btt_log_group *group;
	const struct btt_log_entry *e;

	out->any = false;
	/* what it had exchanged was in the map before its mark was made */
	if (a->lane[lane].lost)
		return 0;
	group = log_group(a, p, lane);
	if (!group)
		return -EIO;
	e = &group->slot[a->lane[lane].sub ? 0 : a->pad];
	out->lba = le32_to_cpu(e->lba);
	out->new.block = le32_to_cpu(e->new_map) & BTT_MAP_BLOCK;
	out->any = out->new.block != a->lane[lane].block;
	return out->any && (out->lba >= a->layout.external_nlba ||
			    out->new.block >= a->layout.internal_nlba) ? -EIO : 0;
}

/* Nor is what the map is going to name, by what the log tells of. */
static bool log_has_lost(struct btt_arena *a, struct log_piece *p, u32 nlost)
{
	struct btt_exchange x = { };
	u32 i, raw;

	for (i = 0; i < a->layout.nfree; i++)
		if (!read_exchange(a, p, i, &x) && x.any && is_lost(a, nlost, x.new.block) &&
		    !btt_media_load32(a->media, btt_map_at(a, x.lba), &raw) &&
		    btt_map_decode(raw, x.lba).block == a->lane[i].block)
			return true;
	return false;
}

static bool uses_lost(struct btt_arena *a, struct log_piece *p)
{
	u32 nlost = list_lost(a);

	return nlost && (map_has_lost(a, nlost) || log_has_lost(a, p, nlost));
}

static int remember_all(struct btt_arena *a, struct log_piece *p, enum nd_reason *reason,
			u32 *lane)
{
	struct btt_exchange x = { };

	a->npending = 0;
	for (*lane = 0; *lane < a->layout.nfree; (*lane)++) {
		if (read_exchange(a, p, *lane, &x))
			return arena_refuse(reason, ND_REASON_MEDIA);
		lane_remember(a, &a->lane[*lane], &x);
	}
	return 0;
}

/*
 * What the log says is to be durable before the map is changed by it. It may have been
 * stored by somebody whose fence failed then, and be on no way to the medium any more:
 * so it is stored again, as a whole, for unused slots tell where the used ones are.
 */
static int renew_log(struct btt_arena *a, struct log_piece *p, u32 *lane)
{
	const struct btt_log_group *group;
	u32 nr, i;

	for (nr = 0; nr < a->layout.nfree; nr++) {
		u64 at = btt_log_at(a, nr, 0);

		if (a->lane[nr].lost)
			continue;
		group = log_group(a, p, nr);
		*lane = nr;
		if (!group)
			return -EIO;
		for (i = 0; i < ARRAY_SIZE(group->slot); i++, at += sizeof(*group->slot)) {
			const struct btt_log_entry *e = &group->slot[i];

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
	int rc = arena_settle(a, !a->read_only);

	/* who attaches it next has nothing but the medium */
	if (!rc && !a->failed && !a->read_only)
		btt_log_cure_alone(a);
	return rc;
}

/* As long as it stays bad nothing is written: each write tries again. */
static int finish_cure(struct btt_arena *a)
{
	int rc = btt_log_cure_alone(a);

	return rc == -ENXIO ? 0 : rc;
}

static int replay_all(struct btt_arena *a, struct log_piece *p, enum nd_reason *reason, u32 *lane)
{
	struct btt_exchange x = { };
	u32 i;

	a->losses = btt_media_losses(a->media);
	if (renew_log(a, p, lane))
		return arena_refuse(reason, ND_REASON_MEDIA);
	for (i = 0; i < a->layout.nfree; i++) {
		*lane = i;
		if (read_exchange(a, p, i, &x))
			return arena_refuse(reason, ND_REASON_MEDIA);
		lane_replay(a, &a->lane[i], &x);
	}
	if (arena_settle(a, true) || finish_cure(a))
		return arena_refuse(reason, ND_REASON_MEDIA);
	return 0;
}

int btt_arena_recover(struct btt_arena *a, enum nd_reason *reason, u32 *where)
{
	struct log_piece p = { };
	u32 lane;
	int rc;

	a->failed = a->read_only || a->layout.flags & BTT_FLAG_ERROR;
	a->log_uncured = false;
	a->npending = 0;
	rc = find_padding(a, &p, reason, &lane);
	if (!rc)
		rc = open_lanes(a, &p, reason, &lane);
	if (!rc && a->log_uncured && uses_lost(a, &p))
		rc = arena_refuse(reason, ND_REASON_DUPLICATE);
	if (!rc)
		rc = a->failed ? remember_all(a, &p, reason, &lane) :
				 replay_all(a, &p, reason, &lane);
	if (where)
		*where = lane;
	return rc;
}

int btt_arena_make_writable(struct btt_arena *a)
{
	struct log_piece p = { };
	u32 lane;
	int rc;

	if (!a->read_only)
		return 0;
	/* what says that it has an error stays as it is, whoever may store */
	if (a->layout.flags & BTT_FLAG_ERROR)
		return 0;
	rc = replay_all(a, &p, NULL, &lane);
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
