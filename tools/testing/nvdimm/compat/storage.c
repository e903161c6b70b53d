// SPDX-License-Identifier: GPL-2.0
/* A disk with a dax device, its pagemap and its bad blocks. */
#include <linux/badblocks.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/dax.h>
#include <linux/err.h>
#include <linux/memremap.h>
#include <linux/pfn.h>
#include <linux/string.h>
#include "compat_test.h"

static void test_submit(struct bio *bio)
{
	struct badblocks *bb = compat_bio_disk(bio)->bb;
	unsigned long start = bio_start_io_acct(bio);
	sector_t first, bad;

	if (!compat_integrity_prep(bio))
		return;
	if (badblocks_check(bb, bio->bi_iter.bi_sector, bio_sectors(bio), &first, &bad) &&
	    !badblocks_clear(bb, first, bad))
		bio->bi_status = BLK_STS_IOERR;
	bio_end_io_acct(bio, start);
	bio_endio(bio);
}

COMPAT_SUBMIT_BIO(test_submit)

static int test_open(struct gendisk *disk, blk_mode_t mode)
{
	return get_disk_ro(disk) && (mode & BLK_OPEN_WRITE) ? -EROFS : 0;
}

COMPAT_BLK_OPEN(test_open)

static void test_release(struct gendisk *disk)
{
	set_capacity_and_notify(disk, 0);
}

COMPAT_BLK_RELEASE(test_release)

static const struct block_device_operations test_fops = {
	.owner = THIS_MODULE,
	COMPAT_DISK_SUBMIT_BIO(test_submit),
	.open = compat_blk_open(test_open),
	.release = compat_blk_release(test_release),
};

static long test_direct_access(struct dax_device *dax, pgoff_t pgoff, long nr_pages,
			       enum dax_access_mode mode, void **kaddr, unsigned long *pfn)
{
	if (mode == DAX_RECOVERY_WRITE)
		return -EIO;
	if (kaddr)
		*kaddr = NULL;
	if (pfn)
		*pfn = PHYS_PFN(SZ_4G) + pgoff;
	return nr_pages;
}

COMPAT_DAX_DIRECT_ACCESS(test_direct_access)

static int test_zero(struct dax_device *dax, pgoff_t pgoff, size_t nr_pages)
{
	return 0;
}

static size_t test_recovery_write(struct dax_device *dax, pgoff_t pgoff, void *addr, size_t bytes,
				  struct iov_iter *iter)
{
	return 0;
}

COMPAT_DAX_RECOVERY(test_recovery_write)

static const struct dax_operations test_dax_ops = {
	.direct_access = compat_dax_direct_access(test_direct_access),
	.zero_page_range = test_zero,
	COMPAT_DAX_RECOVERY_WRITE(test_recovery_write)
	COMPAT_DAX_COPY
};

static int test_memory_failure(struct dev_pagemap *pgmap, unsigned long pfn,
			       unsigned long nr_pages, int flags)
{
	struct gendisk *disk = pgmap->owner;

	if (!badblocks_set(disk->bb, PFN_PHYS(pfn) >> SECTOR_SHIFT,
			   (sector_t)nr_pages << (PAGE_SHIFT - SECTOR_SHIFT), 1))
		return -ENOSPC;
	return dax_holder_notify_failure(disk->private_data, PFN_PHYS(pfn), PFN_PHYS(nr_pages),
					 flags);
}

COMPAT_PAGEMAP_FAILURE(test_memory_failure)

static const struct dev_pagemap_ops test_pagemap_ops = {
	COMPAT_PAGEMAP_MEMORY_FAILURE(test_memory_failure),
};

static int test_dax(struct gendisk *disk, struct dev_pagemap *pgmap)
{
	struct dax_device *dax = compat_alloc_dax(pgmap, disk->disk_name, &test_dax_ops, true);
	struct dev_pagemap *found = get_dev_pagemap(PHYS_PFN(SZ_4G));
	int rc;

	if (IS_ERR(dax)) {
		put_dev_pagemap(found);
		return PTR_ERR(dax);
	}
	pgmap->type = MEMORY_DEVICE_FS_DAX;
	pgmap->ops = &test_pagemap_ops;
	pgmap->owner = disk;
	compat_pagemap_compound(pgmap, 0);
	set_dax_nocache(dax);
	set_dax_nomc(dax);
	set_dax_synchronous(dax);
	dax_write_cache(dax, found == pgmap);
	rc = dax_add_host(dax, disk);
	if (!rc)
		dax_remove_host(disk);
	put_dev_pagemap(found);
	kill_dax(dax);
	put_dax(dax);
	return rc;
}

struct gendisk *compat_test_disk(int node)
{
	static struct dev_pagemap pgmap;
	struct queue_limits lim = {
		.logical_block_size = SECTOR_SIZE,
		.physical_block_size = PAGE_SIZE,
		.max_hw_sectors = UINT_MAX,
		.features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA | BLK_FEAT_SYNCHRONOUS,
	};
	struct gendisk *disk;
	int rc;

	lim.features |= BLK_FEAT_DAX | BLK_FEAT_STABLE_WRITES;
	disk = blk_alloc_disk(&lim, node);
	if (IS_ERR(disk))
		return disk;
	compat_disk_fops(disk, &test_fops, test_submit);
	strscpy(disk->disk_name, "compat0", sizeof(disk->disk_name));
	rc = test_dax(disk, &pgmap);
	if (!rc)
		rc = device_add_disk(NULL, disk, NULL);
	if (!rc)
		return disk;
	put_disk(disk);
	return ERR_PTR(rc);
}
