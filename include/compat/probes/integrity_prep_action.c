// SPDX-License-Identifier: GPL-2.0
/*
 * bio_integrity_prep() is told what to do, and cannot fail: v7.1,
 * ("block: factor out a bio_integrity_action helper")
 */
#include <linux/bio.h>
#include <linux/blk-integrity.h>

void probe(struct bio *bio)
{
	bio_integrity_prep(bio, bio_integrity_action(bio));
}
