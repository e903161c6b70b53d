/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before v5.5, 33dd70752cd7 ("lib: Uplevel the pmem "region" ida to a global allocator"), regions
 * have numbers of libnvdimm's own, which is the only file that includes this there.
 */
#ifndef COMPAT_MEMREGION_H
#define COMPAT_MEMREGION_H

#include <linux/gfp.h>
#include <linux/idr.h>

static inline struct ida *compat_memregion_ids(void)
{
	static DEFINE_IDA(ids);

	return &ids;
}

static inline int memregion_alloc(gfp_t gfp)
{
	return ida_alloc(compat_memregion_ids(), gfp);
}

static inline void memregion_free(int id)
{
	ida_free(compat_memregion_ids(), id);
}

#endif
