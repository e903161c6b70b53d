/* SPDX-License-Identifier: GPL-2.0 */
/* What is under way on this machine. */
#ifndef _NDSTACK_WATCH_FIND_H
#define _NDSTACK_WATCH_FIND_H

#include "watch.h"

/**
 * struct watch_jobs - all of them
 * @list: of them, @nr
 * @no_memory: for one more
 */
struct watch_jobs {
	struct watch_job *list;
	unsigned int nr;
	bool no_memory;
};

/* watch_find() - Return: 0, to be freed with watch_free(), or a negative errno */
int watch_find(struct watch_jobs *out);
void watch_free(struct watch_jobs *jobs);

/* watch_sleep() - until an attribute says that something has changed, or @ms are over */
void watch_sleep(int ms);

#endif /* _NDSTACK_WATCH_FIND_H */
