/* SPDX-License-Identifier: GPL-2.0 */
/* A memory model of a few sections; a program says SECTION_SIZE_BITS and NR_MEM_SECTIONS first. */
#pragma once

#include <linux/kernel.h>
#include <linux/bitmap.h>

#define CONFIG_SPARSEMEM_VMEMMAP 1
#define PAGE_SHIFT		12
#define PFN_SECTION_SHIFT	(SECTION_SIZE_BITS - PAGE_SHIFT)
#define PAGES_PER_SECTION	(1UL << PFN_SECTION_SHIFT)
#define PAGE_SECTION_MASK	(~(PAGES_PER_SECTION - 1))

#include <linux/subsection_types.h>

struct mem_section {
	unsigned long section_mem_map;
	unsigned long *pageblock_flags;
	struct subsection_map subs;
};

_Static_assert(!(sizeof(struct mem_section) & (sizeof(struct mem_section) - 1)),
	       "section numbers cannot be split into roots");

static inline unsigned long pfn_to_section_nr(unsigned long pfn)
{
	return pfn >> PFN_SECTION_SHIFT;
}

static inline unsigned long section_nr_to_pfn(unsigned long nr)
{
	return nr << PFN_SECTION_SHIFT;
}

struct mem_section *__pfn_to_section(unsigned long pfn);

static inline bool valid_section(const struct mem_section *ms)
{
	return ms && ms->section_mem_map;
}

#include <linux/subsection.h>
