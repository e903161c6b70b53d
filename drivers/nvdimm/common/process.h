/* SPDX-License-Identifier: GPL-2.0 */
/* Processes by their address space. */
#ifndef _ND_PROCESS_H
#define _ND_PROCESS_H

#include <linux/sched.h>
#include <linux/sched/signal.h>

/*
 * Has process @leader that address space? A leader that has ended has none any more, while its
 * threads go on with it. Context: RCU read side.
 */
static inline bool nd_process_has(const struct task_struct *leader, const struct mm_struct *mm)
{
	const struct mm_struct *its;
	struct task_struct *t;

	for_each_thread(leader, t) {
		its = READ_ONCE(t->mm);
		if (its)
			return its == mm;
	}
	return false;
}

#endif /* _ND_PROCESS_H */
