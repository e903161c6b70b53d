/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/types.h>
#include <linux/bits.h>

static inline unsigned int hweight8(unsigned int w)
{
	return __builtin_popcount(w & 0xff);
}

static inline bool test_bit(long nr, const unsigned long *addr)
{
	return addr[nr / 64] >> (nr % 64) & 1;
}

static inline void set_bit(long nr, unsigned long *addr)
{
	addr[nr / 64] |= 1ul << (nr % 64);
}

/* Number of the highest set bit, counted from 1; 0 when none is. */
static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}
