// SPDX-License-Identifier: GPL-2.0
/*
 * mm_get_unmapped_area() lost its mm, which is the caller's: v7.0
 */
#include <linux/sched/mm.h>

unsigned long probe(struct file *file)
{
	return mm_get_unmapped_area(file, 0, 0, 0, 0);
}
