// SPDX-License-Identifier: GPL-2.0
/* Sub-section memory hotplug: the kernel's hands for what subsection_map.c decides. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/bitmap.h>
#include <linux/memblock.h>
#include <linux/memremap.h>
#include <linux/memory_hotplug.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "internal.h"
#include "subsection_map.h"

int sparse_index_init(unsigned long section_nr, int nid); /* of sparse.c */

static void __init boot_range(unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		unsigned long next = subsection_piece_end(pfn, end);
		struct mem_section *ms = __pfn_to_section(pfn);

		if (valid_section(ms))
			subsection_map_boot(&ms->subs, pfn, next);
		pfn = next;
	}
}

/* Once, when every section with RAM has its memmap. */
void __init subsection_boot_init(void)
{
	struct memblock_region *reg;

	/* or section numbers cannot be split into roots */
	BUILD_BUG_ON_NOT_POWER_OF_2(sizeof(struct mem_section));
	for_each_memblock(memory, reg)
		boot_range(memblock_region_memory_base_pfn(reg),
			   memblock_region_memory_end_pfn(reg));
}

#ifdef CONFIG_MEMORY_HOTPLUG

bool subsection_bad_span(unsigned long pfn, unsigned long nr_pages, const char *what)
{
	unsigned long unit = IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) ?
			PAGES_PER_SUBSECTION : PAGES_PER_SECTION;

	if (subsection_span_ok(pfn, nr_pages, unit))
		return false;
	WARN(1, "Misaligned __%s_pages start: %#lx end: %#lx\n", what, pfn, pfn + nr_pages - 1);
	return true;
}

/**
 * subsection_mixed() - does a section of this range have both RAM of boot and something else?
 * @pfn: first page, of whole sections
 * @nr_pages: how many
 *
 * Such a section's RAM can be neither put online, which would set up the struct pages of the whole
 * section anew, nor removed.
 * Context: under mem_hotplug_begin().
 */
bool subsection_mixed(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long end = pfn + nr_pages;

	for (; pfn < end; pfn = subsection_piece_end(pfn, end)) {
		struct mem_section *ms = __pfn_to_section(pfn);

		if (valid_section(ms) && subsection_map_mixed(&ms->subs))
			return true;
	}
	return false;
}

/**
 * subsection_add() - give a piece of a section struct pages
 * @nid: node that it belongs to
 * @pfn: its first page
 * @nr_pages: its length
 * @altmap: where to take the memory for struct pages from, or NULL
 *
 * Context: under mem_hotplug_begin().
 * Return: 0; -EINVAL, -EEXIST or -ENOMEM, and then nothing has changed.
 */
int subsection_add(int nid, unsigned long pfn, unsigned long nr_pages,
		   struct vmem_altmap *altmap)
{
	struct subsection_piece p = {
		.pfn = pfn, .nr_pages = nr_pages, .nid = nid, .altmap = altmap,
	};

	return subsection_activate(&p);
}

/**
 * subsection_remove() - take the struct pages of a piece away
 * @pfn: its first page
 * @nr_pages: its length
 * @unused: struct pages at its head that nobody has set up
 * @altmap: where their memory has come from, or NULL
 *
 * Warns of what cannot be, and then nothing has changed.
 * Context: under mem_hotplug_begin().
 */
void subsection_remove(unsigned long pfn, unsigned long nr_pages, unsigned long unused,
		       struct vmem_altmap *altmap)
{
	struct subsection_piece p = {
		.pfn = pfn, .nr_pages = nr_pages, .unused = unused, .altmap = altmap,
	};

	switch (subsection_deactivate(&p)) {
	case 0:
		break;
	case -ENOENT:
		WARN(1, "section already deactivated (%#lx + %ld)\n", pfn, nr_pages);
		break;
	case -EBUSY:
		WARN(1, "RAM of boot is not removed in part (%#lx + %ld)\n", pfn, nr_pages);
		break;
	default:
		WARN(1, "not a piece of a section (%#lx + %ld)\n", pfn, nr_pages);
	}
}

int __ref subsection_root_get(const struct subsection_piece *p)
{
	int rc = sparse_index_init(pfn_to_section_nr(p->pfn), p->nid);

	return rc == -EEXIST ? 0 : rc;
}

struct subsection_map *subsection_map_of(unsigned long pfn)
{
	struct mem_section *ms = __pfn_to_section(pfn);

	return ms ? &ms->subs : NULL;
}

int subsection_flags_get(const struct subsection_piece *p)
{
	unsigned long *flags = kzalloc_node(usemap_size(), GFP_KERNEL, p->nid);

	__pfn_to_section(p->pfn)->pageblock_flags = flags;
	return flags ? 0 : -ENOMEM;
}

void subsection_flags_put(const struct subsection_piece *p)
{
	struct mem_section *ms = __pfn_to_section(p->pfn);

	kfree(ms->pageblock_flags);
	ms->pageblock_flags = NULL;
}

/* Bootmem that sections share, and is never given back. */
void subsection_flags_put_boot(const struct subsection_piece *p)
{
	__pfn_to_section(p->pfn)->pageblock_flags = NULL;
}

#ifdef CONFIG_SPARSEMEM_VMEMMAP
/* A fresh piece: its struct pages have a known address, where there is nothing yet. */
static struct page *piece_memmap(const struct subsection_piece *p)
{
	return pfn_to_page(p->pfn);
}

int __ref subsection_memmap_get(const struct subsection_piece *p)
{
	unsigned long start = (unsigned long)piece_memmap(p);
	unsigned long end = (unsigned long)(piece_memmap(p) + p->nr_pages);

	if (!vmemmap_populate(start, end, p->nid, p->altmap))
		return 0;
	/* as much of it as was there before it failed */
	vmemmap_free(start, end, p->altmap);
	return -ENOMEM;
}

void subsection_memmap_put(const struct subsection_piece *p)
{
	vmemmap_free((unsigned long)piece_memmap(p),
		     (unsigned long)(piece_memmap(p) + p->nr_pages), p->altmap);
}

void subsection_memmap_put_boot(const struct subsection_piece *p)
{
	vmemmap_free((unsigned long)piece_memmap(p),
		     (unsigned long)(piece_memmap(p) + p->nr_pages), NULL);
}
#else
/*
 * Pieces are whole sections here, and their memmaps lie anywhere. Only the section's word knows
 * where: it is kept from the allocation until the memory is given back, and only the bits that
 * say it is valid come and go.
 */
static struct page *piece_memmap(const struct subsection_piece *p)
{
	return __section_mem_map_addr(__pfn_to_section(p->pfn)) + p->pfn;
}

static unsigned long section_word(struct page *map, unsigned long pfn)
{
	return (unsigned long)(map - pfn);
}

int __ref subsection_memmap_get(const struct subsection_piece *p)
{
	struct page *map = kvmalloc_node(p->nr_pages * sizeof(struct page), GFP_KERNEL, p->nid);

	if (!map)
		return -ENOMEM;
	__pfn_to_section(p->pfn)->section_mem_map = section_word(map, p->pfn);
	return 0;
}

void subsection_memmap_put(const struct subsection_piece *p)
{
	kvfree(piece_memmap(p));
	__pfn_to_section(p->pfn)->section_mem_map = 0;
}

/* Bootmem, parts of which may lie in what is removed: it stays. */
void subsection_memmap_put_boot(const struct subsection_piece *p)
{
	__pfn_to_section(p->pfn)->section_mem_map = 0;
}
#endif

void subsection_memmap_clear(const struct subsection_piece *p)
{
	memset(piece_memmap(p), 0, p->nr_pages * sizeof(struct page));
}

/* Poisoned pages that go are no longer counted. */
void subsection_memmap_retire(const struct subsection_piece *p)
{
#ifdef CONFIG_MEMORY_FAILURE
	const struct subsection_map *map = subsection_map_of(p->pfn);
	unsigned long i;

	for (i = p->unused; i < p->nr_pages; i++) {
		struct page *page = piece_memmap(p) + i;

		if (!subsection_bit(map->active, p->pfn + i) || !PageHWPoison(page))
			continue;
		atomic_long_dec(&num_poisoned_pages);
		ClearPageHWPoison(page);
	}
#endif
}

/*
 * The first piece of a section: the section is there. Its word keeps the address that the struct
 * page of its first page has, or would have, for those who look at a dump.
 */
void subsection_publish(const struct subsection_piece *p)
{
	unsigned long nr = pfn_to_section_nr(p->pfn);
	unsigned long word = (unsigned long)(piece_memmap(p) - p->pfn);

	if ((int)nr > __highest_present_section_nr)
		__highest_present_section_nr = nr;
	__pfn_to_section(p->pfn)->section_mem_map =
		word | SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP;
}

void subsection_withdraw(const struct subsection_piece *p)
{
	struct mem_section *ms = __pfn_to_section(p->pfn);

	/* nothing but the address, which the last step of a removal still needs */
	ms->section_mem_map &= SECTION_MAP_MASK;
	if (IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		ms->section_mem_map = 0;
}
#endif /* CONFIG_MEMORY_HOTPLUG */
