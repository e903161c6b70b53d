/* SPDX-License-Identifier: GPL-2.0 */
/* Who uses what persistent memory is: mounts, holders, processes, the kernel itself. */
#ifndef _NDSTACK_USERS_H
#define _NDSTACK_USERS_H

#include <stdbool.h>

/**
 * struct user - one use of one device
 * @device: pmem0, pmem0p1, dax0.0; ndctl0 and nmem0, by which firmware's commands are given
 * @pid: of the process, 0: it is none
 * @text: what use it is
 */
struct user {
	char device[64];
	int pid;
	char text[4352];
};

/**
 * struct users - all that were found
 * @list: of them, @nr
 * @unseen: processes that could not be looked at: root may look at each
 * @unasked: disks that could not be opened, to see whether the kernel holds them
 * @no_memory: for one more
 */
struct users {
	struct user *list;
	int nr;
	int unseen;
	int unasked;
	bool no_memory;
};

/*
 * users_look() - for each use of a disk or character device of persistent memory
 *
 * Return: 0, to be freed with users_free(); or a negative errno.
 */
int users_look(struct users *users);
void users_free(struct users *users);

#endif /* _NDSTACK_USERS_H */
