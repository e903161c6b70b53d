/* SPDX-License-Identifier: GPL-2.0 */
/* A list; who waits for readers must not be one. */
#pragma once

#include <linux/list.h>

extern int rcu_readers;

static inline void rcu_read_lock(void)
{
	rcu_readers++;
}

static inline void rcu_read_unlock(void)
{
	rcu_readers--;
}

static inline void synchronize_rcu(void)
{
	if (rcu_readers)
		abort();
}

#define list_add_rcu	list_add
#define list_del_rcu	list_del

#define list_for_each_entry_rcu(pos, head, member)				\
	for (pos = container_of((head)->next, typeof(*pos), member);		\
	     &pos->member != (head);						\
	     pos = container_of(pos->member.next, typeof(*pos), member))
