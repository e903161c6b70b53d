// SPDX-License-Identifier: GPL-2.0
/*
 * timer_container_of() replaced from_timer(): v6.16,
 * 41cb08555c41 ("treewide, timers: Rename from_timer() to timer_container_of()")
 */
#include <linux/timer.h>

struct owner {
	struct timer_list timer;
};

struct owner *probe(struct timer_list *timer)
{
	struct owner *owner = timer_container_of(owner, timer, timer);

	return owner;
}
