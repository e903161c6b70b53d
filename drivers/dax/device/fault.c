// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults. A device promises one page size, its align, and keeps to it: a
 * fault that cannot be served so is a SIGBUS, never a smaller page unnoticed.
 */
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include "device/device.h"

static struct dax_map *vma_map(const struct vm_area_struct *vma)
{
	return vma->vm_file->private_data;
}

/* Whose mappings to look through when a page turns out to be poisoned. */
static void set_mapping(const struct dax_map *map, struct address_space *mapping,
			unsigned long frame, pgoff_t pgoff, unsigned long nr)
{
	struct folio *folio;
	unsigned long i;

	for (i = 0; i < nr; i += map->step) {
		folio = page_folio(pfn_to_page(frame + i));
		if (folio->mapping)
			continue;
		folio->index = pgoff + i;
		folio->mapping = mapping;
	}
}

/* @order is that of the device's pages. */
static vm_fault_t dax_fault_serve(struct dax_map *map, struct vm_fault *vmf, unsigned int order)
{
	unsigned long size = map->align, addr = ALIGN_DOWN(vmf->address, size), frame;
	struct vm_area_struct *vma = vmf->vma;
	pgoff_t pgoff;

	/* mremap() may have put the mapping where no page of that size fits */
	if (addr < vma->vm_start || addr + size > vma->vm_end)
		return VM_FAULT_SIGBUS;
	pgoff = linear_page_index(vma, addr);
	frame = dax_extent_find(map->extent, map->nr_extents, pgoff, PHYS_PFN(size));
	if (!frame)
		return VM_FAULT_SIGBUS;
	frame = dax_frame(frame);
	dax_map_touch(map, pgoff);
	set_mapping(map, vma->vm_file->f_mapping, frame, pgoff, PHYS_PFN(size));
	this_cpu_inc(*map->faults);
	return compat_insert_device(vmf, frame, order);
}

static vm_fault_t huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct dax_map *map = vma_map(vmf->vma);
	unsigned long size = PAGE_SIZE << order;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	int id;

	/* the core tries the largest first */
	if (size > map->align)
		return VM_FAULT_FALLBACK;
	id = dax_read_lock();
	if (READ_ONCE(map->live) && size == map->align)
		ret = dax_fault_serve(map, vmf, order);
	dax_read_unlock(id);
	return ret;
}

COMPAT_HUGE_FAULT(huge_fault)

static vm_fault_t dax_vm_fault(struct vm_fault *vmf)
{
	return huge_fault(vmf, 0);
}

/* munmap(), mprotect() and the like work by whole pages, and these are large. */
static int may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return IS_ALIGNED(addr, vma_map(vma)->align) ? 0 : -EINVAL;
}

static unsigned long dax_vm_pagesize(struct vm_area_struct *vma)
{
	return vma_map(vma)->align;
}

const struct vm_operations_struct dax_vm_ops = {
	.fault = dax_vm_fault,
	.huge_fault = compat_huge_fault(huge_fault),
	COMPAT_VM_MAY_SPLIT(may_split),
	.pagesize = dax_vm_pagesize,
};
