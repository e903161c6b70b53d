/* SPDX-License-Identifier: GPL-2.0 */
/* How the kernel adds struct pages. */
#ifndef COMPAT_MEMORY_H
#define COMPAT_MEMORY_H

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>

/* Does it add them by less than a whole section? */
#ifdef HAVE_PAGES_PER_SUBSECTION
#define compat_subsections()	true
#else
#define compat_subsections()	false
#endif

/* Do compound pages of @size bytes take a fraction of the struct pages, when those are in DRAM? */
static inline bool compat_tails_shared(unsigned long size)
{
#ifdef HAVE_VMEMMAP_CAN_OPTIMIZE
	struct dev_pagemap pgmap = { .vmemmap_shift = ilog2(size >> PAGE_SHIFT) }, *which = &pgmap;

	/* a macro on some kernels, which asks whether there is one */
	return vmemmap_can_optimize((struct vmem_altmap *)NULL, which);
#else
	return false;
#endif
}

/* What a page that was free when it was poisoned is marked with; newer kernels keep that to mm/. */
#ifndef MAGIC_HWPOISON
#define MAGIC_HWPOISON	0x48575053U
#endif

/* Was it free when it was poisoned? Kernels before v5.19 leave no mark. */
static inline bool compat_page_off_buddy(struct page *page)
{
	return page_private(page) == MAGIC_HWPOISON;
}

/* A kernel without ZONE_DEVICE has no struct pages for such memory, and does not declare these. */
#ifndef CONFIG_ZONE_DEVICE
static inline void *compat_memremap_pages(struct dev_pagemap *pgmap, int nid)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline void compat_memunmap_pages(struct dev_pagemap *pgmap)
{
}

#define memremap_pages compat_memremap_pages
#define memunmap_pages compat_memunmap_pages
#endif

#ifndef HAVE_MEMREMAP_COMPAT_ALIGN
static inline unsigned long memremap_compat_align(void)
{
	return PMD_SIZE;
}
#endif

#endif
