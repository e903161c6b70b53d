// SPDX-License-Identifier: GPL-2.0
/*
 * blk_integrity.tuple_size has become metadata_size: v6.17,
 * c6603b1d6556 ("block: rename tuple_size field in blk_integrity to metadata_size")
 */
#include <linux/blkdev.h>

unsigned char probe(struct blk_integrity *bi)
{
	return bi->metadata_size;
}
