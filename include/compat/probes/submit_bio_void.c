// SPDX-License-Identifier: GPL-2.0
/*
 * block_device_operations.submit_bio returns nothing: v5.16,
 * 3e08773c3841 ("block: switch polling to be bio based")
 */
#include <linux/blkdev.h>

static void submit(struct bio *bio)
{
}

const struct block_device_operations probe = { .submit_bio = submit };
