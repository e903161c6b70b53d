// SPDX-License-Identifier: GPL-2.0
/* Other kernels' rules, in code: btt_intree.h. */
#include <asm/byteorder.h>
#include <linux/string.h>
#include "btt/ondisk.h"
#include "btt_intree.h"

static const struct btt_log_group *intree_group(const u8 *arena, const struct btt_layout *l,
						u32 lane)
{
	return (const void *)(arena + l->logoff + (u64)lane * sizeof(struct btt_log_group));
}

/* Slots that are not all zeros, as bits. */
static u32 intree_used(const struct btt_log_group *g)
{
	static const struct btt_log_entry zero;
	u32 used = 0;

	for (u32 i = 0; i < 4; i++)
		used |= !!memcmp(&g->slot[i], &zero, sizeof(zero)) << i;
	return used;
}

/*
 * The first group with two used slots decides which they are; groups before it
 * have one, all in the same place; from there on the first slot is used and
 * the padding is not. Slots 0 and 1, or 0 and 2, are the only pairs; without
 * a pair it is 0 and 1.
 */
static bool intree_slots(const u8 *arena, const struct btt_layout *l, u32 *second)
{
	u32 pair = 0;

	for (u32 lane = 0; lane < l->nfree; lane++) {
		u32 used = intree_used(intree_group(arena, l, lane));

		if (pair && (!(used & 1) || used & ~pair))
			return false;
		if (!pair && used & (used - 1))
			pair = used;
		else if (!pair && used > 1)
			return false;
	}
	if (pair && pair != 3 && pair != 5)
		return false;
	*second = pair == 5 ? 2 : 1;
	return true;
}

/* 0 or 1, -1: corrupt. */
static int intree_newer(u32 a, u32 b)
{
	if (!a)
		return 1;
	if (a == b || a + b > 5)
		return -1;
	if (a < b)
		return b - a == 1 ? 1 : 0;
	return a - b == 1 ? 0 : 1;
}

u32 intree_block(u32 raw, u32 lba)
{
	return raw >> 30 ? raw & 0x3fffffff : lba;
}

bool intree_recover(const u8 *arena, const struct btt_layout *l, struct intree *out)
{
	const __le32 *map = (const void *)(arena + l->mapoff);

	for (u32 i = 0; i < l->external_nlba; i++)
		out->raw[i] = le32_to_cpu(map[i]);
	if (!intree_slots(arena, l, &out->second))
		return false;
	for (u32 i = 0; i < l->nfree; i++) {
		const struct btt_log_group *g = intree_group(arena, l, i);
		const struct btt_log_entry *e[] = { &g->slot[0], &g->slot[out->second] };
		int newer = intree_newer(le32_to_cpu(e[0]->seq), le32_to_cpu(e[1]->seq));
		u32 lba, old, new;

		if (newer < 0)
			return false;
		lba = le32_to_cpu(e[newer]->lba);
		old = le32_to_cpu(e[newer]->old_map) & 0x3fffffff;
		new = le32_to_cpu(e[newer]->new_map) & 0x3fffffff;
		out->free[i] = old;
		if (old == new)
			continue;
		if (lba >= l->external_nlba)
			return false;
		if (intree_block(out->raw[lba], lba) == old)
			out->raw[lba] = new | 0xc0000000;
	}
	return true;
}
