/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dry run: what would a namespace become? Pure. Requirements A1, X2, X21.
 *
 * What is promised here is what creation gives, because both ask
 * pfn_layout_create().
 */
#ifndef _ND_PFN_ADMIT_H
#define _ND_PFN_ADMIT_H

#include <linux/math64.h>
#include <linux/types.h>
#include "layout/layout.h"

enum pfn_wish_mode {
	PFN_WISH_RAW,
	PFN_WISH_FSDAX,
	PFN_WISH_DEVDAX,
};

/* Smaller ones no pfn or dax device takes. */
#define PFN_SIZE_MIN	(16ull << 20)

/**
 * struct pfn_wish - what somebody would like to create
 * @mode: fsdax unless told
 * @map: ND_PFN_MODE_PMEM ("dev") unless told, or _RAM ("mem")
 * @align: where data is to start and end; 2 MiB unless told
 * @size: bytes; 0: not told
 */
struct pfn_wish {
	enum pfn_wish_mode mode;
	u32 map;
	u64 align;
	u64 size;
};

/*
 * pfn_wish_parse() - "mode=fsdax map=dev align=2M size=1G"
 * @text: words in any order, each at most once, separated by blanks; numbers decimal or 0x, with
 *	K, M, G or T. Need not end in NUL
 * @bad: out: the word that is none, @bad_len its length; 0 when OK
 *
 * Return: OK, ARGUMENT.
 */
enum nd_reason pfn_wish_parse(const char *text, size_t len, struct pfn_wish *out,
			      const char **bad, size_t *bad_len);

/**
 * struct pfn_room - where it would be
 * @step: sizes come in multiples of it
 * @max: largest size possible there
 */
struct pfn_room {
	u64 step;
	u64 max;
};

/**
 * struct pfn_verdict - the answer
 * @reason: OK; SPACE: larger than the room; ALIGN: no multiple of @step; else pfn_layout_create()'s
 * @size: what was judged
 * @layout: what creation would give, or as far as it got; of mode raw: all is @usable
 */
struct pfn_verdict {
	enum nd_reason reason;
	u64 size;
	struct pfn_layout layout;
};

/* pfn_room_round() - the largest multiple of the step that is not above @size */
static inline u64 pfn_room_round(const struct pfn_room *room, u64 size)
{
	u64 rem;

	div64_u64_rem(size, room->step, &rem);
	return size - rem;
}

/*
 * pfn_judge() - would @size bytes do, with the mode and align of @req?
 * @raw: struct pages are not asked for
 * @l: as pfn_verdict.layout
 *
 * Return: as pfn_verdict.reason.
 */
enum nd_reason pfn_judge(struct pfn_request *req, const struct pfn_room *room, bool raw, u64 size,
			 struct pfn_layout *l);

/* pfn_smaller_align() - the largest smaller alignment that works with @size bytes, or 0 */
u64 pfn_smaller_align(const struct pfn_request *req, const struct pfn_room *room, u64 size);

/*
 * pfn_admit() - judge @wish
 * @req: the place; its size, mode and align are overwritten with what was judged. Its neighbours
 *	lie outside of @room
 */
void pfn_admit(struct pfn_request *req, const struct pfn_wish *wish, const struct pfn_room *room,
	       struct pfn_verdict *out);

#endif /* _ND_PFN_ADMIT_H */
