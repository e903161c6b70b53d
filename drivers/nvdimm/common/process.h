/* SPDX-License-Identifier: GPL-2.0 */
/* Processes by their address space. */
#ifndef _ND_PROCESS_H
#define _ND_PROCESS_H

#include <linux/ctype.h>
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

/*
 * A process that has it: threads share it, and what was made by vfork(). Its number, as the first
 * namespace counts, and its name; 0 and "?": none has. A process names itself, with any bytes: what
 * cannot be printed is a ? here, so that it ends no line and no mark of redact.h. Context: any.
 */
static inline pid_t nd_process_of(const struct mm_struct *mm, char comm[TASK_COMM_LEN])
{
	struct task_struct *p;
	pid_t pid = 0;

	strscpy(comm, "?", TASK_COMM_LEN);
	rcu_read_lock();
	for_each_process(p) {
		if (!nd_process_has(p, mm))
			continue;
		strscpy(comm, p->comm, TASK_COMM_LEN);
		pid = task_tgid_nr(p);
		break;
	}
	rcu_read_unlock();
	for (char *c = comm; *c; c++)
		if (!isascii(*c) || !isprint(*c))
			*c = '?';
	return pid;
}

#endif /* _ND_PROCESS_H */
