// SPDX-License-Identifier: GPL-2.0
/* A scrub of one range, waited for: see scrub.h. */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/libnvdimm.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nd.h>
#include <linux/ndctl.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "bus.h"
#include "envelope.h"
#include "range_use.h"
#include "region.h"
#include "scrub.h"

/* Between two looks at firmware: doubled from the first to the last. */
#define LOOK_MIN_MS	16u
#define LOOK_MAX_MS	1000u

struct watch {
	struct nd_region *region;
	u16 type;		/* of its memory, ND_ARS_* */
	struct nd_cmd_ars_status *status;
	u32 room;		/* bytes of @status */
	unsigned long end;	/* jiffies */
	unsigned int pause;	/* milliseconds */
};

/* Return: bytes of output that were left out, or the errno of provider or firmware. */
static int command(struct nd_region *region, unsigned int cmd, void *buf, unsigned int len)
{
	struct nvdimm_bus_descriptor *desc = nd_bus_of(&region->dev)->desc;
	int status = 0;
	int rc = desc->ndctl(desc, NULL, cmd, buf, len, &status);

	if (rc < 0)
		return rc;
	return status < 0 ? status : rc;
}

static bool can_scrub(struct nd_region *region)
{
	const unsigned long needed = BIT(ND_CMD_ARS_CAP) | BIT(ND_CMD_ARS_START) |
				     BIT(ND_CMD_ARS_STATUS);
	struct nvdimm_bus_descriptor *desc = nd_bus_of(&region->dev)->desc;

	return desc->ndctl && (desc->cmd_mask & needed) == needed;
}

/* Of its lifetime a wait has what is left; a caller who is to die waits no more. */
static int rest(struct watch *watch)
{
	if (time_after(jiffies, watch->end))
		return -ETIMEDOUT;
	if (schedule_timeout_killable(msecs_to_jiffies(watch->pause)) &&
	    fatal_signal_pending(current))
		return -EINTR;
	watch->pause = min(watch->pause * 2, LOOK_MAX_MS);
	return 0;
}

static int begin(struct watch *watch, const struct scrub *scrub)
{
	struct nd_cmd_ars_start cmd;
	int rc;

	watch->pause = LOOK_MIN_MS;
	for (;;) {
		cmd = (struct nd_cmd_ars_start) {
			.address = scrub->at,
			.length = scrub->end - scrub->at,
			.type = watch->type,
		};
		rc = command(watch->region, ND_CMD_ARS_START, &cmd, sizeof(cmd));
		if (rc != -EBUSY)
			return min(rc, 0);
		rc = rest(watch);
		if (rc)
			return rc;
	}
}

/* Until firmware is idle. Return: bytes of status, 0: it has none; or an errno. */
static int results(struct watch *watch)
{
	int rc;

	watch->pause = LOOK_MIN_MS;
	for (;;) {
		memset(watch->status, 0, watch->room);
		rc = command(watch->region, ND_CMD_ARS_STATUS, watch->status, watch->room);
		if (rc >= 0)
			return watch->room - min_t(u32, rc, watch->room);
		/* how much was left out is not told then, but is zero, and so no record */
		if (rc == -ENOSPC)
			return watch->room;
		if (rc == -EAGAIN)
			return 0;
		if (rc != -EBUSY)
			return rc;
		rc = rest(watch);
		if (rc)
			return rc;
	}
}

static void take(struct watch *watch, const struct range *range, u32 nr)
{
	const struct nd_ars_record *record = watch->status->records;
	u64 start, len, part;

	for (u32 i = 0; i < nr; i++) {
		start = record[i].err_address;
		len = record[i].length;
		if (!scrub_clip(range->start, range->end + 1, &start, &len))
			continue;
		for (; len; start += part, len -= part) {
			part = min_t(u64, len, SZ_1G);
			nvdimm_record_poison(watch->region, start, part);
		}
	}
}

static int watch_over(struct watch *watch, const struct range *range)
{
	struct scrub scrub = { .at = range->start, .end = range->end + 1 };
	enum scrub_said said;
	u32 nr;
	int rc;

	do {
		rc = begin(watch, &scrub);
		if (rc)
			return rc;
		rc = results(watch);
		if (rc < 0)
			return rc;
		said = scrub_read(&scrub, watch->status, rc, &nr);
		take(watch, range, nr);
		/* another was faster: it may be so again, but not for ever */
		rc = said == SCRUB_OTHER ? rest(watch) : 0;
	} while (!rc && said != SCRUB_DONE);
	return rc;
}

int nd_range_scrub(struct device *dev, const struct range *range, unsigned int limit_s)
{
	struct nd_cmd_ars_cap cap = { .address = range->start, .length = range_len(range) };
	struct watch watch = {
		.region = nd_range_region(dev),
		.end = jiffies + limit_s * HZ,
	};
	int rc;

	if (!watch.region || !can_scrub(watch.region))
		return -ENOTTY;
	rc = command(watch.region, ND_CMD_ARS_CAP, &cap, sizeof(cap));
	if (rc < 0)
		return rc;
	watch.type = watch.region->volatile_mem ? ND_ARS_VOLATILE : ND_ARS_PERSISTENT;
	if (!(cap.status >> ARS_EXT_STATUS_SHIFT & watch.type))
		return -ENOTTY;
	watch.room = clamp_t(u32, cap.max_ars_out, SZ_4K, ENVELOPE_MAX);
	watch.status = kvmalloc(watch.room, GFP_KERNEL);
	if (!watch.status)
		return -ENOMEM;
	rc = watch_over(&watch, range);
	kvfree(watch.status);
	return rc;
}
EXPORT_SYMBOL_GPL(nd_range_scrub);
