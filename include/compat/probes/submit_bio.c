// SPDX-License-Identifier: GPL-2.0
/*
 * A disk's operations say who takes its bios: v5.9,
 * c62b37d96b6e ("block: move ->make_request_fn to struct block_device_operations")
 */
#include <linux/blkdev.h>

void *probe(const struct block_device_operations *ops)
{
	return ops->submit_bio;
}
