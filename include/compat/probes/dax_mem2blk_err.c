// SPDX-License-Identifier: GPL-2.0
/*
 * direct_access reports poison as -EHWPOISON, and the dax core recovers from that, no
 * longer from -EIO: v6.5, 1ea7ca1b0901 ("dax: enable dax fault handler to report
 * VM_FAULT_HWPOISON")
 */
#include <linux/dax.h>

int probe(int err)
{
	return dax_mem2blk_err(err);
}
