// SPDX-License-Identifier: GPL-2.0
/* A scrub on a bus whose provider has no job for it, waited for: see scrub.h. */
#include <linux/device.h>
#include <linux/delay.h>
#include <linux/libnvdimm.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nd.h>
#include <linux/ndctl.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "core/bus.h"
#include "core/command.h"
#include "poison/badblocks.h"
#include "poison/scrub.h"
#include "region/region.h"

/* Between two looks at firmware: doubled from the first to the last. */
#define LOOK_MIN_MS	16u
#define LOOK_MAX_MS	1000u

/* Results in a row that were of other scrubs. */
#define OTHERS_MAX	5u

struct scrub_watch {
	struct nd_region *region;
	u16 type;		/* of its memory, ND_ARS_* */
	struct nd_cmd_ars_status *status;
	u32 room;		/* bytes of @status */
	const bool *gone;	/* nobody wants it any more */
	unsigned int pause;	/* milliseconds */
};

static struct nvdimm_bus_descriptor *provider_of(const struct scrub_watch *watch)
{
	return nd_bus_of(&watch->region->dev)->desc;
}

static int watch_pause(struct scrub_watch *watch)
{
	if (READ_ONCE(*watch->gone))
		return -ECANCELED;
	msleep(watch->pause);
	watch->pause = min(watch->pause * 2, LOOK_MAX_MS);
	return 0;
}

static int watch_begin(struct scrub_watch *watch, const struct scrub *scrub)
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
		rc = nd_command(provider_of(watch), NULL, ND_CMD_ARS_START, &cmd, sizeof(cmd));
		if (rc != -EBUSY)
			return min(rc, 0);
		rc = watch_pause(watch);
		if (rc)
			return rc;
	}
}

/* Return: bytes of status, 0: firmware has none; -EBUSY: not yet; or another errno. */
static int watch_ask(struct scrub_watch *watch)
{
	int rc;

	memset(watch->status, 0, watch->room);
	rc = nd_command(provider_of(watch), NULL, ND_CMD_ARS_STATUS, watch->status, watch->room);
	if (rc >= 0)
		return watch->room - min_t(u32, rc, watch->room);
	/* how much was left out is not told then, but is zero, and so no record */
	if (rc == -ENOSPC)
		return watch->room;
	return rc == -EAGAIN ? 0 : rc;
}

static void watch_take(struct scrub_watch *watch, const struct range *range, u32 nr)
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

/* What firmware has found becomes known. Return: 0, with *@said; or an errno of watch_ask(). */
static int watch_look(struct scrub_watch *watch, const struct range *range, struct scrub *scrub,
		      enum scrub_said *said)
{
	struct nvdimm_bus *bus = nd_bus_of(&watch->region->dev);
	unsigned int noio = nvdimm_report_begin(bus);
	int rc = watch_ask(watch);
	u32 nr;

	if (rc >= 0) {
		*said = scrub_read(scrub, watch->status, rc, &nr);
		watch_take(watch, range, nr);
	}
	nvdimm_report_end(bus, noio);
	return min(rc, 0);
}

/* Until firmware is idle. */
static int watch_results(struct scrub_watch *watch, const struct range *range,
			 struct scrub *scrub, enum scrub_said *said)
{
	int rc;

	watch->pause = LOOK_MIN_MS;
	for (;;) {
		rc = watch_look(watch, range, scrub, said);
		if (rc != -EBUSY)
			return rc;
		rc = watch_pause(watch);
		if (rc)
			return rc;
	}
}

static int watch_over(struct scrub_watch *watch, const struct range *range)
{
	struct scrub scrub = { .at = range->start, .end = range->end + 1 };
	enum scrub_said said;
	u32 others = 0;
	int rc;

	do {
		rc = watch_begin(watch, &scrub);
		if (rc)
			return rc;
		rc = watch_results(watch, range, &scrub, &said);
		if (rc)
			return rc;
		others = said == SCRUB_OTHER ? others + 1 : 0;
		/* another was faster: it may be so again, but not for ever */
		if (others == OTHERS_MAX)
			return -EIO;
		rc = others ? watch_pause(watch) : 0;
	} while (!rc && said != SCRUB_DONE);
	return rc;
}

int nd_scrub_watch(struct device *dev, const struct range *range, const bool *gone)
{
	struct nd_cmd_ars_cap cap = { .address = range->start, .length = range_len(range) };
	struct scrub_watch watch = { .region = nd_region_of(dev), .gone = gone };
	int rc;

	rc = nd_command(provider_of(&watch), NULL, ND_CMD_ARS_CAP, &cap, sizeof(cap));
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
