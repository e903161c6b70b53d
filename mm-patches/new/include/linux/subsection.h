/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sub-sections: what the rest of the kernel asks, and what memory hotplug calls.
 * <linux/mmzone.h> includes this behind __pfn_to_section(); mm/subsection_map.h tells the story.
 */
#ifndef _LINUX_SUBSECTION_H
#define _LINUX_SUBSECTION_H

struct vmem_altmap;

static inline unsigned long subsection_index(unsigned long pfn)
{
	return (pfn & ~PAGE_SECTION_MASK) >> PFN_SUBSECTION_SHIFT;
}

static inline bool subsection_bit(const unsigned long *bits, unsigned long pfn)
{
	unsigned long i = subsection_index(pfn);

	return (bits[i / BITS_PER_LONG] >> (i % BITS_PER_LONG)) & 1;
}

static inline bool subsection_map_early(const struct subsection_map *map)
{
	unsigned long i, any = 0;

	for (i = 0; i < SUBSECTION_LONGS; i++)
		any |= map->boot[i];
	return any;
}

/*
 * May the struct page of @pfn be looked at, in a section that has a memmap? Holes of an early
 * section have always counted as valid, and code relies on it.
 */
static inline bool subsection_has_page(const struct subsection_map *map, unsigned long pfn)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	return subsection_bit(map->active, pfn) || subsection_map_early(map);
#else
	return true;
#endif
}

/*
 * Is @pfn RAM that is online, in a section that is? In an early one only what was RAM at boot is:
 * neither its holes are, nor device memory that fills them.
 */
static inline bool subsection_is_ram(const struct subsection_map *map, unsigned long pfn)
{
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	return subsection_bit(map->boot, pfn) ||
		(!subsection_map_early(map) && subsection_bit(map->active, pfn));
#else
	return true;
#endif
}

static inline int subsection_pfn_valid(unsigned long pfn)
{
	struct mem_section *ms;

	if (pfn_to_section_nr(pfn) >= NR_MEM_SECTIONS)
		return 0;
	ms = __pfn_to_section(pfn);
	return valid_section(ms) && subsection_has_page(&ms->subs, pfn);
}

/* The part of [pfn, pfn + nr) that lies in section number sec; how many sections it touches. */
#define subsection_piece_pfn(sec, pfn) \
	max_t(unsigned long, section_nr_to_pfn(sec), pfn)
#define subsection_piece_pages(sec, pfn, nr) \
	(min_t(unsigned long, section_nr_to_pfn((sec) + 1), (pfn) + (nr)) - \
	 subsection_piece_pfn(sec, pfn))
#define subsection_sections(pfn, nr) \
	(pfn_to_section_nr((pfn) + (nr) - 1) - pfn_to_section_nr(pfn) + 1)

/*
 * May one huge mapping back what [addr, next) of the memmap needs? Only if the request covers all
 * of it, for it is given back with the request. What boot maps stays. (Not "if it is less than a
 * section's memmap": where struct page has 56 bytes, sections share a huge mapping.)
 */
#define subsection_huge_memmap(addr, next) \
	((next) - (addr) == PMD_SIZE || !slab_is_available())

void subsection_boot_init(void);
bool subsection_bad_span(unsigned long pfn, unsigned long nr_pages, const char *what);
int subsection_add(int nid, unsigned long pfn, unsigned long nr_pages, struct vmem_altmap *altmap);
void subsection_remove(unsigned long pfn, unsigned long nr_pages, unsigned long unused,
		       struct vmem_altmap *altmap);
void subsection_undo_add(unsigned long pfn, unsigned long end, struct vmem_altmap *altmap);
bool subsection_mixed(unsigned long pfn, unsigned long nr_pages);

#endif /* _LINUX_SUBSECTION_H */
