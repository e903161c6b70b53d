/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How other kernels (4.15 to 6.12 and on) make sense of an arena after a power
 * cut, as a rule book: which log slots hold entries, which entry of a lane is
 * the newer, what is put back into the map, in which order. Media of ours has
 * to come out right by these rules too.
 */
#pragma once

#include "layout/btt_info.h"

#define INTREE_BLOCKS	256

struct intree {
	u32 second;			/* slot of the second entry */
	u32 free[INTREE_BLOCKS];	/* of each lane */
	u32 raw[INTREE_BLOCKS];		/* the map, replayed */
};

u32 intree_block(u32 raw, u32 lba);
bool intree_recover(const u8 *arena, const struct btt_layout *l, struct intree *out);
