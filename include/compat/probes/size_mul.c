// SPDX-License-Identifier: GPL-2.0
/*
 * size_mul(): v5.18, e1be43d9b5d0 ("overflow: Implement size_t saturating arithmetic helpers")
 */
#include <linux/overflow.h>

size_t probe(size_t n)
{
	return size_mul(n, 2);
}
