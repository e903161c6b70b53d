// SPDX-License-Identifier: GPL-2.0
/*
 * The scrub job of a bus: carries out its plan (plan.h), and tells
 * libnvdimm of the poison firmware found.
 */
#include <linux/acpi.h>
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/moduleparam.h>
#include <linux/ndctl.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include "common/diag.h"
#include "core/bus.h"
#include "nfit/ars/ars.h"
#include "nfit/nfit.h"
#include "poison/badblocks.h"
#include "poison/scrub.h"

static bool no_init_ars;
module_param(no_init_ars, bool, 0644);
MODULE_PARM_DESC(no_init_ars,
		 "When a table is loaded, scrub nothing, whatever else is asked for: errors that firmware knows are taken");

static char *init_scrub = "recall";
module_param(init_scrub, charp, 0444);
MODULE_PARM_DESC(init_scrub,
		 "When a table is loaded: recall known errors (default), scrub everything (full), or nothing (none)");

enum boot_policy { BOOT_NONE, BOOT_RECALL, BOOT_FULL };

/*
 * What the job has learnt, and others are to be told: addresses with poison, from
 * the first to the last; what has been scrubbed, or given up.
 */
struct ars_news {
	u64 start;
	u64 end;		/* 0: none */
	bool forgotten;		/* some of it, as memory is short */
	struct ars_outcome outcome;
};

static struct device *dev_of(const struct nfit_bus *nfit)
{
	return to_nvdimm_bus_dev(nfit->nvdimm_bus);
}

/* ---- results ---- */

static void take_record(struct nfit_bus *nfit, u64 start, u64 len, struct ars_news *news)
{
	struct nfit_ars *ars = &nfit->ars;

	/* the ranges only grow in number, and only under @turn */
	for (u32 i = news->outcome.from; i < ars->plan.nr; i++) {
		u64 s = start, l = len;

		if (!ars_clip(&ars->plan.range[i], &s, &l))
			continue;
		if (nvdimm_bus_add_badrange(nfit->nvdimm_bus, s, l)) {
			news->forgotten = true;
			nd_remark(dev_of(nfit), -ENOMEM, ND_REASON_RESOURCE,
				  "no memory to remember poison at %#llx", s);
		}
		news->start = news->end ? min(news->start, s) : s;
		news->end = max(news->end, s + l);
	}
}

static void take_results(struct nfit_bus *nfit, u32 nr, struct ars_news *news)
{
	const struct nd_cmd_ars_status *status = nfit->ars.status;

	for (u32 i = 0; i < nr; i++)
		take_record(nfit, status->records[i].err_address, status->records[i].length,
			    news);
}

/* ---- steps ---- */

/* What was given up, in words. */
static void say_lost(struct nfit_bus *nfit, const struct ars_outcome *out)
{
	u64 end = out->start + out->len - 1;

	if (!out->reason)
		return;
	if (!out->len)
		nd_remark(dev_of(nfit), -EIO, out->reason,
			  "firmware does not report the errors it knows: only new scrubs will");
	else if (out->reason == ND_REASON_FIRMWARE)
		nd_remark(dev_of(nfit), -EIO, out->reason,
			  "firmware's scrub fails at [%#llx-%#llx]: errors there are known only once they are met",
			  out->start, end);
	else
		nd_remark(dev_of(nfit), -EIO, out->reason,
			  "firmware's scrub makes no progress at [%#llx-%#llx]: errors there may be missing",
			  out->start, end);
}

/* Context: between nvdimm_report_begin() and nvdimm_report_end(). */
static void ask_and_take(struct nfit_bus *nfit, struct ars_news *news)
{
	struct nfit_ars *ars = &nfit->ars;
	struct ars_answer answer = { };
	int rc;

	memset(ars->status, 0, ars->room);
	rc = nd_command(&nfit->desc, NULL, ND_CMD_ARS_STATUS, ars->status, ars->room);
	/* how much was left out is not told on overflow, but is zero, and so no record */
	if (rc >= 0 || rc == -ENOSPC)
		ars_read_status(ars->status, ars->room - max(rc, 0), &answer);
	scoped_guard(mutex, &ars->lock)
		news->outcome = ars_asked(&ars->plan, min(rc, 0), &answer);
	if (news->outcome.take)
		take_results(nfit, answer.nr, news);
}

static void job_query(struct nfit_bus *nfit, struct ars_news *news)
{
	unsigned int noio = nvdimm_report_begin(nfit->nvdimm_bus);

	ask_and_take(nfit, news);
	nvdimm_report_end(nfit->nvdimm_bus, noio);
	say_lost(nfit, &news->outcome);
}

static void job_start(struct nfit_bus *nfit, const struct ars_step *step, struct ars_news *news)
{
	struct nd_cmd_ars_start cmd = {
		.address = step->address,
		.length = step->length,
		.type = step->type,
		.flags = step->flags,
	};
	int rc = nd_command(&nfit->desc, NULL, ND_CMD_ARS_START, &cmd, sizeof(cmd));

	scoped_guard(mutex, &nfit->ars.lock)
		news->outcome = ars_begun(&nfit->ars.plan, min(rc, 0));
	say_lost(nfit, &news->outcome);
}

static struct ars_step next_step(struct nfit_ars *ars)
{
	guard(mutex)(&ars->lock);
	if (ars->stopped)
		return (struct ars_step) { .action = ARS_REST };
	return ars_next(&ars->plan);
}

/* Go on until somebody is to be told, or firmware to be waited for. Return: is there more to do? */
static bool carry_out(struct nfit_bus *nfit, struct ars_news *news)
{
	struct nfit_ars *ars = &nfit->ars;
	struct ars_step step;

	guard(mutex)(&ars->turn);
	while (!news->outcome.len) {
		step = next_step(ars);
		switch (step.action) {
		case ARS_REST:
		case ARS_WAIT:
			return false;
		case ARS_QUERY:
			job_query(nfit, news);
			break;
		case ARS_START:
			job_start(nfit, &step, news);
			break;
		}
	}
	return true;
}

/* First the poison, then that it is known. Context: nfit->lock held. */
static void report_news(struct nfit_bus *nfit, const struct ars_news *news)
{
	const struct ars_outcome *out = &news->outcome;
	/* bad bytes that could not be listed: nobody is to rely on the list */
	int rc = out->reason ? -EIO : news->forgotten ? -ENOMEM : 0;

	lockdep_assert_held(&nfit->lock);
	if (news->end)
		nfit_regions_notify(nfit, news->start, news->end - news->start);
	if (out->len)
		nvdimm_bus_scrubbed(nfit->nvdimm_bus, out->start, out->len, rc);
}

/* ---- the job ---- */

static void ars_kick(struct nfit_ars *ars, u32 seconds)
{
	lockdep_assert_held(&ars->lock);
	if (!ars->stopped)
		mod_delayed_work(system_long_wq, &ars->work, seconds * HZ);
}

/* Whoever asked meanwhile for sooner is heard: the plan knows when firmware is to be asked next. */
static bool job_waits(struct nfit_ars *ars)
{
	struct ars_step step;

	guard(mutex)(&ars->lock);
	ars->telling = false;
	step = ars_next(&ars->plan);
	if (step.action == ARS_REST)
		return false;
	ars_kick(ars, step.action == ARS_WAIT ? step.delay : 0);
	return true;
}

static void ars_job(struct work_struct *work)
{
	struct nfit_ars *ars = container_of(to_delayed_work(work), struct nfit_ars, work);
	struct nfit_bus *nfit = container_of(ars, struct nfit_bus, ars);
	bool more;

	scoped_guard(mutex, &ars->lock) {
		ars->telling = true;
		ars_wake(&ars->plan);
	}
	do {
		struct ars_news news = { };

		more = carry_out(nfit, &news);
		if (!news.end && !news.outcome.len)
			continue;
		guard(mutex)(&nfit->lock);
		report_news(nfit, &news);
	} while (more);
	if (!job_waits(ars))
		sysfs_notify(&dev_of(nfit)->kobj, "nfit", "scrub");
}

/* ---- requests ---- */

/* @recall: ask what firmware knows; only where it knows nothing is anything scrubbed */
static int ars_want(struct nfit_ars *ars, bool recall, u64 start, u64 len)
{
	bool resting;
	int rc;

	guard(mutex)(&ars->lock);
	if (ars->stopped)
		return -ENXIO;
	resting = !ars_busy(&ars->plan);
	rc = recall ? ars_recall(&ars->plan, ARS_SCRUB_UNKNOWN) :
		      ars_scrub(&ars->plan, start, len);
	if (resting && !rc)
		ars_kick(ars, 0);
	return rc;
}

int nfit_ars_scrub(struct nfit_bus *nfit, u64 start, u64 len)
{
	return ars_want(&nfit->ars, false, start, len);
}

int nfit_ars_react(struct nfit_bus *nfit)
{
	struct nfit_ars *ars = &nfit->ars;

	return ars_want(ars, !READ_ONCE(ars->on_error), 0, U64_MAX);
}

void nfit_ars_cancel(struct nfit_bus *nfit)
{
	scoped_guard(mutex, &nfit->ars.lock)
		ars_cancel(&nfit->ars.plan);
	nvdimm_bus_scrubbed(nfit->nvdimm_bus, 0, U64_MAX, -ECANCELED);
}

/* Somebody wants a range scrubbed, and is told when it has been. */
static int want_scrub(struct nvdimm_bus_descriptor *desc, u64 start, u64 len)
{
	int rc = nfit_ars_scrub(to_nfit_bus(desc), start, len);

	/* somebody else wants all of it already */
	return rc == -EBUSY ? 0 : rc;
}

struct nfit_ars_view nfit_ars_view(struct nfit_bus *nfit, bool curious)
{
	struct nfit_ars *ars = &nfit->ars;
	const struct ars_plan *plan = &ars->plan;

	guard(mutex)(&ars->lock);
	/* firmware is asked more often as long as somebody looks */
	if (curious && ars->plan.phase == ARS_WAITING && ars->plan.delay > ARS_WAIT_MIN) {
		ars->plan.delay = ARS_WAIT_MIN;
		ars_kick(ars, ARS_WAIT_MIN);
	}
	return (struct nfit_ars_view) {
		.busy = ars_busy(plan) || ars->telling,
		.run = plan->run,
		.count = plan->count,
		.at = plan->at,
		.len = plan->len,
		.done = plan->done,
		.left = ars_left(plan),
	};
}

/* ---- ranges ---- */

/* What firmware can do with a range (ACPI 6.5 §9.19.7.4); asked once. Return: 0 or -ENOMEM. */
static int ask_capability(struct nfit_bus *nfit, struct ars_range *range)
{
	struct nd_cmd_ars_cap cap = { .address = range->start, .length = range->length };
	int rc = nd_command(&nfit->desc, NULL, ND_CMD_ARS_CAP, &cap, sizeof(cap));

	if (rc == -ENOMEM)
		return rc;
	if (rc < 0 || !(cap.status >> ARS_EXT_STATUS_SHIFT & range->type)) {
		dev_info(dev_of(nfit), "firmware does not scrub [%#llx-%#llx]\n", range->start,
			 range->start + range->length - 1);
		return 0;
	}
	range->room = clamp_t(u32, cap.max_ars_out, PAGE_SIZE, ND_IOCTL_MAX_BUFLEN);
	range->usable = true;
	return 0;
}

static bool have_range(const struct ars_plan *plan, const struct nfit_spa *spa)
{
	for (u32 i = 0; i < plan->nr; i++)
		if (plan->range[i].start == spa->address)
			return true;
	return false;
}

static int ars_append(struct nfit_bus *nfit, const struct nfit_spa *spa)
{
	struct nfit_ars *ars = &nfit->ars;
	struct ars_range *more, range = {
		.start = spa->address,
		.length = spa->length,
		.type = spa->kind == NFIT_KIND_PMEM ? ND_ARS_PERSISTENT : ND_ARS_VOLATILE,
	};
	void *status = NULL;

	if (ask_capability(nfit, &range))
		return -ENOMEM;
	if (range.room > ars->room) {
		status = kvmalloc(range.room, GFP_KERNEL);
		if (!status)
			return -ENOMEM;
	}
	/* not under @lock, which is taken where nothing may start I/O */
	more = kmalloc_array(ars->plan.nr + 1, sizeof(*more), GFP_KERNEL);
	if (!more) {
		kvfree(status);
		return -ENOMEM;
	}
	scoped_guard(mutex, &ars->lock)
		more = ars_add(&ars->plan, more, &range);
	kfree(more);
	if (status) {
		kvfree(ars->status);
		ars->status = status;
		ars->room = range.room;
	}
	return 0;
}

static enum boot_policy boot_policy(void)
{
	static const char * const words[] = {
		[BOOT_NONE] = "none",
		[BOOT_RECALL] = "recall",
		[BOOT_FULL] = "full",
	};
	int policy = sysfs_match_string(words, init_scrub);

	if (policy < 0) {
		pr_warn_once("nfit: init_scrub=%s is not one of none, recall, full: using recall\n",
			     init_scrub);
		return BOOT_RECALL;
	}
	return policy == BOOT_FULL && no_init_ars ? BOOT_RECALL : policy;
}

/* What a bad crash has left on record counts under any policy, and costs one look. */
static void want_at_boot(struct ars_plan *plan)
{
	enum boot_policy policy = boot_policy();

	if (!plan->nr)
		return;
	if (policy == BOOT_NONE)
		ars_look(plan);
	else
		ars_recall(plan, no_init_ars ? ARS_SCRUB_NONE : ARS_SCRUB_REFUSED);
	if (policy == BOOT_FULL)
		ars_scrub(plan, 0, U64_MAX);
}

void nfit_ars_add(struct nfit_bus *nfit, const struct nfit_model *model)
{
	struct nfit_ars *ars = &nfit->ars;
	const struct nfit_table *t = &model->table;
	u32 known = ars->plan.nr;
	bool more;

	lockdep_assert_held(&nfit->lock);
	if (!nd_scrub_possible(&nfit->desc))
		return;
	nvdimm_bus_takes_scrubs(nfit->nvdimm_bus, want_scrub);
	scoped_guard(mutex, &ars->turn) {
		for (u32 i = 0; i < t->nspa; i++) {
			const struct nfit_spa *spa = &t->spa[i];

			if ((spa->kind != NFIT_KIND_PMEM && spa->kind != NFIT_KIND_VOLATILE) ||
			    spa->broken || have_range(&ars->plan, spa))
				continue;
			if (ars_append(nfit, spa))
				nd_remark(dev_of(nfit), -ENOMEM, ND_REASON_RESOURCE,
					  "no memory to scrub the range at %#llx", spa->address);
		}
	}
	if (ars->plan.nr == known || !ars->status)
		return;
	scoped_guard(mutex, &ars->lock)
		want_at_boot(&ars->plan);
	do {
		struct ars_news news = { };

		more = carry_out(nfit, &news);
		/* regions of an earlier table may be concerned, too */
		report_news(nfit, &news);
	} while (more);
}

void nfit_ars_go(struct nfit_bus *nfit)
{
	struct nfit_ars *ars = &nfit->ars;

	guard(mutex)(&ars->lock);
	if (ars_busy(&ars->plan))
		ars_kick(ars, ARS_WAIT_MIN);
}

/* ---- birth and death ---- */

void nfit_ars_init(struct nfit_bus *nfit)
{
	struct nfit_ars *ars = &nfit->ars;

	mutex_init(&ars->lock);
	mutex_init(&ars->turn);
	INIT_DELAYED_WORK(&ars->work, ars_job);
}

void nfit_ars_stop(struct nfit_bus *nfit)
{
	struct nfit_ars *ars = &nfit->ars;

	scoped_guard(mutex, &ars->lock)
		ars->stopped = true;
	cancel_delayed_work_sync(&ars->work);
	if (nfit->nvdimm_bus)
		nvdimm_bus_scrubbed(nfit->nvdimm_bus, 0, U64_MAX, -ENXIO);
}

void nfit_ars_free(struct nfit_bus *nfit)
{
	struct nfit_ars *ars = &nfit->ars;

	kvfree(ars->status);
	kfree(ars->plan.range);
	mutex_destroy(&ars->turn);
	mutex_destroy(&ars->lock);
}
