// SPDX-License-Identifier: GPL-2.0
/*
 * vm_flags are changed by functions: v6.3, commit bc292ab00f6c
 */
#include <linux/mm.h>

void probe(struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_HUGEPAGE);
}
