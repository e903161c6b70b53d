/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small physical address space, and the hands of subsection_map.c in it: they note what they are
 * told to do, refuse when it is their turn, and end the test where what they do would hurt.
 */
#pragma once

#include "nd_test.h"
#include <linux/mmzone.h>
#include "../../../../mm-patches/new/mm/subsection_map.c"

#define SUBS		SUBSECTIONS_PER_SECTION
#define ALL_SUBS	(NR_MEM_SECTIONS * SUBS)
#define SUB		PAGES_PER_SUBSECTION

enum backing { NONE, BOOT, HOT };
enum use { CLEAR, USED, GARBAGE };

static struct world {
	struct mem_section section[NR_MEM_SECTIONS];
	u8 root[NR_MEM_SECTIONS];
	u8 flags[NR_MEM_SECTIONS];	/* enum backing */
	u8 memmap[ALL_SUBS];		/* enum backing */
	u8 used[ALL_SUBS];		/* enum use, of their struct pages */
	long hot_flags, hot_memmaps;
} world;

/* Which of the fallible steps from here on fails; 0 is none. */
static int fail_step;

static bool refused(void)
{
	return fail_step && !--fail_step;
}

struct mem_section *__pfn_to_section(unsigned long pfn)
{
	unsigned long nr = pfn_to_section_nr(pfn);

	assert_true(nr < NR_MEM_SECTIONS);
	return world.root[nr] ? &world.section[nr] : NULL;
}

static bool sub_active(unsigned long i)
{
	return test_bit(i % SUBS, world.section[i / SUBS].subs.active);
}

static bool sub_boot(unsigned long i)
{
	return test_bit(i % SUBS, world.section[i / SUBS].subs.boot);
}

/* At every moment: who finds a bit finds what it stands for. */
static void promises_are_kept(void)
{
	for (unsigned long i = 0; i < ALL_SUBS; i++) {
		assert_true(!sub_boot(i) || sub_active(i));
		if (!sub_active(i))
			continue;
		assert_int_not_equal(world.memmap[i], NONE);
		assert_int_not_equal(world.flags[i / SUBS], NONE);
		assert_true(valid_section(&world.section[i / SUBS]));
	}
}

#define for_piece(i, p) \
	for (unsigned long i = (p)->pfn / SUB; i < ((p)->pfn + (p)->nr_pages) / SUB; i++)

int subsection_root_get(const struct subsection_piece *p)
{
	unsigned long nr = pfn_to_section_nr(p->pfn);

	assert_true(nr < NR_MEM_SECTIONS);
	if (world.root[nr])
		return 0;
	if (refused())
		return -ENOMEM;
	world.root[nr] = 1;
	return 0;
}

struct subsection_map *subsection_map_of(unsigned long pfn)
{
	struct mem_section *ms = __pfn_to_section(pfn);

	return ms ? &ms->subs : NULL;
}

int subsection_flags_get(const struct subsection_piece *p)
{
	u8 *flags = &world.flags[pfn_to_section_nr(p->pfn)];

	promises_are_kept();
	assert_int_not_equal(*flags, HOT);
	if (refused())
		return -ENOMEM;
	*flags = HOT;
	world.hot_flags++;
	return 0;
}

void subsection_flags_put(const struct subsection_piece *p)
{
	u8 *flags = &world.flags[pfn_to_section_nr(p->pfn)];

	assert_int_equal(*flags, HOT);
	*flags = NONE;
	world.hot_flags--;
	promises_are_kept();
}

void subsection_flags_put_boot(const struct subsection_piece *p)
{
	u8 *flags = &world.flags[pfn_to_section_nr(p->pfn)];

	assert_int_equal(*flags, BOOT);
	*flags = NONE;
	promises_are_kept();
}

int subsection_memmap_get(const struct subsection_piece *p)
{
	promises_are_kept();
	for_piece(i, p)
		assert_int_equal(world.memmap[i], NONE);
	if (refused())
		return -ENOMEM;
	for_piece(i, p) {
		world.memmap[i] = HOT;
		world.used[i] = GARBAGE;
		world.hot_memmaps++;
	}
	return 0;
}

void subsection_memmap_put(const struct subsection_piece *p)
{
	for_piece(i, p) {
		assert_int_equal(world.memmap[i], HOT);
		world.memmap[i] = NONE;
		world.used[i] = CLEAR;
		world.hot_memmaps--;
	}
	promises_are_kept();
}

void subsection_memmap_put_boot(const struct subsection_piece *p)
{
	assert_int_equal(p->nr_pages, PAGES_PER_SECTION);
	for_piece(i, p) {
		assert_int_equal(world.memmap[i], BOOT);
		world.memmap[i] = NONE;
		world.used[i] = CLEAR;
	}
	promises_are_kept();
}

void subsection_memmap_clear(const struct subsection_piece *p)
{
	for_piece(i, p) {
		assert_false(sub_active(i));
		assert_int_not_equal(world.memmap[i], NONE);
		world.used[i] = CLEAR;
	}
}

void subsection_memmap_retire(const struct subsection_piece *p)
{
	assert_true(p->unused <= p->nr_pages);
	promises_are_kept();
	for_piece(i, p)
		assert_int_not_equal(world.memmap[i], NONE);
}

void subsection_publish(const struct subsection_piece *p)
{
	struct mem_section *ms = __pfn_to_section(p->pfn);

	promises_are_kept();
	assert_false(valid_section(ms));
	for_piece(i, p)
		assert_false(world.used[i]);
	ms->section_mem_map = 1;
}

void subsection_withdraw(const struct subsection_piece *p)
{
	struct mem_section *ms = __pfn_to_section(p->pfn);

	assert_true(valid_section(ms));
	ms->section_mem_map = 0;
	promises_are_kept();
}

/* RAM of boot: what the kernel does for it before there is any hotplug. */
static void boot_ram(unsigned long pfn, unsigned long end)
{
	for (unsigned long next; pfn < end; pfn = next) {
		unsigned long nr = pfn_to_section_nr(pfn);

		next = subsection_piece_end(pfn, end);
		world.root[nr] = 1;
		world.flags[nr] = BOOT;
		world.section[nr].section_mem_map = 1;
		memset(world.memmap + nr * SUBS, BOOT, SUBS);
		subsection_map_boot(&world.section[nr].subs, pfn, next);
	}
}

/* What nobody has used is handed out clear. */
static void use(unsigned long first, unsigned long n)
{
	for (unsigned long i = first; i < first + n; i++) {
		assert_int_equal(world.used[i], CLEAR);
		world.used[i] = USED;
	}
}

static int __maybe_unused add_piece(unsigned long first, unsigned long n)
{
	struct subsection_piece p = { .pfn = first * SUB, .nr_pages = n * SUB };
	int rc = subsection_activate(&p);

	if (!rc)
		use(first, n);
	return rc;
}

static int __maybe_unused remove_piece(unsigned long first, unsigned long n)
{
	struct subsection_piece p = { .pfn = first * SUB, .nr_pages = n * SUB };

	return subsection_deactivate(&p);
}

/* As __add_pages() and __remove_pages() go through sections. */
static int __maybe_unused add_span(unsigned long first, unsigned long n)
{
	unsigned long pfn = first * SUB, nr = n * SUB, sec = pfn_to_section_nr(pfn);
	int rc = 0;

	for (unsigned long i = 0; !rc && i < subsection_sections(pfn, nr); i++, sec++) {
		struct subsection_piece p = {
			.pfn = subsection_piece_pfn(sec, pfn),
			.nr_pages = subsection_piece_pages(sec, pfn, nr),
		};

		rc = subsection_activate(&p);
		if (rc)
			subsection_undo_add(pfn, p.pfn, NULL);
	}
	if (!rc)
		use(first, n);
	return rc;
}

static int __maybe_unused remove_span(unsigned long first, unsigned long n)
{
	unsigned long pfn = first * SUB, nr = n * SUB, sec = pfn_to_section_nr(pfn);
	int rc = 0;

	for (unsigned long i = 0; i < subsection_sections(pfn, nr); i++, sec++) {
		struct subsection_piece p = {
			.pfn = subsection_piece_pfn(sec, pfn),
			.nr_pages = subsection_piece_pages(sec, pfn, nr),
		};

		rc = subsection_deactivate(&p) ?: rc;
	}
	return rc;
}

/* @a and @b but for their roots: these stay, once made. */
static bool same_world(struct world a, const struct world *b)
{
	memcpy(a.root, b->root, sizeof(a.root));
	return !memcmp(&a, b, sizeof(a));
}
