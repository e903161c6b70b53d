/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sub-sections: which 2 MiB of a memory section have struct pages. What a section holds of it;
 * <linux/mmzone.h> includes this in front of struct mem_section, so nothing here may need more
 * than the constants of sections. The whole story is told in mm/subsection_map.h.
 */
#ifndef _LINUX_SUBSECTION_TYPES_H
#define _LINUX_SUBSECTION_TYPES_H

/* One for all architectures: a namespace made on one keeps its meaning on another. */
#define SUBSECTION_SHIFT	21
#define SUBSECTION_SIZE		(1UL << SUBSECTION_SHIFT)

#if SUBSECTION_SHIFT > SECTION_SIZE_BITS
#error "a sub-section is larger than a section"
#endif

#define PFN_SUBSECTION_SHIFT	(SUBSECTION_SHIFT - PAGE_SHIFT)
#define PAGES_PER_SUBSECTION	(1UL << PFN_SUBSECTION_SHIFT)
#define PAGE_SUBSECTION_MASK	(~(PAGES_PER_SUBSECTION - 1))
#define SUBSECTION_ALIGN_DOWN(pfn)	((pfn) & PAGE_SUBSECTION_MASK)
#define SUBSECTION_ALIGN_UP(pfn)	SUBSECTION_ALIGN_DOWN((pfn) + PAGES_PER_SUBSECTION - 1)
#define SUBSECTIONS_PER_SECTION	(1UL << (SECTION_SIZE_BITS - SUBSECTION_SHIFT))
#define SUBSECTION_LONGS	((SUBSECTIONS_PER_SECTION + BITS_PER_LONG - 1) / BITS_PER_LONG)

/* Words of struct mem_section beside ours: its size has to be a power of two. */
#ifdef CONFIG_PAGE_EXTENSION
#define SUBSECTION_BESIDE	4
#else
#define SUBSECTION_BESIDE	2
#endif
#define SUBSECTION_WORDS	(SUBSECTION_BESIDE + 2 * SUBSECTION_LONGS)
#define SUBSECTION_ROUND(n) \
	((n) <= 4 ? 4 : (n) <= 8 ? 8 : (n) <= 16 ? 16 : (n) <= 32 ? 32 : (n) <= 64 ? 64 : 128)

/**
 * struct subsection_map - what of a section is there, a bit for each sub-section
 * @active: its struct pages are in use
 * @boot: it was RAM when the kernel started; always within @active
 * @pad: makes the section's size a power of two
 *
 * A section with any bit in @boot is an early one: the kernel gave all of it a memmap at boot.
 */
struct subsection_map {
	unsigned long active[SUBSECTION_LONGS];
	unsigned long boot[SUBSECTION_LONGS];
	unsigned long pad[SUBSECTION_ROUND(SUBSECTION_WORDS) - SUBSECTION_WORDS];
};

#endif /* _LINUX_SUBSECTION_TYPES_H */
