// SPDX-License-Identifier: GPL-2.0
/*
 * bvec_iter_advance_single(), for steps within one piece: v5.12
 */
#include <linux/bvec.h>

void probe(const struct bio_vec *bv, struct bvec_iter *iter)
{
	bvec_iter_advance_single(bv, iter, 1);
}
