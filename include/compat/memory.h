/* SPDX-License-Identifier: GPL-2.0 */
/* How the kernel adds struct pages. */
#ifndef COMPAT_MEMORY_H
#define COMPAT_MEMORY_H

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>

/* Marks in /proc/iomem that such a kernel does not set: v5.3, v5.5, v5.8 */
#ifndef HAVE_IORES_DESC_RESERVED
#define IORES_DESC_RESERVED	(~0UL)
#endif
#ifndef HAVE_IORES_DESC_SOFT_RESERVED
#define IORES_DESC_SOFT_RESERVED	(~0UL)
#endif
/* Such a kernel has no driver for windows of CXL either. */
#ifndef HAVE_IORES_DESC_CXL
#define IORES_DESC_CXL	(~0UL)
#endif
#ifndef IORESOURCE_SYSRAM_DRIVER_MANAGED
#define IORESOURCE_SYSRAM_DRIVER_MANAGED	0x02000000
#endif

#ifndef HAVE_NUMA_MAP_TO_ONLINE_NODE
/* The node itself, or the nearest that is online. */
static inline int numa_map_to_online_node(int node)
{
	int best = node, near = INT_MAX, n;

	if (node == NUMA_NO_NODE || node_online(node))
		return node;
	for_each_online_node(n) {
		if (node_distance(node, n) >= near)
			continue;
		near = node_distance(node, n);
		best = n;
	}
	return best;
}
#endif

/* What the memory's node would be; such a kernel knows of nodes that are online. */
#ifndef HAVE_PHYS_TO_TARGET_NODE
static inline int phys_to_target_node(u64 start)
{
#if defined(CONFIG_NUMA) && defined(CONFIG_MEMORY_HOTPLUG)
	return memory_add_physaddr_to_nid(start);
#else
	return NUMA_NO_NODE;
#endif
}
#endif

/* The least that a block may be, which is what it is on machines of less than 64 GiB. */
#ifndef HAVE_MEMORY_BLOCK_SIZE
#define memory_block_size_bytes() (1UL << SECTION_SIZE_BITS)
#endif

/* The end of a memmap's memory: v5.4, cf387d9644d8 */
#ifdef HAVE_ALTMAP_END_PFN
#define COMPAT_ALTMAP_END(pfn) .end_pfn = (pfn),
#else
#define COMPAT_ALTMAP_END(pfn)
#endif

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

/* Does only a program say that a page has failed (MADV_HWPOISON), of memory that is good? */
static inline bool compat_failure_simulated(int mf_flags)
{
#ifdef HAVE_MF_SW_SIMULATED
	return mf_flags & MF_SW_SIMULATED;
#else
	return false;
#endif
}

/* Does clear_mce_nospec() map a page again, or only say what caches are to do with it? */
#ifdef HAVE_MCE_NOSPEC_WHOLE
#define COMPAT_MCE_MAPS_AGAIN	true
#else
#define COMPAT_MCE_MAPS_AGAIN	false
#endif

/* What a page that was free when it was poisoned is marked with; newer kernels keep that to mm/. */
#ifndef MAGIC_HWPOISON
#define MAGIC_HWPOISON	0x48575053U
#endif

/* Was it free when it was poisoned? Kernels before v5.19 leave no mark. */
static inline bool compat_page_off_buddy(struct page *page)
{
	return page_private(page) == MAGIC_HWPOISON;
}

/* kmem's, which is not built where nobody may take memory offline */
#ifdef HAVE_OFFLINE_AND_REMOVE_MEMORY
#ifndef HAVE_MHP_FLAGS
/* There is nothing that one could wish for. */
typedef int mhp_t;
#define MHP_NONE		0
#define MHP_MERGE_RESOURCE	MHP_NONE

static inline int compat_add_memory_driver_managed(int nid, u64 start, u64 size, const char *name,
						   mhp_t flags)
{
	return add_memory_driver_managed(nid, start, size, name);
}

#define add_memory_driver_managed compat_add_memory_driver_managed
#endif

#ifndef HAVE_MEMORY_GROUP
/* Memory is added to a node, and is of no group: the node's number stands for it. */
#define MHP_NID_IS_MGID		MHP_NONE

static inline int memory_group_register_static(int nid, unsigned long max_pages)
{
	return nid;
}

static inline int memory_group_unregister(int mgid)
{
	return 0;
}
#endif

/* v5.10 had it by another name, from the moment it was there; v5.11, 1adf8b468ff6 */
#ifndef MHP_MERGE_RESOURCE
#define MHP_MERGE_RESOURCE	MEMHP_MERGE_RESOURCE
#endif

/* v5.13, a08a2ae34613 ("mm,memory_hotplug: allocate memmap from the added memory range") */
#ifndef MHP_MEMMAP_ON_MEMORY
#define MHP_MEMMAP_ON_MEMORY	MHP_NONE
#endif

/* The kernel does not declare what these call without it. */
#ifdef CONFIG_MEMORY_HOTREMOVE
/* What was added to node @nid; a block that never was online does not tell its node itself. */
static inline int compat_remove_memory(int nid, u64 start, u64 size)
{
#ifdef HAVE_REMOVE_MEMORY_RANGE
	return remove_memory(start, size);
#else
	return remove_memory(nid, start, size);
#endif
}

static inline int compat_offline_and_remove_memory(int nid, u64 start, u64 size)
{
#ifdef HAVE_REMOVE_MEMORY_RANGE
	return offline_and_remove_memory(start, size);
#else
	return offline_and_remove_memory(nid, start, size);
#endif
}
#endif
#endif

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
