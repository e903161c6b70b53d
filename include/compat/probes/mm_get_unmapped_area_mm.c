// SPDX-License-Identifier: GPL-2.0
/*
 * mm_get_unmapped_area() instead of a function pointer of the mm: v6.10, commit 529ce23a764f
 */
#include <linux/sched/mm.h>

unsigned long probe(struct mm_struct *mm, struct file *file)
{
	return mm_get_unmapped_area(mm, file, 0, 0, 0, 0);
}
