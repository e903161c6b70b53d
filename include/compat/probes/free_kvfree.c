// SPDX-License-Identifier: GPL-2.0
/*
 * __free(kvfree): v6.9, a67d74a4b163 ("mm/slab: Add __free() support for kvfree")
 */
#include <linux/cleanup.h>
#include <linux/slab.h>

void probe(void)
{
	void *p __free(kvfree) = NULL;

	(void)p;
}
