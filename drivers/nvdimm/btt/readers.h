/* SPDX-License-Identifier: GPL-2.0 */
/* Which blocks are being read, so that nobody fills them. Pure. */
#ifndef _ND_BTT_READERS_H
#define _ND_BTT_READERS_H

#include <linux/types.h>

struct btt_media;
struct btt_readers;

#define BTT_READ_GROUPS		512u
#define BTT_READ_SLOTS		8u	/* one cache line, for as many neighbouring sectors */

/* Bytes of, and an empty table; @mem is aligned to its cache lines and zeroed. */
size_t btt_readers_size(void);

/* Announce a read of sector @lba, in @block; waits while its group has 8 other blocks. */
void *btt_readers_enter(struct btt_readers *r, struct btt_media *media, u32 lba, u32 block);
void btt_readers_leave(void *token);
/* Is somebody reading @block, which was sector @lba? Call after the map has ceased to say so. */
bool btt_readers_busy(struct btt_readers *r, u32 lba, u32 block);

#endif /* _ND_BTT_READERS_H */
