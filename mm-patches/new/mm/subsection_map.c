// SPDX-License-Identifier: GPL-2.0
/* What may be added to a section and removed from it, and in which order that is done. Pure. */
#include <linux/mmzone.h>
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/errno.h>

#include "subsection_map.h"

/* A length of nothing is no span, nor is one that wraps. */
bool subsection_span_ok(unsigned long pfn, unsigned long nr_pages, unsigned long unit)
{
	return nr_pages && pfn + nr_pages > pfn && !((pfn | nr_pages) & (unit - 1));
}

/* Where the piece that starts a span ends. */
unsigned long subsection_piece_end(unsigned long pfn, unsigned long end)
{
	unsigned long next = (pfn & PAGE_SECTION_MASK) + PAGES_PER_SECTION;

	return next && next < end ? next : end;
}

static bool piece_has(const unsigned long *bits, const struct subsection_piece *p)
{
	unsigned long first = subsection_index(p->pfn);
	unsigned long end = first + (p->nr_pages >> PFN_SUBSECTION_SHIFT);

	return find_next_bit(bits, end, first) < end;
}

static bool piece_lacks(const unsigned long *bits, const struct subsection_piece *p)
{
	unsigned long first = subsection_index(p->pfn);
	unsigned long end = first + (p->nr_pages >> PFN_SUBSECTION_SHIFT);

	return find_next_zero_bit(bits, end, first) < end;
}

static bool piece_ok(const struct subsection_piece *p)
{
	return subsection_span_ok(p->pfn, p->nr_pages, PAGES_PER_SUBSECTION) &&
		subsection_piece_end(p->pfn, p->pfn + p->nr_pages) == p->pfn + p->nr_pages;
}

static bool map_empty(const struct subsection_map *map)
{
	return bitmap_empty(map->active, SUBSECTIONS_PER_SECTION);
}

/* RAM that starts or ends within a sub-section has all of it. */
void subsection_map_boot(struct subsection_map *map, unsigned long pfn, unsigned long end)
{
	unsigned long first = subsection_index(pfn);

	if (pfn >= end)
		return;
	bitmap_set(map->active, first, subsection_index(end - 1) - first + 1);
	bitmap_set(map->boot, first, subsection_index(end - 1) - first + 1);
}

/* Does the section have RAM of boot, and something else as well? */
bool subsection_map_mixed(const struct subsection_map *map)
{
	return subsection_map_early(map) &&
		!bitmap_equal(map->active, map->boot, SUBSECTIONS_PER_SECTION);
}

int subsection_may_add(const struct subsection_map *map, const struct subsection_piece *p)
{
	if (!piece_ok(p))
		return -EINVAL;
	return piece_has(map->active, p) ? -EEXIST : 0;
}

int subsection_may_remove(const struct subsection_map *map, const struct subsection_piece *p)
{
	if (!piece_ok(p))
		return -EINVAL;
	/* The section of RAM may have holes; what else is in it has to go before. */
	if (piece_has(map->boot, p))
		return p->nr_pages == PAGES_PER_SECTION && !subsection_map_mixed(map) ? 0 : -EBUSY;
	return piece_lacks(map->active, p) ? -ENOENT : 0;
}

/* One piece of an add: all of it, or nothing has changed. */
int subsection_activate(const struct subsection_piece *p)
{
	struct subsection_map *map;
	bool first;
	int rc;

	rc = subsection_root_get(p);
	if (rc)
		return rc;
	map = subsection_map_of(p->pfn);
	rc = subsection_may_add(map, p);
	if (rc)
		return rc;
	first = map_empty(map);
	if (first) {
		rc = subsection_flags_get(p);
		if (rc)
			return rc;
	}
	if (!subsection_map_early(map)) {
		rc = subsection_memmap_get(p);
		if (rc) {
			if (first)
				subsection_flags_put(p);
			return rc;
		}
	}
	/*
	 * Zero, and not poison: those of an altmap's reserve are never set up, and there are
	 * walkers that ask no more than pfn_valid().
	 */
	subsection_memmap_clear(p);
	if (first)
		subsection_publish(p);
	smp_wmb(); /* a reader who finds the bit finds what it stands for */
	bitmap_set(map->active, subsection_index(p->pfn), p->nr_pages >> PFN_SUBSECTION_SHIFT);
	return 0;
}

static void early_section_goes(struct subsection_map *map, const struct subsection_piece *p)
{
	bitmap_zero(map->active, SUBSECTIONS_PER_SECTION);
	bitmap_zero(map->boot, SUBSECTIONS_PER_SECTION);
	subsection_withdraw(p);
	subsection_flags_put_boot(p);
	subsection_memmap_put_boot(p);
}

int subsection_deactivate(const struct subsection_piece *p)
{
	struct subsection_map *map = subsection_map_of(p->pfn);
	int rc = map ? subsection_may_remove(map, p) : -ENOENT;

	if (rc)
		return rc;
	subsection_memmap_retire(p);
	if (piece_has(map->boot, p)) {
		early_section_goes(map, p);
		return 0;
	}
	bitmap_clear(map->active, subsection_index(p->pfn), p->nr_pages >> PFN_SUBSECTION_SHIFT);
	if (subsection_map_early(map)) {
		subsection_memmap_clear(p); /* a hole again, which is still valid */
		return 0;
	}
	if (map_empty(map)) {
		subsection_withdraw(p);
		subsection_flags_put(p);
	}
	subsection_memmap_put(p);
	return 0;
}

/* Give [pfn, end) back, whose add has failed further on: no struct page is set up yet. */
void subsection_undo_add(unsigned long pfn, unsigned long end, struct vmem_altmap *altmap)
{
	while (pfn < end) {
		struct subsection_piece p = { .pfn = pfn, .altmap = altmap };

		pfn = subsection_piece_end(pfn, end);
		p.nr_pages = pfn - p.pfn;
		p.unused = p.nr_pages;
		WARN_ON(subsection_deactivate(&p));
	}
}
