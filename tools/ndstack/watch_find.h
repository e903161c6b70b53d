/* SPDX-License-Identifier: GPL-2.0 */
/* What is under way on this machine. */
#ifndef _NDSTACK_WATCH_FIND_H
#define _NDSTACK_WATCH_FIND_H

#include "watch.h"

/**
 * struct watch_jobs - all of them
 * @list: of them, @nr
 * @no_memory: for one more
 * @hidden: whether there are more only root may see
 */
struct watch_jobs {
	struct watch_job *list;
	unsigned int nr;
	bool no_memory;
	bool hidden;
};

/* watch_find() - Return: 0, to be freed with watch_free(), or a negative errno */
int watch_find(struct watch_jobs *out);
void watch_free(struct watch_jobs *jobs);

/**
 * struct watch_ears - attributes that tell when they change
 * @fds: of them, @nr, as poll() takes them
 */
struct watch_ears {
	struct pollfd *fds;
	unsigned int nr;
};

/*
 * watch_listen() - to be told of what changes from now on: so before anything is looked at
 *
 * As many are listened to as files may be open.
 */
void watch_listen(struct watch_ears *ears);

/* watch_sleep() - until something has changed, or @ms are over; nothing is listened to then */
void watch_sleep(struct watch_ears *ears, int ms);

#endif /* _NDSTACK_WATCH_FIND_H */
