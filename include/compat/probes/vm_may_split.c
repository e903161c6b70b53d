// SPDX-License-Identifier: GPL-2.0
/*
 * vm_operations_struct.split got the name may_split: v5.11,
 * dd3b614f858d ("vm_ops: rename .split() callback to .may_split()")
 */
#include <linux/mm.h>

static int split(struct vm_area_struct *vma, unsigned long addr)
{
	return 0;
}

const struct vm_operations_struct probe = { .may_split = split };
