// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/daxN.M: open, mmap, and fsync where a provider has to be asked. There is nothing to read or
 * write.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include "common/range.h"
#include "device/device.h"

/*
 * Live maps, by the number of their device node. An inode that was opened before keeps the cdev of
 * an earlier binding as long as a file of it is open, and leads here while another driver is bound,
 * whose drvdata is no map. So open() asks this table, and not the device.
 */
static DEFINE_HASHTABLE(live_maps, 6);
static DEFINE_SPINLOCK(live_maps_lock);

void dax_map_publish(struct dax_map *map)
{
	spin_lock(&live_maps_lock);
	hash_add(live_maps, &map->node, map->dev_dax->dev.devt);
	WRITE_ONCE(map->live, true);
	spin_unlock(&live_maps_lock);
}

void dax_map_retract(struct dax_map *map)
{
	spin_lock(&live_maps_lock);
	hash_del(&map->node);
	WRITE_ONCE(map->live, false);
	spin_unlock(&live_maps_lock);
}

/* The live map of a device, with a reference, or NULL. */
static struct dax_map *get_map(const struct dev_dax *dev_dax)
{
	struct dax_map *map, *found = NULL;

	spin_lock(&live_maps_lock);
	hash_for_each_possible(live_maps, map, node, dev_dax->dev.devt)
		if (map->dev_dax == dev_dax)
			found = map;
	if (found)
		kref_get(&found->kref);
	spin_unlock(&live_maps_lock);
	return found;
}

static int dax_open(struct inode *inode, struct file *file)
{
	struct device *dev = kobj_to_dev(inode->i_cdev->kobj.parent);
	struct dev_dax *dev_dax = to_dev_dax(dev);
	struct dax_map *map = get_map(dev_dax);

	if (!map)
		return -ENXIO;
	/* all nodes of the device, and its pages, share one mapping; the node's own stays unused */
	file->f_mapping = dax_inode(dev_dax->dax_dev)->i_mapping;
	file->f_wb_err = filemap_sample_wb_err(file->f_mapping);
	file->private_data = map;
	return 0;
}

static int dax_release(struct inode *inode, struct file *file)
{
	dax_map_put(file->private_data);
	return 0;
}

/* May [start, end) of a mapping begin at @pgoff? If not, last_error says why. */
static int check_mapping(const struct dax_map *map, const struct vm_area_struct *vma)
{
	u64 offset = PFN_PHYS((u64)vma->vm_pgoff);

	if (!READ_ONCE(map->live))
		return -ENXIO;
	if (!(vma->vm_flags & VM_MAYSHARE))
		return dax_note(map->dev_dax, -EINVAL, ND_REASON_UNSUPPORTED,
				"MAP_PRIVATE: copy on write is not supported, use MAP_SHARED");
	if (!IS_ALIGNED(vma->vm_start | vma->vm_end | offset, map->align))
		return dax_note(map->dev_dax, -EINVAL, ND_REASON_ALIGN,
				"mapping of %#lx bytes at offset %#llx, address %#lx: all have to be multiples of %#lx",
				vma->vm_end - vma->vm_start, offset, vma->vm_start, map->align);
	return 0;
}

static int dax_mmap(struct file *file, struct vm_area_struct *vma)
{
	int id = dax_read_lock(), rc;

	rc = check_mapping(file->private_data, vma);
	dax_read_unlock(id);
	if (rc)
		return rc;
	vma->vm_ops = &dax_vm_ops;
	vm_flags_set(vma, VM_HUGEPAGE);
	return 0;
}

/* An address that is as far from a multiple of the alignment as the offset is: not at all. */
static unsigned long dax_get_unmapped_area(struct file *file, unsigned long addr,
					   unsigned long len, unsigned long pgoff,
					   unsigned long flags)
{
	const struct dax_map *map = file->private_data;
	unsigned long room, got;

	if (addr || map->align == PAGE_SIZE || len < map->align ||
	    check_add_overflow(len, map->align, &room))
		return mm_get_unmapped_area(file, addr, len, pgoff, flags);
	got = mm_get_unmapped_area(file, 0, room, pgoff, flags);
	if (IS_ERR_VALUE(got))
		return mm_get_unmapped_area(file, addr, len, pgoff, flags);
	return got + (((pgoff << PAGE_SHIFT) - got) & (map->align - 1));
}

/*
 * For programs that map with MAP_SYNC refused: fsync(), and msync() of a mapping. Unbinding waits
 * for those that saw it live, as a provider that is gone can't be asked.
 */
static int dax_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct dax_map *map = file->private_data;

	guard(rwsem_read)(&map->flushing);
	if (!READ_ONCE(map->live))
		return -ENXIO;
	return nd_range_flush(map->dev_dax->region->dev);
}

void dax_end_flushes(struct dax_map *map)
{
	guard(rwsem_write)(&map->flushing);
}

const struct file_operations dax_file_ops = {
	.owner = THIS_MODULE,
	.llseek = noop_llseek,
	.open = dax_open,
	.release = dax_release,
	.mmap = dax_mmap,
	.get_unmapped_area = dax_get_unmapped_area,
	/* what is stored is on the medium, as far as the platform goes: no metadata to sync */
	COMPAT_FOPS_MMAP_SYNC,
};

/* What is stored is durable once the provider was asked: MAP_SYNC would promise more. */
const struct file_operations dax_async_file_ops = {
	.owner = THIS_MODULE,
	.llseek = noop_llseek,
	.open = dax_open,
	.release = dax_release,
	.mmap = dax_mmap,
	.get_unmapped_area = dax_get_unmapped_area,
	.fsync = dax_fsync,
};

/* No page is ever dirty: there is nowhere else to write it to. */
const struct address_space_operations dax_address_space_ops = {
	COMPAT_AOPS_NEVER_DIRTY,
};
