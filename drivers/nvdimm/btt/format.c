// SPDX-License-Identifier: GPL-2.0
/* Arenas of a namespace: found, or made. Pure. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/format.h"
#include "btt/media.h"
#include "btt/ondisk.h"

/* Bytes of log that are made at a time, on the stack. */
#define PIECE	512u

/* The info-block at @at of the arena at @start. */
static int info_probe(struct btt_media *media, u64 at, u64 room, struct nd_media_btt *info,
		      struct btt_layout *out, enum nd_reason *reason)
{
	if (btt_media_read(media, at, info, sizeof(*info))) {
		*reason = ND_REASON_MEDIA;
		return -EIO;
	}
	*reason = btt_info_decode(info, room, out);
	if (*reason == ND_REASON_SIGNATURE)
		return -ENODEV;
	return *reason ? -ENXIO : 0;
}

int btt_arena_probe(struct btt_media *media, u64 start, u64 room, struct nd_media_btt *info,
		    struct btt_layout *out, enum nd_reason *reason)
{
	*reason = ND_REASON_SIGNATURE;
	if (room < sizeof(*info))
		return -ENODEV;
	return info_probe(media, start, room, info, out, reason);
}

struct media_search {
	struct btt_search s;
	struct btt_media *media;
	u64 start;
};

static int info_read(const struct btt_search *s, u64 at, struct nd_media_btt *info)
{
	const struct media_search *ms = container_of(s, struct media_search, s);

	return btt_media_read(ms->media, ms->start + at, info, sizeof(*info));
}

enum btt_found btt_arena_find(struct btt_media *media, const struct btt_recipe *r,
			      const uuid_t *own, u64 start, u64 room, struct nd_media_btt *info,
			      struct btt_layout *out, enum nd_reason *reason)
{
	const struct media_search ms = {
		.s = {
			.read = info_read, .room = room, .copy_at = btt_recipe_copy(r, room),
			.own = own, .wanted = &r->uuid,
		},
		.media = media, .start = start,
	};

	*reason = ND_REASON_SIGNATURE;
	if (room < sizeof(*info))
		return BTT_NOTHING;
	return btt_find(&ms.s, info, out, reason);
}

int btt_arena_restore(struct btt_media *media, u64 start, const struct nd_media_btt *info)
{
	return btt_media_write(media, start, info, sizeof(*info)) ?: btt_media_fence(media);
}

static int write_zeros(struct btt_media *media, u64 at, u64 len)
{
	static const u8 zeros[BTT_PAGE];

	while (len) {
		u64 n = min_t(u64, len, sizeof(zeros));
		int rc = btt_media_write(media, at, zeros, n);

		if (rc)
			return rc;
		if (!(at % (256 * BTT_PAGE)))
			btt_media_pause(media, 0);
		at += n;
		len -= n;
	}
	return 0;
}

/* Each lane begins with one of the blocks that no sector has. */
static int write_log(struct btt_media *media, u64 at, const struct btt_layout *l)
{
	struct btt_log_group groups[PIECE / BTT_LOG_GROUP];
	u32 i, n;
	int rc;

	for (i = 0; i < l->nfree; i += n) {
		memset(groups, 0, sizeof(groups));
		for (n = 0; n < ARRAY_SIZE(groups) && i + n < l->nfree; n++) {
			struct btt_log_entry *e = &groups[n].slot[0];

			e->lba = cpu_to_le32(i + n);
			e->old_map = cpu_to_le32(l->external_nlba + i + n);
			e->new_map = e->old_map;
			e->seq = cpu_to_le32(1);
		}
		rc = btt_media_write(media, at + (u64)i * BTT_LOG_GROUP, groups, sizeof(groups));
		if (rc)
			return rc;
	}
	return 0;
}

/*
 * Nothing refers to map and log until they are complete, nor to the arena by its
 * start until the copy of the info-block is: either of the two tells the truth.
 */
static int info_write(struct btt_media *media, u64 start, const struct btt_layout *l,
		      struct nd_media_btt *info)
{
	int rc = btt_media_fence(media);

	btt_info_encode(l, info);
	if (!rc)
		rc = btt_media_write(media, start + l->info2off, info, sizeof(*info));
	if (!rc)
		rc = btt_media_fence(media);
	if (!rc)
		rc = btt_media_write(media, start, info, sizeof(*info));
	if (!rc)
		rc = btt_media_fence(media);
	/* perhaps it is there only until power fails: nobody is to find it until then */
	if (rc && !write_zeros(media, start, sizeof(*info)))
		btt_media_fence(media);
	return rc;
}

/*
 * Where an earlier BTT lay, the copy of its first info-block would bring it back: with maps that
 * are made anew meanwhile.
 */
static int forget_earlier(struct btt_media *media, u64 start, const struct btt_layout *first)
{
	return write_zeros(media, start + first->info2off, sizeof(struct nd_media_btt)) ?:
	       btt_media_fence(media);
}

static int format_arena(struct btt_media *media, u64 start, const struct btt_layout *l,
			struct nd_media_btt *info)
{
	int rc = write_zeros(media, start + l->mapoff, l->info2off - l->mapoff);

	if (!rc)
		rc = write_log(media, start + l->logoff, l);
	return rc ?: info_write(media, start, l, info);
}

int btt_format(struct btt_media *media, const struct btt_recipe *r, u64 rawsize,
	       struct nd_media_btt *info)
{
	u32 i = btt_arena_count(r, rawsize);
	struct btt_layout l;
	u64 start;
	int rc;

	if (!i || !btt_recipe_layout(r, rawsize, 0, &l, &start))
		return -ENOSPC;
	rc = forget_earlier(media, start, &l);
	if (rc)
		return rc;
	while (i--) {
		if (!btt_recipe_layout(r, rawsize, i, &l, &start))
			return -ENOSPC;
		rc = format_arena(media, start, &l, info);
		if (rc)
			return rc;
	}
	return 0;
}
