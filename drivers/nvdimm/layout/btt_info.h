/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The info-block of a BTT's arena (UEFI 2.10 §6.3), and whether there is one. Pure.
 *
 *	btt_info.c	media bytes <-> struct btt_layout
 *	btt_find.c	is there a BTT, and is it this namespace's?
 */
#ifndef _ND_BTT_INFO_H
#define _ND_BTT_INFO_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/reason.h>

#define BTT_PAGE		4096u		/* unit of an arena's parts */
#define BTT_ARENA_MIN		(16ull << 20)
#define BTT_ARENA_MAX		(512ull << 30)
#define BTT_NFREE		256u		/* what we make; others are read */
#define BTT_NFREE_MAX		4096u
#define BTT_BLOCK_ALIGN		64u		/* internal block sizes are multiples */
#define BTT_FLAG_ERROR		1u		/* info-block: no writes to this arena */
#define BTT_MAP_ZERO		0x80000000u
#define BTT_MAP_ERROR		0x40000000u
#define BTT_MAP_NORMAL		(BTT_MAP_ZERO | BTT_MAP_ERROR)
#define BTT_MAP_BLOCK		(~BTT_MAP_NORMAL)
#define BTT_LOG_GROUP		64u	/* bytes: four slots, two of them padding */

/* ---- info-block ---- */

/*
 * struct btt_layout - an arena, as its info-block describes it
 * @size: bytes to the start of the next arena, or to the end of this one's copy of the info-block
 * @next: @size when another arena follows, else 0
 *
 * Offsets are bytes from the arena's start.
 */
struct btt_layout {
	uuid_t uuid;
	uuid_t parent_uuid;
	u16 major, minor;		/* 1.1 or 2.0 */
	u32 flags;
	u32 external_lbasize;		/* with its metadata */
	u32 external_nlba;
	u32 internal_lbasize;
	u32 internal_nlba;		/* external_nlba + nfree */
	u32 nfree;
	u64 size, next;
	u64 dataoff, mapoff, logoff, info2off;
};

/* 512 or 4096 bytes of data in a sector of @lbasize. */
static inline u32 btt_sector_size(u32 lbasize)
{
	return lbasize >= 4096 ? 4096 : 512;
}

/* Is it one of the sizes a btt device can be given? */
bool btt_lbasize_ok(u32 lbasize);

/**
 * btt_info_decode() - judge an info-block
 * @media: 4096 bytes, not written to
 * @room: bytes of the namespace from the arena's start on
 * @out: complete when OK, usable for a message otherwise
 *
 * Context: any.
 * Return: ND_REASON_OK; ND_REASON_SIGNATURE: there is none; else why what carries
 * the signature cannot be used.
 */
enum nd_reason btt_info_decode(const struct nd_media_btt *media, u64 room, struct btt_layout *out);

/* What an info-block that has come to harm says, for a message. */
void btt_info_guess(const struct nd_media_btt *media, struct btt_layout *out);

/**
 * btt_info_encode() - host form to media, byte for byte as other kernels write it
 * @l: the arena
 * @media: 4096 bytes, to be filled
 *
 * Context: any.
 */
void btt_info_encode(const struct btt_layout *l, struct nd_media_btt *media);

/*
 * The last page of the first arena in @room bytes has the copy of its info-block,
 * unless they were more or less when it was made. At least a page.
 */
static inline u64 btt_copy_at(u64 room)
{
	return (room < BTT_ARENA_MAX ? room : BTT_ARENA_MAX) / BTT_PAGE * BTT_PAGE - BTT_PAGE;
}

/* ---- finding ---- */

enum btt_found {
	BTT_NOTHING,		/* no arena begins here */
	BTT_FOREIGN,		/* one that was made for another namespace: as good as nothing */
	BTT_WHOLE,		/* an arena */
	BTT_COPY,		/* its info-block has come to harm, or is gone; the copy serves */
	BTT_UNUSABLE,		/* an info-block that is whole, and cannot be used */
	BTT_DAMAGED_COPY,	/* it has come to harm; nobody vouches for the copy there is */
	BTT_DAMAGED,		/* it has come to harm, and there is no copy */
};

/*
 * struct btt_search - where to look for an arena
 * @read: 4096 bytes at @at, counted from its start: 0, or negative: unreadable
 * @read_signature: the signature of the first block alone: 0, or negative: unreadable; NULL: a
 *	block that is unreadable in part is not looked at
 * @room: bytes of the namespace from there on
 * @copy_at: where its copy would be; 0: nowhere
 * @own: the namespace's uuid; NULL: a bare range
 * @wanted: the uuid that somebody has given to a btt device; NULL: nobody has
 * @labelled: the label says that the namespace holds a BTT
 */
struct btt_search {
	int (*read)(const struct btt_search *s, u64 at, struct nd_media_btt *info);
	int (*read_signature)(const struct btt_search *s, struct nd_media_btt *info);
	u64 room;
	u64 copy_at;
	const uuid_t *own;
	const uuid_t *wanted;
	bool labelled;
};

/**
 * btt_find() - is there an arena, and is it this namespace's?
 * @s: where
 * @info: room for a block; of WHOLE and COPY the one that serves
 * @out: the arena of WHOLE, COPY; of DAMAGED_COPY the copy's; else as far as it could be read,
 *	for a message
 * @reason: unless WHOLE or FOREIGN, what is wrong with the first block
 *
 * Context: as @s->read.
 * Return: what there is. What is neither NOTHING nor FOREIGN is not served raw, and not
 * overwritten.
 */
enum btt_found btt_find(const struct btt_search *s, struct nd_media_btt *info,
			struct btt_layout *out, enum nd_reason *reason);

#endif /* _ND_BTT_INFO_H */
