// SPDX-License-Identifier: GPL-2.0
/*
 * memremap_compat_align(), what a pagemap has to be aligned to: v5.7, 9ffc1d19fc4a
 * ("mm/memremap_pages: introduce memremap_compat_align()")
 */
#include <linux/memremap.h>

unsigned long probe(void)
{
	return memremap_compat_align();
}
