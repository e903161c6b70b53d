// SPDX-License-Identifier: GPL-2.0
/*
 * badblocks_set() and badblocks_clear() return true for success and take a
 * sector_t length: v6.15, c8775aefba95 ("badblocks: return boolean from badblocks_set()
 * and badblocks_clear()") and d301f164c3fb ("badblocks: use sector_t instead of int ...")
 */
#include <linux/badblocks.h>

bool (*set)(struct badblocks *, sector_t, sector_t, int) = badblocks_set;
bool (*clear)(struct badblocks *, sector_t, sector_t) = badblocks_clear;
int (*check)(struct badblocks *, sector_t, sector_t, sector_t *, sector_t *) = badblocks_check;
