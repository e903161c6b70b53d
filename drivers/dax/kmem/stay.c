// SPDX-License-Identifier: GPL-2.0
/* Does a page move, when its block is to go offline? See stay.h. Pure. */
#include <linux/types.h>
#include "kmem/stay.h"

/* What a pin of a page that is not compound adds to its references. */
#define PIN_REFS	1024

/* References to a page of a process or file that moving it does away with, or sets anew. */
static long refs_that_move(const struct kmem_stay_facts *facts)
{
	/* on its way to a list for reclaim, whose batch has a reference */
	bool on_its_way = !facts->lru;

	return facts->maps + facts->file + facts->cached + facts->private + on_its_way;
}

static enum kmem_stay stay_of_data(const struct kmem_stay_facts *facts)
{
	long more = facts->compound ? 0 : facts->refs - refs_that_move(facts);

	if (facts->compound ? facts->pinned : more >= PIN_REFS)
		return KMEM_STAY_PINNED;
	if (more > 0)
		return facts->anon ? KMEM_STAY_ANON : KMEM_STAY_FILE;
	return KMEM_STAY_MOVES;
}

enum kmem_stay kmem_stay_of(const struct kmem_stay_facts *facts)
{
	if (facts->poisoned || facts->buddy || !facts->refs)
		return KMEM_STAY_FREE;
	/* whose mapping is none */
	if (facts->slab)
		return KMEM_STAY_SLAB;
	if (facts->hugetlb)
		return facts->pinned ? KMEM_STAY_PINNED : KMEM_STAY_MOVES;
	if (facts->movable_ops)
		return KMEM_STAY_MOVES;
	if (facts->typed)
		return KMEM_STAY_KERNEL;
	if (facts->anon || facts->file)
		return stay_of_data(facts);
	/* of a file that is being truncated: about to be free */
	return facts->lru ? KMEM_STAY_MOVES : KMEM_STAY_KERNEL;
}

void kmem_stay_add(struct kmem_stay_count *count, enum kmem_stay stay, u64 addr)
{
	if (!kmem_stay_left(count))
		count->first = addr;
	count->nr[stay]++;
}

void kmem_stay_join(struct kmem_stay_count *count, const struct kmem_stay_count *more)
{
	unsigned int i;

	if (!kmem_stay_left(count))
		count->first = more->first;
	for (i = 0; i < KMEM_STAY_NR; i++)
		count->nr[i] += more->nr[i];
}

unsigned long kmem_stay_left(const struct kmem_stay_count *count)
{
	unsigned long left = 0;
	unsigned int i;

	for (i = KMEM_STAY_PINNED; i < KMEM_STAY_NR; i++)
		left += count->nr[i];
	return left;
}

const char *kmem_stay_word(enum kmem_stay stay)
{
	static const char * const word[KMEM_STAY_NR] = {
		[KMEM_STAY_FREE] = "free",
		[KMEM_STAY_MOVES] = "moves",
		[KMEM_STAY_PINNED] = "pinned",
		[KMEM_STAY_ANON] = "anon",
		[KMEM_STAY_FILE] = "file",
		[KMEM_STAY_SLAB] = "slab",
		[KMEM_STAY_KERNEL] = "kernel",
	};

	return word[stay];
}
