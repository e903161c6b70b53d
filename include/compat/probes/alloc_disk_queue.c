// SPDX-License-Identifier: GPL-2.0
/*
 * blk_alloc_disk() makes a disk with its queue: v5.14,
 * f525464a8000 ("block: add blk_alloc_disk and blk_cleanup_disk APIs"); device_add_disk() can
 * fail and says so, and del_gendisk() ends the disk's I/O: v5.15,
 * 83cbce957446 ("block: add error handling for device_add_disk / add_disk") and
 * 8e141f9eb803 ("block: drain file system I/O on del_gendisk")
 */
#include <linux/blkdev.h>

int probe(struct device *parent, struct gendisk *disk)
{
	return device_add_disk(parent, disk, NULL);
}
