// SPDX-License-Identifier: GPL-2.0
/* A BTT from end to end. See check_btt.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "btt/ondisk.h"
#include "btt/media.h"
#include "check_btt.h"

#define WORD_BITS	(8 * sizeof(long))

struct search {
	struct btt_search s;
	struct btt_media *media;
	u64 start;
};

static int read_block(const struct btt_search *s, u64 at, struct nd_media_btt *info)
{
	const struct search *search = container_of(s, struct search, s);

	return btt_media_read(search->media, search->start + at, info, sizeof(*info));
}

/* The log and the map, read as the driver does. Return: 0, -ENOMEM, -EIO */
static int look_inside(const struct check_subject *subject, struct check_arena *out)
{
	const struct btt_layout *l = &out->layout;
	struct btt_arena a = {
		.media = subject->media, .start = out->start, .layout = *l, .read_only = true,
		.lanes = l->nfree,
	};
	unsigned long *seen = calloc(l->internal_nlba / WORD_BITS + 1, sizeof(*seen));
	int rc = -ENOMEM;

	a.lane = calloc(l->nfree, sizeof(*a.lane));
	a.pending = calloc(l->nfree, sizeof(*a.pending));
	if (seen && a.lane && a.pending) {
		out->log = ND_REASON_OK;
		rc = 0;
		if (btt_arena_recover(&a, &out->log, &out->lane))
			out->log = out->log ?: ND_REASON_MEDIA;
		else
			rc = btt_arena_check(&a, seen, &out->health);
		out->counted = !rc && !out->log;
		out->pending = a.npending;
	}
	free(a.pending);
	free(a.lane);
	free(seen);
	return rc;
}

/* One bit in a uuid would show nowhere else: what is left of the copy has to say the same. */
static bool copy_agrees(const struct check_subject *subject, const struct check_arena *out,
			const struct btt_layout *made)
{
	struct nd_media_btt copy;
	struct btt_layout l;

	if (btt_media_read(subject->media, out->start + made->info2off, &copy, sizeof(copy)))
		return false;
	btt_info_guess(&copy, &l);
	return uuid_equal(&l.uuid, &made->uuid) && uuid_equal(&l.parent_uuid, &made->parent_uuid) &&
		l.major == made->major && l.minor == made->minor;
}

/* What it was by what is left of it; the log and the map have to bear that out. */
static int prove(const struct check_subject *subject, u32 nr, const struct check_arena *first,
		 struct check_arena *out)
{
	const struct btt_layout *known = first ? &first->layout : &out->layout;
	struct btt_recipe r = {
		.uuid = known->uuid, .parent_uuid = known->parent_uuid, .major = known->major,
		.minor = known->minor, .lbasize = known->external_lbasize,
		.nfree = known->nfree ?: BTT_NFREE,
		.arena_min = subject->arena_min, .arena_max = BTT_ARENA_MAX,
	};
	struct btt_layout made;
	u64 start;
	int rc;

	out->blocks = CHECK_BLOCKS_UNKNOWN;
	if (!btt_lbasize_ok(r.lbasize) || r.nfree > BTT_NFREE_MAX || uuid_is_null(&r.uuid))
		return 0;
	/* what was made for somebody else is not given to this one */
	if (subject->own && !uuid_is_null(&r.parent_uuid) &&
	    !uuid_equal(&r.parent_uuid, subject->own))
		return 0;
	if (!btt_recipe_layout(&r, subject->room, nr, &made, &start) || start != out->start)
		return 0;
	made.uuid = r.uuid;
	made.parent_uuid = r.parent_uuid;
	btt_info_encode(&made, &out->block);
	if (btt_info_decode(&out->block, subject->room - start, &out->layout) ||
	    !copy_agrees(subject, out, &made))
		return 0;
	rc = look_inside(subject, out);
	if (!rc && out->counted && btt_healthy(&out->health))
		out->blocks = CHECK_BLOCKS_BOTH_LOST;
	return rc == -EIO ? 0 : rc;
}

/* Is the copy of an arena whose first block serves what that block is? */
static void look_at_copy(const struct check_subject *subject, struct check_arena *out)
{
	struct nd_media_btt copy;

	if (btt_media_read(subject->media, out->start + out->layout.info2off, &copy,
			   sizeof(copy))) {
		out->reason = ND_REASON_MEDIA;
	} else if (memcmp(&out->block, &copy, sizeof(copy))) {
		struct btt_layout l;

		out->reason = btt_info_decode(&copy, subject->room - out->start, &l);
		/* whole, and another: the driver goes by the first */
		out->reason = out->reason ?: ND_REASON_CHECKSUM;
	} else {
		return;
	}
	out->blocks = CHECK_BLOCKS_COPY_LOST;
}

/* Does the driver refuse it? Lanes are not compared: arenas of tests have fewer free blocks. */
static bool is_refused(const struct check_subject *subject, const struct check_arena *first,
		       struct check_arena *out)
{
	enum nd_reason reason = btt_arena_judge(&out->layout, first ? &first->layout : NULL,
						subject->arena_min, out->layout.nfree);

	if (reason == ND_REASON_OK)
		return false;
	out->blocks = CHECK_BLOCKS_UNUSABLE;
	out->reason = reason;
	return true;
}

int check_arena_at(const struct check_subject *subject, u32 nr, u64 start,
		   const struct check_arena *first, struct check_arena *out)
{
	u64 room = subject->room - start;
	struct search search = {
		.s = {
			.read = read_block, .room = room, .own = subject->own,
			.wanted = first ? &first->layout.uuid : NULL,
			.labelled = subject->labelled,
		},
		.media = subject->media, .start = start,
	};

	if (start > subject->room || room < subject->arena_min)
		return 0;
	search.s.copy_at = btt_copy_at(room);
	*out = (struct check_arena) { .start = start };
	switch (btt_find(&search.s, &out->block, &out->layout, &out->reason)) {
	case BTT_NOTHING:
		/* the arena before says that there is one */
		if (!first)
			return 0;
		return prove(subject, nr, first, out) ?: 1;
	case BTT_FOREIGN:
		return 0;
	case BTT_UNUSABLE:
		out->blocks = CHECK_BLOCKS_UNUSABLE;
		return 1;
	case BTT_DAMAGED:
		return prove(subject, nr, first, out) ?: 1;
	case BTT_COPY:
	case BTT_DAMAGED_COPY:
		if (is_refused(subject, first, out))
			return 1;
		out->blocks = CHECK_BLOCKS_FIRST_LOST;
		break;
	case BTT_WHOLE:
		if (is_refused(subject, first, out))
			return 1;
		out->reason = ND_REASON_OK;
		look_at_copy(subject, out);
		break;
	}
	return look_inside(subject, out) ?: 1;
}

bool check_arena_good(const struct check_arena *arena)
{
	return arena->blocks == CHECK_BLOCKS_WHOLE && !arena->log && arena->counted &&
		btt_healthy(&arena->health) && !(arena->layout.flags & BTT_FLAG_ERROR);
}

unsigned int check_arena_repair(const struct check_arena *arena, struct check_write *out)
{
	unsigned int nr = 0;

	if (arena->blocks == CHECK_BLOCKS_WHOLE || arena->blocks >= CHECK_BLOCKS_UNKNOWN)
		return 0;
	/* what cannot be read as a BTT is not made to look like one */
	if (arena->log || !arena->counted)
		return 0;
	if (arena->blocks != CHECK_BLOCKS_FIRST_LOST)
		out[nr++].at = arena->start + arena->layout.info2off;
	if (arena->blocks != CHECK_BLOCKS_COPY_LOST)
		out[nr++].at = arena->start;
	for (unsigned int i = 0; i < nr; i++)
		out[i].block = arena->block;
	return nr;
}
