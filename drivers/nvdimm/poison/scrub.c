// SPDX-License-Identifier: GPL-2.0
/* Who asked for scrubs of ranges, and who is to be told: see scrub.h. */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include "common/range.h"
#include "core/bus.h"
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
			WRITE_ONCE(req->at, left.at);
	}
}
EXPORT_SYMBOL_GPL(nvdimm_bus_scrubbed);

static void scrub_request_forget(struct nd_scrub_request *req)
{
	guard(mutex)(&scrub_requests_lock);
	list_del_init(&req->node);
}

int nd_scrub_begin(struct device *dev, const struct range *range, struct nd_scrub_request *req)
{
	struct nd_region *region = nd_region_of(dev);
	struct nvdimm_bus *bus = nd_bus_of(dev);
	int rc;

	INIT_LIST_HEAD(&req->node);
	if (!bus->want_scrub || range->start < region->start ||
	    range->end - region->start >= region->size)
		return -ENOTTY;
	req->bus = bus;
	req->at = range->start;
	req->end = range->end + 1;
	scoped_guard(mutex, &scrub_requests_lock)
		list_add_tail(&req->node, &scrub_requests);
	rc = bus->want_scrub(bus->desc, range->start, range_len(range));
	if (rc)
		scrub_request_forget(req);
	return rc;
}

void nd_scrub_end(struct nd_scrub_request *req)
{
	if (!req->node.next)
		return;
	scrub_request_forget(req);
	/* so that ending it again needs nothing of ours */
	req->node.next = NULL;
}
