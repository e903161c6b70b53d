/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/types.h>
#include <linux/bits.h>

static inline unsigned int hweight8(unsigned int w)
{
	return __builtin_popcount(w & 0xff);
}

static inline unsigned int hweight16(unsigned int w)
{
	return __builtin_popcount(w & 0xffff);
}

static inline unsigned int hweight32(unsigned int w)
{
	return __builtin_popcount(w);
}

static inline unsigned long hweight64(u64 w)
{
	return __builtin_popcountll(w);
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
static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

/* Number of the lowest set bit, counted from 0; undefined for 0. */
static inline unsigned long __ffs(unsigned long x)
{
	return __builtin_ctzl(x);
}

static inline unsigned long __ffs64(u64 x)
{
	return __builtin_ctzll(x);
}
