// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a memmap has an end: v5.4,
 * cf387d9644d8 ("libnvdimm/altmap: Track namespace boundaries in altmap")
 */
#include <linux/memremap.h>

struct vmem_altmap probe = { .end_pfn = 1 };
