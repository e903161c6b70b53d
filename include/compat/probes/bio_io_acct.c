// SPDX-License-Identifier: GPL-2.0
/*
 * bio_start_io_acct(): v5.8,
 * 956d510ee78c ("block: add disk/bio-based accounting helpers")
 */
#include <linux/bio.h>
#include <linux/blkdev.h>

unsigned long probe(struct bio *bio)
{
	return bio_start_io_acct(bio);
}
