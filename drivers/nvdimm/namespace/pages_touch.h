/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a page was handed out to be mapped: nowhere else can one be in use, so
 * that a look at all of them costs what was used and not what there is. Pure.
 */
#ifndef _ND_PAGES_TOUCH_H
#define _ND_PAGES_TOUCH_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/types.h>

/* 2 MiB. */
#define PAGES_CHUNK_SHIFT	9

/**
 * struct pages_touch - chunks of pages
 * @bit: one for each, set once a page of it was handed out
 * @nr: chunks
 * @pages: of all
 * @clean: chunks before this are known to have no user any more
 */
struct pages_touch {
	unsigned long *bit;
	unsigned long nr;
	u64 pages;
	unsigned long clean;
};

static inline unsigned long pages_touch_chunks(u64 pages)
{
	return ((pages - 1) >> PAGES_CHUNK_SHIFT) + 1;
}

static inline void pages_touch(struct pages_touch *t, u64 pgoff, u64 nr)
{
	unsigned long chunk = pgoff >> PAGES_CHUNK_SHIFT, last;

	if (!nr || pgoff >= t->pages)
		return;
	last = (pgoff + min(nr, t->pages - pgoff) - 1) >> PAGES_CHUNK_SHIFT;
	/* stored where it is news only: others have the same line in their caches */
	for (; chunk <= last; chunk++)
		if (!test_bit(chunk, t->bit))
			set_bit(chunk, t->bit);
}

/* The pages of a chunk: [first, end). */
static inline u64 pages_touch_first(unsigned long chunk)
{
	return (u64)chunk << PAGES_CHUNK_SHIFT;
}

static inline u64 pages_touch_end(const struct pages_touch *t, unsigned long chunk)
{
	return min(pages_touch_first(chunk + 1), t->pages);
}

#endif /* _ND_PAGES_TOUCH_H */
