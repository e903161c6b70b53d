// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/stay.c */
#include "nd_test.h"
#include "kmem/stay.h"

/* A page of a process or of a file, and all who may have a reference to it. */
struct world {
	bool file, cached, private, lru, isolated;
	int maps, strangers;
};

static struct kmem_stay_facts look_at(const struct world *w)
{
	return (struct kmem_stay_facts) {
		.anon = !w->file,
		.file = w->file,
		.cached = w->cached,
		.private = w->private,
		.lru = w->lru,
		.maps = w->maps,
		.refs = w->file + w->cached + w->private + w->maps + w->isolated + w->strangers,
	};
}

static void judge(const struct world *w)
{
	struct kmem_stay_facts facts = look_at(w);
	enum kmem_stay stay = kmem_stay_of(&facts);

	if (!facts.refs)
		assert_int_equal(stay, KMEM_STAY_FREE);
	else if (!w->strangers)
		assert_int_equal(stay, KMEM_STAY_MOVES);
	else if (w->strangers >= 1024 && (w->lru || w->isolated))
		assert_int_equal(stay, KMEM_STAY_PINNED);
	else if (w->lru || w->isolated)
		assert_int_equal(stay, w->file ? KMEM_STAY_FILE : KMEM_STAY_ANON);
}

/* Whoever takes a page off the lists for reclaim, or brings it there, has a reference. */
LAW(page__moves_unless_a_stranger_has_a_reference)
{
	static const int strangers[] = { 0, 1, 2, 1023, 1024, 5000 };
	struct world w = { };
	unsigned int bits, i;

	for (bits = 0; bits < 32; bits++) {
		w.file = bits & 1;
		w.cached = bits & 2 && !w.file;
		w.private = bits & 4 && w.file;
		w.lru = bits & 8;
		w.isolated = bits & 16 && !w.lru;
		for (w.maps = 0; w.maps < 4; w.maps++)
			for (i = 0; i < ARRAY_SIZE(strangers); i++) {
				w.strangers = strangers[i];
				judge(&w);
			}
	}
}

static const struct {
	const char *law;
	struct kmem_stay_facts facts;
	enum kmem_stay stay;
} rows[] = {
	{ "nobody's page is free", { .refs = 0 }, KMEM_STAY_FREE },
	{ "so is one of the free lists", { .refs = 1, .buddy = true, .typed = true },
	  KMEM_STAY_FREE },
	{ "what has failed is left behind", { .refs = 7, .poisoned = true, .anon = true },
	  KMEM_STAY_FREE },
	{ "the kernel's objects stay", { .refs = 1, .slab = true, .typed = true },
	  KMEM_STAY_SLAB },
	{ "whatever their mapping looks like", { .refs = 1, .slab = true, .movable_ops = true },
	  KMEM_STAY_SLAB },
	{ "page tables stay", { .refs = 1, .typed = true }, KMEM_STAY_KERNEL },
	{ "so do buffers of drivers", { .refs = 1 }, KMEM_STAY_KERNEL },
	{ "but those that know how to move", { .refs = 1, .movable_ops = true, .typed = true },
	  KMEM_STAY_MOVES },
	{ "hugetlb moves, however many references it has",
	  { .refs = 600, .hugetlb = true, .compound = true, .typed = true }, KMEM_STAY_MOVES },
	{ "unless it is pinned",
	  { .refs = 600, .hugetlb = true, .compound = true, .pinned = true }, KMEM_STAY_PINNED },
	{ "a huge page moves, however many references it has",
	  { .refs = 600, .compound = true, .anon = true, .lru = true }, KMEM_STAY_MOVES },
	{ "unless it is pinned",
	  { .refs = 600, .compound = true, .anon = true, .lru = true, .pinned = true },
	  KMEM_STAY_PINNED },
	{ "a page that many map is not pinned",
	  { .refs = 2000, .maps = 2000, .anon = true, .lru = true, .pinned = true },
	  KMEM_STAY_MOVES },
	{ "a page of a file that was truncated is about to go", { .refs = 1, .lru = true },
	  KMEM_STAY_MOVES },
};

LAW_OF_EACH(page__stays_for_its_reason, rows)
{
	assert_int_equal(kmem_stay_of(&row->facts), row->stay);
}

LAW(count__names_the_first_that_stays)
{
	struct kmem_stay_count none = { }, some = { }, later = { }, all = { };
	enum kmem_stay stay;

	for (stay = 0; stay < KMEM_STAY_NR; stay++)
		assert_non_null(kmem_stay_word(stay));
	kmem_stay_add(&none, KMEM_STAY_FREE, 0x1000);
	kmem_stay_add(&none, KMEM_STAY_MOVES, 0x2000);
	assert_int_equal(kmem_stay_left(&none), 0);
	kmem_stay_add(&some, KMEM_STAY_MOVES, 0x3000);
	kmem_stay_add(&some, KMEM_STAY_SLAB, 0x4000);
	kmem_stay_add(&some, KMEM_STAY_PINNED, 0x5000);
	kmem_stay_add(&later, KMEM_STAY_ANON, 0x6000);
	kmem_stay_join(&all, &none);
	kmem_stay_join(&all, &some);
	kmem_stay_join(&all, &some);
	kmem_stay_join(&all, &later);
	kmem_stay_join(&all, &none);
	assert_int_equal(kmem_stay_left(&all), 5);
	assert_int_equal(all.first, 0x4000);
	assert_int_equal(all.nr[KMEM_STAY_MOVES], 4);
	assert_int_equal(all.nr[KMEM_STAY_PINNED], 2);
}
