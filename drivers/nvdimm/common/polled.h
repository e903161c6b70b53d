/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An attribute that poll(2) waits for, with POLLPRI: who has read it is told when it may say
 * something else.
 *
 * What changes it may happen while the device is going: so its node in sysfs is kept from the
 * first read on, when it is there for certain, and not looked up by name. Who never read it has
 * nothing to be told.
 */
#ifndef _ND_POLLED_H
#define _ND_POLLED_H

#include <linux/atomic.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

/**
 * struct nd_polled - an attribute of a device
 * @node: of sysfs, a reference; NULL: nobody has read it
 */
struct nd_polled {
	struct kernfs_node *node;
};

/**
 * nd_polled_read() - somebody reads it
 * @polled: the attribute; zeroed with its device
 * @kobj: that it is of
 * @name: its name
 *
 * From its show(), and before that looks at what it will say: a change is then either in what
 * is said, or told.
 */
static inline void nd_polled_read(struct nd_polled *polled, struct kobject *kobj,
				  const char *name)
{
	struct kernfs_node *node;

	if (READ_ONCE(polled->node))
		goto read;
	node = sysfs_get_dirent(kobj->sd, name);
	if (node && cmpxchg(&polled->node, NULL, node))
		sysfs_put(node);
read:
	smp_mb();	/* pairs with that of nd_polled_changed() */
}

/**
 * nd_polled_changed() - it may say something else now
 * @polled: the attribute, which nd_polled_forget() is not called for meanwhile
 *
 * Context: any.
 */
static inline void nd_polled_changed(struct nd_polled *polled)
{
	struct kernfs_node *node;

	smp_mb();	/* what has changed is seen, or who reads it */
	node = READ_ONCE(polled->node);
	if (node)
		sysfs_notify_dirent(node);
}

/*
 * nd_polled_forget() - it is gone from sysfs, and nothing changes it meanwhile
 *
 * Who waits still is woken, and finds that it is gone: taking it from sysfs does not tell him.
 */
static inline void nd_polled_forget(struct nd_polled *polled)
{
	if (!polled->node)
		return;
	nd_polled_changed(polled);
	sysfs_put(polled->node);
	polled->node = NULL;
}

#endif /* _ND_POLLED_H */
