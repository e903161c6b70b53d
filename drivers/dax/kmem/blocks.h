/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory blocks: memory is added to a running kernel, put online, taken offline
 * and removed by blocks of one size (128 MiB, or up to 2 GiB), which lie at
 * multiples of it; block B is memoryB in sysfs. Pure.
 */
#ifndef _KMEM_BLOCKS_H
#define _KMEM_BLOCKS_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Whole blocks of a range, from @first on; @nr 0: not one fits. */
struct kmem_span {
	u64 first;
	u32 nr;
};

/**
 * kmem_trim() - the whole blocks within a range
 * @start: its first byte
 * @end: the byte behind its last
 * @block: bytes of a block, a power of two
 *
 * Return: the blocks; no more than U32_MAX of them.
 */
struct kmem_span kmem_trim(u64 start, u64 end, u64 block);

/**
 * kmem_cover() - the whole blocks of which a range has a byte
 * @start: its first byte; out: that of the first block
 * @last: its last byte; out: that of the last block
 * @block: bytes of a block, a power of two
 */
void kmem_cover(u64 *start, u64 *last, u64 block);

/*
 * A set of the blocks of a span: a bit for each. One writes at a time; who reads without the
 * writer's lock sees each word as it was, or is.
 */
#define KMEM_SET_WORDS(nr) (((nr) + 63) / 64)

static inline bool kmem_set_has(const u64 *set, u32 i)
{
	return READ_ONCE(set[i / 64]) >> i % 64 & 1;
}

static inline void kmem_set_put(u64 *set, u32 i, bool in)
{
	WRITE_ONCE(set[i / 64], (set[i / 64] & ~(1ull << i % 64)) | (u64)in << i % 64);
}

u32 kmem_set_count(const u64 *set, u32 nr);

/**
 * kmem_set_run() - the next run of blocks that are in a set, or that are not
 * @set: the set
 * @nr: of blocks it is about
 * @in: which of both
 * @from: where to begin; out: the first of the run
 *
 * Return: its length, 0 when there is none.
 */
u32 kmem_set_run(const u64 *set, u32 nr, bool in, u32 *from);

/**
 * kmem_set_name() - "memory32, memory34-36": the blocks of a set
 * @buf: gets them, terminated; what has no room becomes "..."
 * @size: bytes of @buf
 * @len: bytes of it that are used already, separated from what comes by a comma
 * @set: the set
 * @nr: of blocks it is about
 * @first: number of the set's first block
 *
 * Return: the new @len.
 */
size_t kmem_set_name(char *buf, size_t size, size_t len, const u64 *set, u32 nr, u64 first);

/**
 * kmem_patience() - how long to try one block
 * @left_ms: that all those left may take
 * @nr: how many are left, this one included
 *
 * Each has its share, and no less than a second: what one needs is little, unless
 * it never ends.
 */
u32 kmem_patience(u32 left_ms, u32 nr);

/* What is to become of a device's memory. */
enum kmem_state {
	KMEM_WAITS,		/* to become RAM */
	KMEM_SETTLED,		/* it has, as far as its blocks are in */
	KMEM_REFUSED,		/* it shall not */
};

/* Blocks there are, those that are in, and those of them that are online. */
struct kmem_census {
	u32 all, in, online;
};

/**
 * kmem_state_word() - what becomes of it, as users read it
 * @state: what is to
 * @census: what has
 *
 * From waiting to refused, or to offline or online as the kernel or its users put blocks, in part
 * or all; by `remove` from any of these to removed, block by block.
 */
const char *kmem_state_word(enum kmem_state state, const struct kmem_census *census);

#endif /* _KMEM_BLOCKS_H */
