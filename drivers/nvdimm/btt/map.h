/* SPDX-License-Identifier: GPL-2.0 */
/* Map entries. Pure. */
#ifndef _ND_BTT_MAP_H
#define _ND_BTT_MAP_H

#include <linux/types.h>

/* A decoded map entry: at most one of the flags is set. */
struct btt_mapping {
	u32 block;
	bool zero;		/* reads as zeros */
	bool error;		/* reads fail, until written */
};

/* @raw as lies in the map at @lba. Any 32 bits mean something; @block may be out of bounds. */
struct btt_mapping btt_map_decode(u32 raw, u32 lba);
u32 btt_map_encode(const struct btt_mapping *m);

#endif /* _ND_BTT_MAP_H */
