/* SPDX-License-Identifier: GPL-2.0 */
/* Chunks of up to 64 units of 4 KiB; the first that is free is given. */
#pragma once

#include <linux/bitops.h>
#include <linux/types.h>

#define GEN_POOL_UNIT	4096ul
#define GEN_POOL_CHUNKS	2

struct gen_pool {
	struct {
		unsigned long first;
		unsigned int units;
		u64 used;
	} chunk[GEN_POOL_CHUNKS];
};

static inline unsigned long gen_pool_alloc(struct gen_pool *pool, size_t size)
{
	if (size != GEN_POOL_UNIT)
		abort();
	for (unsigned int c = 0; c < GEN_POOL_CHUNKS; c++)
		for (unsigned int u = 0; u < pool->chunk[c].units; u++)
			if (!(pool->chunk[c].used >> u & 1)) {
				pool->chunk[c].used |= 1ull << u;
				return pool->chunk[c].first + u * GEN_POOL_UNIT;
			}
	return 0;
}

static inline void gen_pool_free(struct gen_pool *pool, unsigned long addr, size_t size)
{
	for (unsigned int c = 0; c < GEN_POOL_CHUNKS; c++) {
		unsigned long u = (addr - pool->chunk[c].first) / GEN_POOL_UNIT;

		if (addr < pool->chunk[c].first || u >= pool->chunk[c].units)
			continue;
		if (!(pool->chunk[c].used >> u & 1))
			abort();
		pool->chunk[c].used &= ~(1ull << u);
		return;
	}
	abort();
}
