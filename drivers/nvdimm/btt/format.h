/* SPDX-License-Identifier: GPL-2.0 */
/* Arenas of a namespace: found, or made. Pure. */
#ifndef _ND_BTT_FORMAT_H
#define _ND_BTT_FORMAT_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/reason.h>
#include "btt/ondisk.h"
#include "layout/btt_info.h"

struct btt_media;

/**
 * btt_arena_probe() - read the info-block of an arena
 * @media: namespace
 * @start: byte where the arena is to begin
 * @room: bytes from there on
 * @info: room for the block
 * @out: the layout
 * @reason: reason; ND_REASON_SIGNATURE when there is nothing
 *
 * Return: 0, -EIO (unreadable), -ENODEV (nothing there), -ENXIO (not usable).
 */
int btt_arena_probe(struct btt_media *media, u64 start, u64 room, struct nd_media_btt *info,
		    struct btt_layout *out, enum nd_reason *reason);

/*
 * btt_arena_find() - is there an arena at @start? See btt_find()
 * @r: sizes, and the uuid that is wanted
 * @own: the namespace's uuid, or NULL
 * @room: bytes from @start on
 */
enum btt_found btt_arena_find(struct btt_media *media, const struct btt_recipe *r,
			      const uuid_t *own, u64 start, u64 room, struct nd_media_btt *info,
			      struct btt_layout *out, enum nd_reason *reason);

/* Put the copy that was read to @info back to where it was made from: 0 or -EIO. */
int btt_arena_restore(struct btt_media *media, u64 start, const struct nd_media_btt *info);

/*
 * btt_format() - make a BTT
 * @rawsize: bytes from the first arena's start to the end of the namespace
 * @info: room for an info-block
 *
 * From the last arena to the first, and of each the info-block at its start
 * last: there is a BTT when all of it is there, and not before.
 *
 * Return: 0, or the errno of a write; -ENOSPC: too small.
 */
int btt_format(struct btt_media *media, const struct btt_recipe *r, u64 rawsize,
	       struct nd_media_btt *info);

#endif /* _ND_BTT_FORMAT_H */
