// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/page.c */
#include "nd_test.h"
#include "kmem/page.h"

/*
 * What may be true of a page, and how it looks then. References are counted: one of the poison,
 * if memory_failure() took the page; of the page cache or the swap cache; of page tables; of who
 * isolates it for a while; and of those who have pinned it, or whose own it is.
 */
struct world {
	enum kmem_contents contents;
	bool slab, compound, was_free;
	bool poison_ref, lru, claims;	/* claims: memory_failure() says that it was taken */
	int cached, mapped, isolators, pins;
};

static bool somebody_has(const struct world *w)
{
	/* tmpfs hands out no page of its cache that is poisoned; others do */
	return w->mapped || w->isolators || w->pins || w->slab || w->compound ||
	       (w->cached && w->contents != KMEM_CONTENTS_SHMEM);
}

static struct kmem_page_facts look_at(const struct world *w)
{
	return (struct kmem_page_facts) {
		.poisoned = true,
		.compound = w->compound,
		.slab = w->slab,
		.lru = w->lru,
		.mapped = w->mapped,
		.taken = w->claims,
		.off_buddy = w->was_free,
		.contents = w->contents,
		.refs = w->poison_ref + w->cached + w->mapped + w->isolators + w->pins,
	};
}

/* Can it be so? */
static bool possible(const struct world *w)
{
	bool user = w->contents != KMEM_CONTENTS_NONE;

	/*
	 * From the lists for reclaim a page is taken by who has a reference. memory_failure() tries
	 * again while reclaim or migration have it, so after it the poison has.
	 */
	if (user && !w->lru && !w->poison_ref)
		return false;
	if (!user && (w->lru || w->cached || w->mapped || w->isolators))
		return false;
	/* what is in the page cache is, and an anonymous page may be in the swap cache */
	if ((w->contents == KMEM_CONTENTS_SHMEM || w->contents == KMEM_CONTENTS_FILE) && !w->cached)
		return false;
	/* what was free has nobody; the kernel's own pages are never taken, nor called so */
	if (w->was_free)
		return !user && w->poison_ref && !w->pins && !w->slab && !w->compound;
	if (!user && w->pins && !w->claims)
		return !w->poison_ref;
	/* of what was called taken, the poison has its reference */
	return w->poison_ref || !w->claims;
}

static unsigned int tried, idle;

static void try(const struct world *w, void (*check)(const struct world *, bool))
{
	struct kmem_page_facts facts;
	bool said;

	if (!possible(w))
		return;
	facts = look_at(w);
	said = kmem_page_idle(&facts);
	tried++;
	idle += said;
	check(w, said);
}

static struct world world(unsigned int bits, unsigned int n, enum kmem_contents contents)
{
	return (struct world) {
		.contents = contents,
		.slab = bits & 1,
		.compound = bits & 2,
		.was_free = bits & 4,
		.poison_ref = bits & 8,
		.lru = bits & 16,
		.claims = bits & 32,
		.cached = n % 2,
		.mapped = n / 2 % 3,
		.isolators = n / 6 % 2,
		.pins = n / 12,
	};
}

static void in_every_world(void (*check)(const struct world *, bool))
{
	struct world w;

	for (unsigned int bits = 0; bits < 1 << 6; bits++)
		for (unsigned int n = 0; n < 2 * 3 * 2 * 4; n++)
			for (int c = KMEM_CONTENTS_NONE; c <= KMEM_CONTENTS_FILE; c++) {
				w = world(bits, n, c);
				try(&w, check);
			}
	assert_true(tried > 500);
}

static void nobody_may_have_it(const struct world *w, bool said)
{
	if (said)
		assert_false(somebody_has(w));
}

TEST(page__is_idle_only_if_nobody_has_it)
{
	tried = idle = 0;
	in_every_world(nobody_may_have_it);
	assert_true(idle > 3);
}

/* Of what was taken, and nobody has, it is known. */
static void is_known(const struct world *w, bool said)
{
	bool taken = w->poison_ref && !w->lru && !somebody_has(w);

	/* but for a page without owner that somebody else has taken: it may be the kernel's own */
	if (taken && (w->contents != KMEM_CONTENTS_NONE || w->claims || w->was_free))
		assert_true(said);
}

TEST(page__that_was_taken_is_idle)
{
	in_every_world(is_known);
}

TEST(page__that_is_not_poisoned_is_never_idle)
{
	struct kmem_page_facts facts = { .taken = true, .off_buddy = true, .refs = 1 };

	assert_false(kmem_page_idle(&facts));
	facts.poisoned = true;
	assert_true(kmem_page_idle(&facts));
}
