// SPDX-License-Identifier: GPL-2.0
/*
 * A failed page is unmapped as a whole, and clear_mce_nospec() maps it again: v5.19, 5898b43af954
 * ("mce: fix set_mce_nospec to always unmap the whole page")
 */
#include <linux/set_memory.h>

int (*probe)(unsigned long pfn) = set_mce_nospec;
