// SPDX-License-Identifier: GPL-2.0
/*
 * A bio names the block device, no longer disk and partition: v5.12,
 * 309dca309fc3 ("block: store a block_device pointer in struct bio")
 */
#include <linux/bio.h>
#include <linux/blkdev.h>

struct gendisk *probe(struct bio *bio)
{
	return bio->bi_bdev->bd_disk;
}
