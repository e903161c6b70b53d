// SPDX-License-Identifier: GPL-2.0
/*
 * krealloc_array(): v5.11, f0dbd2bd1c22 ("mm: slab: provide krealloc_array()")
 */
#include <linux/slab.h>

void *probe(void *p)
{
	return krealloc_array(p, 2, 2, GFP_KERNEL);
}
