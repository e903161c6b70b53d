// SPDX-License-Identifier: GPL-2.0
/* Who asked for scrubs of ranges, and who is to be told: see scrub.h. */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include <linux/sched.h>
#include "core/bus.h"
#include "poison/memory.h"
#include "poison/scrub.h"
#include "region/region.h"

static LIST_HEAD(scrub_requests);
static DEFINE_MUTEX(scrub_requests_lock);	/* rank 8 */

void nvdimm_bus_takes_scrubs(struct nvdimm_bus *bus,
			     int (*want)(struct nvdimm_bus_descriptor *desc, u64 start, u64 len))
{
	bus->want_scrub = want;
}
EXPORT_SYMBOL_GPL(nvdimm_bus_takes_scrubs);

/* Context: scrub_requests_lock held. It is the caller's no more than before: he ends it. */
static void scrub_request_over(struct nd_scrub_request *req, int rc)
{
	list_del_init(&req->node);
	req->over(req, rc);
}

void nvdimm_bus_scrubbed(struct nvdimm_bus *bus, u64 start, u64 len, int rc)
{
	struct nd_scrub_request *req, *next;

	guard(mutex)(&scrub_requests_lock);
	list_for_each_entry_safe(req, next, &scrub_requests, node) {
		struct scrub left = { .at = req->at, .end = req->end };

		if (req->bus != bus)
			continue;
		if (rc && scrub_meets(&left, start, len))
			scrub_request_over(req, rc);
		else if (!rc && scrub_advance(&left, start, len))
			scrub_request_over(req, 0);
		else
			req->at = left.at;
	}
}
EXPORT_SYMBOL_GPL(nvdimm_bus_scrubbed);

/* The provider leaves it to us. */
static void scrub_request_work(struct work_struct *work)
{
	struct nd_scrub_request *req = container_of(work, struct nd_scrub_request, work);
	struct range range = { .start = req->at, .end = req->end - 1 };
	int rc = nd_scrub_watch(req->dev, &range, &req->gone);

	guard(mutex)(&scrub_requests_lock);
	if (!list_empty(&req->node))
		scrub_request_over(req, rc);
}

static void scrub_request_forget(struct nd_scrub_request *req)
{
	guard(mutex)(&scrub_requests_lock);
	list_del_init(&req->node);
}

/**
 * nd_range_scrub_begin() - have the platform look at every byte, and be told when it has
 * @dev: namespace or claim that lies there, or a device of no nd bus
 * @range: physical addresses
 * @req: with @over set; the caller's until nd_range_scrub_end()
 *
 * It may take hours, and is not waited for. Scrubs that are under way, and others that are wanted,
 * are joined: there is one job a bus. What it finds is known when @over is called, as what any
 * scrub finds: nd_range_next_bad().
 *
 * Context: process. Return: 0: @over is called once, perhaps before this returns, unless
 * nd_range_scrub_end() comes first; else it is not called: -ENOTTY: this platform scrubs nothing
 * there; -ENXIO: the bus goes away; or another errno of the provider.
 */
int nd_range_scrub_begin(struct device *dev, const struct range *range,
			 struct nd_scrub_request *req)
{
	struct nd_region *region = nd_region_of(dev);
	struct nvdimm_bus *bus;
	int rc;

	INIT_LIST_HEAD(&req->node);
	INIT_WORK(&req->work, scrub_request_work);
	req->gone = false;
	if (!region || !nd_scrub_possible(dev) || range->start < region->start ||
	    range->end - region->start >= region->size)
		return -ENOTTY;
	bus = nd_bus_of(dev);
	req->dev = dev;
	req->bus = bus;
	req->at = range->start;
	req->end = range->end + 1;
	scoped_guard(mutex, &scrub_requests_lock)
		list_add_tail(&req->node, &scrub_requests);
	if (!bus->want_scrub) {
		queue_work(system_long_wq, &req->work);
		return 0;
	}
	rc = bus->want_scrub(bus->desc, range->start, range_len(range));
	if (rc)
		scrub_request_forget(req);
	return rc;
}
EXPORT_SYMBOL_GPL(nd_range_scrub_begin);

/**
 * nd_range_scrub_end() - a request is over, or not wanted any more
 * @req: of nd_range_scrub_begin(), whatever that has returned; zeroes are as good
 *
 * What firmware is at it ends all the same. @req->over() is not running, and will not be called,
 * when this returns. To be called before the namespace goes.
 *
 * Context: process; not from @over, and without a lock that @over takes.
 */
void nd_range_scrub_end(struct nd_scrub_request *req)
{
	if (!req->node.next)
		return;
	scrub_request_forget(req);
	WRITE_ONCE(req->gone, true);
	cancel_work_sync(&req->work);
}
EXPORT_SYMBOL_GPL(nd_range_scrub_end);

/* ---- waited for ---- */

struct scrub_wait {
	struct nd_scrub_request req;
	struct completion done;
	int rc;
};

static void scrub_wait_over(struct nd_scrub_request *req, int rc)
{
	struct scrub_wait *wait = container_of(req, struct scrub_wait, req);

	wait->rc = rc;
	complete(&wait->done);
}

int nd_range_scrub(struct device *dev, const struct range *range, unsigned int limit_s)
{
	struct scrub_wait wait = { .req.over = scrub_wait_over };
	long left;
	int rc;

	init_completion(&wait.done);
	rc = nd_range_scrub_begin(dev, range, &wait.req);
	if (rc)
		return rc;
	left = wait_for_completion_killable_timeout(&wait.done, limit_s * HZ);
	nd_range_scrub_end(&wait.req);
	if (left > 0 || completion_done(&wait.done))
		return wait.rc;
	return left ? -EINTR : -ETIMEDOUT;
}
EXPORT_SYMBOL_GPL(nd_range_scrub);
