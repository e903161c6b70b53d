// SPDX-License-Identifier: GPL-2.0
/*
 * block_device_operations.open and .release take a gendisk and a blk_mode_t: v6.5,
 * d32e2bf83791 ("block: pass a gendisk to ->open"),
 * 05bdb9965305 ("block: replace fmode_t with a block-specific type for block open flags")
 */
#include <linux/blkdev.h>

static int open(struct gendisk *disk, blk_mode_t mode)
{
	return 0;
}

const struct block_device_operations probe = { .open = open };
