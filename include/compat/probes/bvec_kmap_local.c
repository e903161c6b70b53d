// SPDX-License-Identifier: GPL-2.0
/*
 * bvec_kmap_local(): v5.15, e6e7471706dc ("bvec: add a bvec_kmap_local helper")
 */
#include <linux/bvec.h>
#include <linux/highmem.h>

void *probe(struct bio_vec *bv)
{
	return bvec_kmap_local(bv);
}
