/* SPDX-License-Identifier: GPL-2.0 */
/* The log: padding, sequence, which entry is newest. Pure. */
#ifndef _ND_BTT_FLOG_H
#define _ND_BTT_FLOG_H

#include <linux/types.h>

struct btt_log_entry {
	__le32 lba;
	__le32 old_map;		/* block, and BTT_MAP_ERROR when it had an error */
	__le32 new_map;
	__le32 seq;		/* 1, 2, 3, 1, ...; 0: never used */
};

struct btt_log_group {
	struct btt_log_entry slot[4];
};

/*
 * Where the second entry lies. Kernels before 4.15 padded after each entry;
 * the specification and everybody since pads at the end.
 */
enum btt_padding {
	BTT_PAD_UNKNOWN = 0,
	BTT_PAD_NEW = 1,		/* slots 0 and 1; values are the second slot */
	BTT_PAD_OLD = 2,		/* slots 0 and 2 */
};

/**
 * btt_flog_padding() - take one more group into account
 * @group: a log group
 * @pad: what groups before have shown: UNKNOWN at first; updated
 *
 * When it is still UNKNOWN after the last group nothing was ever written, and
 * the padding is NEW.
 *
 * Return: false when the group fits no padding, or not that of the others.
 */
bool btt_flog_padding(const struct btt_log_group *group, enum btt_padding *pad);

/*
 * btt_flog_newest() - which of the two entries tells the lane's last exchange
 * Return: 0 or 1, or -1 when the sequence numbers are none.
 */
int btt_flog_newest(u32 seq0, u32 seq1);

static inline u32 btt_flog_next(u32 seq)
{
	return seq >= 3 ? 1 : seq + 1;
}

#endif /* _ND_BTT_FLOG_H */
