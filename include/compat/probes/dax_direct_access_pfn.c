// SPDX-License-Identifier: GPL-2.0
/*
 * dax_operations.direct_access fills an unsigned long; pfn_t is gone: v6.17,
 * 21aa65bf82a7 ("mm: remove callers of pfn_t functionality")
 */
#include <linux/dax.h>

static long direct_access(struct dax_device *dax, pgoff_t pgoff, long nr,
			  enum dax_access_mode mode, void **kaddr, unsigned long *pfn)
{
	return nr;
}

struct dax_operations probe = { .direct_access = direct_access };
