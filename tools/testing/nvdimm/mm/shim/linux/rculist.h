/* SPDX-License-Identifier: GPL-2.0 */
/* A list; who waits for readers must not be one. */
#pragma once

#include <linux/container_of.h>
#include <linux/types.h>

struct list_head {
	struct list_head *next, *prev;
};

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

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head->prev = head;
}

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	entry->next = head->next;
	entry->prev = head;
	head->next->prev = entry;
	head->next = entry;
}

static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
}

#define list_for_each_entry_rcu(pos, head, member)				\
	for (pos = container_of((head)->next, typeof(*pos), member);		\
	     &pos->member != (head);						\
	     pos = container_of(pos->member.next, typeof(*pos), member))
