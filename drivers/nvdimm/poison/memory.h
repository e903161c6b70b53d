/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a range to those who use it as ordinary memory, as kmem
 * does: what of it is bad, what reading that would do, who can read it when it
 * is taken out of the machine (requirements X5, X6, X15), and an event for what
 * turns bad meanwhile (X17).
 */
#ifndef _ND_RANGE_USE_H
#define _ND_RANGE_USE_H

#include <linux/list.h>
#include <linux/range.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "poison/recovery.h"

struct device;
struct nd_region;
struct nvdimm_bus;
struct notifier_block;

/**
 * nd_recovery_now() - what reading poison does to this machine
 *
 * Context: any.
 */
enum nd_recovery nd_recovery_now(void);

/**
 * nd_recovery_word() - as mce_recovery of a bus shows it
 * @recovery: what
 */
const char *nd_recovery_word(enum nd_recovery recovery);

/**
 * nd_range_at_rest() - who can read it without power
 * @dev: namespace or claim that lies there, or a device of no nd bus
 *
 * Context: any.
 */
enum nd_at_rest nd_range_at_rest(struct device *dev);

/**
 * nd_range_next_bad() - the first bad bytes of a range
 * @dev: as above; nothing is known to be bad of a device of no nd bus
 * @range: physical addresses
 * @bad: out
 *
 * Context: process. Return: is there one?
 */
bool nd_range_next_bad(struct device *dev, const struct range *range, struct range *bad);

/**
 * nd_range_clear() - have the platform make bad bytes usable, and zero them unless they are RAM
 * @dev: as above
 * @range: nobody uses it; not longer than 2 GiB
 *
 * Their contents are lost.
 *
 * Context: process. Return: 0, -EIO when some of it stays bad, or another errno.
 */
int nd_range_clear(struct device *dev, const struct range *range);

/**
 * struct nd_scrub_request - somebody wants a range scrubbed
 * @over: told once that it has been (0), or will not be: -EIO: firmware fails, or does not get on;
 *	-ECANCELED: an administrator has cancelled it; -ENXIO: the bus goes; -ENOMEM: what is bad
 *	could not be listed. In process context, with a lock held that all requests share: it only
 *	notes that, and has a work item do the rest.
 * @node: scrub.c's, as all that follows
 * @work: of a bus that has no job for scrubs
 * @dev: that it is for
 * @bus: of that
 * @at: first byte that is still to be scrubbed
 * @end: byte behind the last
 * @gone: it is not wanted any more
 */
struct nd_scrub_request {
	void (*over)(struct nd_scrub_request *req, int rc);
	struct list_head node;
	struct work_struct work;
	struct device *dev;
	struct nvdimm_bus *bus;
	u64 at;
	u64 end;
	bool gone;
};

/* See scrub.c. A probe asks, and refuses until it is told: nobody is kept waiting. */
int nd_range_scrub_begin(struct device *dev, const struct range *range,
			 struct nd_scrub_request *req);
void nd_range_scrub_end(struct nd_scrub_request *req);

/**
 * nd_range_scrub() - the same, waited for
 * @dev: as above
 * @range: physical addresses
 * @limit_s: seconds to wait
 *
 * Context: process; a signal that kills ends the wait. Not from a probe: it may take hours.
 * Return: 0; -ETIMEDOUT: not over in time, -EINTR; or an errno as nd_range_scrub_begin() returns
 * it, or tells later.
 */
int nd_range_scrub(struct device *dev, const struct range *range, unsigned int limit_s);

/**
 * nd_range_async() - is what was stored durable only once the provider was asked?
 * @dev: as above
 *
 * Context: any.
 */
bool nd_range_async(struct device *dev);

/**
 * nd_range_flush() - make what was stored durable
 * @dev: as above; its provider stays meanwhile
 *
 * Context: process. Return: 0, or errno of the provider.
 */
int nd_range_flush(struct device *dev);

/**
 * nd_poison_register() - be called when a region has learnt of bad ranges
 * @nb: action is NVDIMM_REVALIDATE_POISON, data the region's struct device; called in process
 *	context, with the region's device lock held
 *
 * Context: process. Return: 0, -EEXIST.
 */
int nd_poison_register(struct notifier_block *nb);

/**
 * nd_poison_unregister() - be called no more
 * @nb: as registered; no call is going on when this returns
 *
 * Context: process.
 */
void nd_poison_unregister(struct notifier_block *nb);

/* A region has learnt of bad ranges. */
void nd_poison_notify(struct device *region);

/**
 * nd_range_region_dev() - the region that a device is, or lies in
 * @dev: as above
 *
 * NULL for any other device. A region may be given wherever a namespace or claim in it is, when
 * that may be gone.
 */
struct device *nd_range_region_dev(struct device *dev);

/**
 * nd_region_range() - physical addresses of a region
 * @region: its device, as nd_poison_register() tells it
 */
struct range nd_region_range(struct device *region);

#endif /* _ND_RANGE_USE_H */
