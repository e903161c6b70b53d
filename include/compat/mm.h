/* SPDX-License-Identifier: GPL-2.0 */
/* Mappings of device memory, and the faults in them. */
#ifndef COMPAT_MM_H
#define COMPAT_MM_H

#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>

#ifndef HAVE_FOLIO
/* The first page of a compound page, or the only one. */
struct folio {
	union {
		struct page page;
		struct {
			unsigned long flags;
			struct list_head lru;
			struct address_space *mapping;
			pgoff_t index;
		};
	};
};

static_assert(offsetof(struct folio, mapping) == offsetof(struct page, mapping));
static_assert(offsetof(struct folio, index) == offsetof(struct page, index));

static inline struct folio *page_folio(struct page *page)
{
	return container_of(compound_head(page), struct folio, page);
}

static inline int folio_ref_count(struct folio *folio)
{
	return page_ref_count(&folio->page);
}

static inline bool folio_mapped(struct folio *folio)
{
	return page_mapped(&folio->page);
}
#endif

/* Nothing is ever written back. */
#ifdef HAVE_DIRTY_FOLIO
#define COMPAT_AOPS_NEVER_DIRTY .dirty_folio = noop_dirty_folio
#else
#define COMPAT_AOPS_NEVER_DIRTY							\
	.set_page_dirty = noop_set_page_dirty, .invalidatepage = noop_invalidatepage
#endif

#ifndef HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#ifndef HAVE_MM_GET_UNMAPPED_AREA_FILE
static inline unsigned long compat_get_unmapped_area(struct file *file, unsigned long addr,
						     unsigned long len, unsigned long pgoff,
						     unsigned long flags)
{
#ifdef HAVE_MM_GET_UNMAPPED_AREA_MM
	return mm_get_unmapped_area(current->mm, file, addr, len, pgoff, flags);
#else
	return current->mm->get_unmapped_area(file, addr, len, pgoff, flags);
#endif
}

#define mm_get_unmapped_area compat_get_unmapped_area
#endif

#ifdef HAVE_VM_MAY_SPLIT
#define COMPAT_VM_MAY_SPLIT(fn) .may_split = (fn)
#else
#define COMPAT_VM_MAY_SPLIT(fn) .split = (fn)
#endif

#ifdef HAVE_FOP_MMAP_SYNC
#define COMPAT_FOPS_MMAP_SYNC .fop_flags = FOP_MMAP_SYNC
#else
#define COMPAT_FOPS_MMAP_SYNC .mmap_supported_flags = MAP_SYNC
#endif

#ifdef HAVE_HUGE_FAULT_ORDER

#define COMPAT_HUGE_FAULT(fn)
#define compat_huge_fault(fn) (fn)

#else

#define COMPAT_HUGE_FAULT(fn)							\
static vm_fault_t fn##_pe(struct vm_fault *vmf, enum page_entry_size size)	\
{										\
	return fn(vmf, size == PE_SIZE_PUD ? PUD_SHIFT - PAGE_SHIFT :		\
		       size == PE_SIZE_PMD ? PMD_SHIFT - PAGE_SHIFT : 0);	\
}
#define compat_huge_fault(fn) fn##_pe

#endif

/* Newer kernels count a mapping of device memory as a reference of the page: those are no pins. */
#ifdef HAVE_VMF_INSERT_FOLIO_PMD

#define compat_insert_pte(vmf, pfn, write) \
	vmf_insert_page_mkwrite(vmf, pfn_to_page(pfn), write)
#ifdef HAVE_MAP_FOLIO_PMD
#define compat_insert_pmd(vmf, pfn, write) \
	vmf_insert_folio_pmd(vmf, page_folio(pfn_to_page(pfn)), write)
#endif
#ifdef HAVE_MAP_FOLIO_PUD
#define compat_insert_pud(vmf, pfn, write) \
	vmf_insert_folio_pud(vmf, page_folio(pfn_to_page(pfn)), write)
#endif

static inline long compat_device_pins(struct folio *folio)
{
	return folio_ref_count(folio) - folio_mapcount(folio) - 1;
}

/* A page of a filesystem's has no reference at rest, and may be part of a large one. */
static inline long compat_fsdax_pins(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (!is_zone_device_page(page) || page != &folio->page)
		return 0;
	return folio_ref_count(folio) - folio_mapcount(folio);
}

/*
 * The filesystem's note: whose page it is. That it is shared is a count which looks as the index
 * that a page keeps after its note is gone; but then the filesystem is mounted still.
 */
static inline bool compat_fsdax_noted(struct page *page)
{
	return READ_ONCE(page_folio(page)->mapping);
}

static inline struct address_space *compat_fsdax_mapping(struct page *page)
{
	struct address_space *mapping = READ_ONCE(page_folio(page)->mapping);

	return (unsigned long)mapping & 3 ? NULL : mapping;
}

static inline pgoff_t compat_fsdax_index(struct page *page)
{
	struct folio *folio = page_folio(page);

	return folio->index + (page - &folio->page);
}

/* A file keeps its pages until they are not pinned: unmounting waits for that. */
static inline void compat_fsdax_take(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
}

#else

#include <linux/pfn_t.h>

#define compat_frame(pfn) pfn_to_pfn_t((pfn) | PFN_DEV | PFN_MAP)
#define compat_insert_pte(vmf, pfn, write) \
	((void)(write), vmf_insert_mixed((vmf)->vma, (vmf)->address, compat_frame(pfn)))
#ifdef HAVE_MAP_PFN_PMD
#define compat_insert_pmd(vmf, pfn, write) vmf_insert_pfn_pmd(vmf, compat_frame(pfn), write)
#endif
#ifdef HAVE_MAP_PFN_PUD
#define compat_insert_pud(vmf, pfn, write) vmf_insert_pfn_pud(vmf, compat_frame(pfn), write)
#endif

static inline long compat_device_pins(struct folio *folio)
{
	return folio_ref_count(folio) - 1;
}

/* A page of a filesystem's has one reference at rest, as any device's. */
static inline long compat_fsdax_pins(struct page *page)
{
	return page_ref_count(page) - 1;
}

/* The filesystem's note: whose page it is, or that it is shared. */
static inline bool compat_fsdax_noted(struct page *page)
{
	return READ_ONCE(page->mapping);
}

static inline struct address_space *compat_fsdax_mapping(struct page *page)
{
	struct address_space *mapping = READ_ONCE(page->mapping);

	return (unsigned long)mapping & 3 ? NULL : mapping;
}

static inline pgoff_t compat_fsdax_index(struct page *page)
{
	return page->index;
}

/* Take the notes off: what is dirty has to be written back for that, which is a flush of caches. */
static inline void compat_fsdax_take(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	filemap_fdatawrite_range(mapping, (loff_t)first << PAGE_SHIFT,
				 ((loff_t)(last + 1) << PAGE_SHIFT) - 1);
	invalidate_inode_pages2_range(mapping, first, last);
}

#endif

/*
 * A kernel without transparent huge pages (PREEMPT_RT) declares the other two and exports neither;
 * one of an architecture without them at that size does not export the last.
 */
#ifndef compat_insert_pmd
#define compat_insert_pmd(vmf, pfn, write) VM_FAULT_FALLBACK
#endif
#ifndef compat_insert_pud
#define compat_insert_pud(vmf, pfn, write) VM_FAULT_FALLBACK
#endif

/* Device memory at @pfn, which has struct pages of @order at least, into the page table. */
static inline vm_fault_t compat_insert_device(struct vm_fault *vmf, unsigned long pfn,
					      unsigned int order)
{
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	switch (order) {
	case 0:
		return compat_insert_pte(vmf, pfn, write);
	case PMD_SHIFT - PAGE_SHIFT:
		return compat_insert_pmd(vmf, pfn, write);
	case PUD_SHIFT - PAGE_SHIFT:
		return compat_insert_pud(vmf, pfn, write);
	default:
		return VM_FAULT_FALLBACK;
	}
}

#endif
