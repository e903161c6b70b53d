/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a range to those who use it as ordinary memory, as kmem does: what of it is
 * bad, who can read it when it is taken out of the machine (requirements X5, X6), and an event for
 * what turns bad meanwhile (X17).
 *
 * libnvdimm knows, of what lies on its buses. The drivers of the dax bus serve other memory as
 * well, and need no libnvdimm for that: they ask here, and where it is not loaded nothing is known.
 *
 * Whoever asks of a device of an nd bus has its driver, or a reference of nd_range_hold(), and so
 * libnvdimm stays; one that asks of another may find it leaving, and range.c has it wait.
 */
#ifndef _ND_RANGE_H
#define _ND_RANGE_H

#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/range.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "common/recovery.h"

struct device;
struct module;
struct notifier_block;
struct nvdimm_bus;

/**
 * struct nd_scrub_request - somebody wants a range scrubbed
 * @over: told once that it has been (0), or will not be: -EIO: firmware fails, or does not get on;
 *	-ECANCELED: an administrator has cancelled it; -ENXIO: the bus goes; -ENOMEM: what is bad
 *	could not be listed. In process context, with a lock held that all requests share: it only
 *	notes that, and has a work item do the rest.
 * @node: poison/scrub.c's, as all that follows
 * @bus: of the device that it is for
 * @at: first byte that is still to be scrubbed
 * @end: byte behind the last
 */
struct nd_scrub_request {
	void (*over)(struct nd_scrub_request *req, int rc);
	struct list_head node;
	struct nvdimm_bus *bus;
	u64 at;
	u64 end;
};

/**
 * struct nd_range_ops - who knows
 * @owner: its module
 * @region: the region that a device is or lies in, or NULL: none of an nd bus
 * @at_rest: of the device, as all that follows: see the functions of the same name below
 * @next_bad: likewise
 * @clear: likewise
 * @zero: likewise
 * @async: likewise
 * @flush: likewise
 * @scrub_begin: likewise
 * @scrub_end: likewise
 */
struct nd_range_ops {
	struct module *owner;
	struct device *(*region)(struct device *dev);
	enum nd_at_rest (*at_rest)(struct device *dev);
	bool (*next_bad)(struct device *dev, const struct range *range, struct range *bad);
	int (*clear)(struct device *dev, const struct range *range);
	int (*zero)(struct device *dev, const struct range *range);
	bool (*async)(struct device *dev);
	int (*flush)(struct device *dev);
	int (*scrub_begin)(struct device *dev, const struct range *range,
			   struct nd_scrub_request *req);
	void (*scrub_end)(struct nd_scrub_request *req);
};

/**
 * nd_range_answer() - be asked, or with NULL no more
 * @ops: libnvdimm's
 *
 * Context: process; when it returns nobody asks the one of before.
 */
void nd_range_answer(const struct nd_range_ops *ops);

/**
 * nd_range_foreign() - does a device lie on an nd bus that is not ndstack's?
 * @dev: whatever a dax region was made for
 *
 * With the kernel's own libnvdimm nobody can be asked what is bad, or what a flush takes.
 *
 * Context: process.
 */
bool nd_range_foreign(struct device *dev);

/**
 * nd_range_hold() - keep the region that a device lies in, or is
 * @dev: namespace or claim that lies there, a region, or a device of no nd bus
 *
 * A region may be given wherever a namespace or claim in it is, when that may be gone.
 *
 * Context: process. Return: its device, a reference, with libnvdimm; or NULL.
 */
struct device *nd_range_hold(struct device *dev);

/**
 * nd_range_unhold() - give that back
 * @region: of nd_range_hold(), or NULL
 *
 * Context: process.
 */
void nd_range_unhold(struct device *region);

/**
 * nd_range_at_rest() - who can read it without power
 * @dev: as above
 *
 * Context: process.
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
 * nd_range_zero() - write zeroes to what is not bad, as far as the write queues
 * @dev: as above; its provider is not asked
 * @range: in the region, and the caller's alone
 *
 * What is known to be bad holds nothing, and is left alone. For what it takes to make the zeroes
 * durable beyond that see nd_range_flush().
 *
 * Context: process. Return: 0, -ENOMEM; -ENXIO: of a device of no nd bus.
 */
int nd_range_zero(struct device *dev, const struct range *range);

/**
 * nd_range_async() - is what was stored durable only once the provider was asked?
 * @dev: as above
 *
 * Context: process.
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
 * nd_range_scrub_begin() - have the platform look at every byte, and be told when it has
 * @dev: as above
 * @range: physical addresses
 * @req: with @over set; the caller's until nd_range_scrub_end()
 *
 * It may take hours, and is not waited for: a probe asks, and refuses until it is told. Scrubs that
 * are under way, and others that are wanted, are joined: there is one job a bus. What it finds is
 * known when @over is called, as what any scrub finds: nd_range_next_bad().
 *
 * Context: process. Return: 0: @over is called once, perhaps before this returns, unless
 * nd_range_scrub_end() comes first; else it is not called: -ENOTTY: nobody scrubs there; -ENXIO:
 * the bus goes away; or another errno of the provider.
 */
int nd_range_scrub_begin(struct device *dev, const struct range *range,
			 struct nd_scrub_request *req);

/**
 * nd_range_scrub_end() - a request is over, or not wanted any more
 * @req: of nd_range_scrub_begin(), whatever that has returned; zeroes are as good
 *
 * What firmware is at it ends all the same. @req->over() is not running, and will not be called,
 * when this returns. To be called before the namespace goes.
 *
 * Context: process; not from @over, and without a lock that @over takes.
 */
void nd_range_scrub_end(struct nd_scrub_request *req);

/**
 * struct nd_poison_event - a region has learnt of bad ranges
 * @region: its device
 * @range: its physical addresses
 */
struct nd_poison_event {
	struct device *region;
	struct range range;
};

/**
 * nd_poison_register() - be called when a region has learnt of bad ranges
 * @nb: data is the struct nd_poison_event; called in process context, with the region's device
 *	lock held
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

/**
 * nd_poison_notify() - tell them
 * @event: what
 *
 * Context: process, with the region's device lock held.
 */
void nd_poison_notify(struct nd_poison_event *event);

/**
 * nd_leftover_register() - be called when what outlives a driver comes to a range, or leaves it
 * @nb: data is the struct range; called in process context
 *
 * Context: process. Return: 0, -EEXIST.
 */
int nd_leftover_register(struct notifier_block *nb);

/**
 * nd_leftover_unregister() - be called no more
 * @nb: as registered; no call is going on when this returns
 *
 * Context: process.
 */
void nd_leftover_unregister(struct notifier_block *nb);

/**
 * nd_leftover_notify() - struct pages, or System RAM, outlive their driver, or have gone
 * @range: physical addresses; when they have gone, it is free for others
 *
 * Context: process, without a lock of a region's configuration.
 */
void nd_leftover_notify(struct range range);

/**
 * struct dax_hold - what the provider of a dax device keeps while there are pages
 * @node: in the list that nd_hold_find() searches
 * @dev: the device of the dax region
 * @kref: one of the provider while its driver is bound, one of each pagemap
 * @release: the last page is gone. Process context
 * @failed: the kernel has met poison in @nr pages; or NULL. Process context
 * @drains: a pagemap is there without a driver (true), or not any more (false); or NULL. @who: what
 *	mapped it when the driver went, or "". Process context, without a lock of a region's
 *	configuration
 * @count: of its holds; the provider waits for zero before it unloads
 *
 * Pages may be pinned when a dax device is unbound. Until they are unpinned the pagemap stays, and
 * so must the range that it lies in: the memmap on media, the reservation in /proc/iomem. A driver
 * finds the hold by the device of the dax region. The pagemap of a static device cannot carry it,
 * because each driver of the dax bus stores a pointer of its own as the pagemap's owner.
 */
struct dax_hold {
	struct list_head node;
	struct device *dev;
	struct kref kref;
	void (*release)(struct kref *kref);
	void (*failed)(struct dax_hold *hold, unsigned long pfn, unsigned long nr);
	void (*drains)(struct dax_hold *hold, bool drains, const char *who);
	atomic_t *count;
};

/**
 * nd_hold_publish() - let drivers of the dax bus find a hold
 * @hold: with the provider's reference
 * @dev: the device that the provider gives to alloc_dax_region()
 *
 * Context: process.
 */
void nd_hold_publish(struct dax_hold *hold, struct device *dev);

/**
 * nd_hold_retract() - no driver finds the hold any more
 * @hold: as published; the provider puts its reference after this
 *
 * Context: process.
 */
void nd_hold_retract(struct dax_hold *hold);

/**
 * nd_hold_find() - the hold of a dax region
 * @dev: the device of the region
 *
 * Context: process. Return: the hold, with a reference; NULL: the provider has nothing to keep.
 */
struct dax_hold *nd_hold_find(struct device *dev);

/* ---- iomem.c ---- */

#define ND_IOMEM_WHO	112

const char *nd_iomem_name(resource_size_t start, resource_size_t size);
int nd_iomem_error(resource_size_t start, resource_size_t size);
int nd_iomem_blame(resource_size_t start, resource_size_t size, char who[ND_IOMEM_WHO]);

#endif /* _ND_RANGE_H */
