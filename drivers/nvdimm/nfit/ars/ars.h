/* SPDX-License-Identifier: GPL-2.0 */
/* The scrub of a bus. */
#ifndef _NFIT_ARS_ARS_H
#define _NFIT_ARS_ARS_H

#include <linux/mutex.h>
#include <linux/ndctl.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "nfit/ars/plan.h"

struct nfit_bus;
struct nfit_model;

/**
 * struct nfit_ars - the scrub of a bus
 * @lock: protects @plan, @telling, @stopped, @on_error; never held across a command
 * @turn: held while the plan's steps are carried out, across commands; protects @status
 * @plan: what is wanted and how far it is
 * @status: room for firmware's results
 * @room: its size
 * @work: the job
 * @telling: the job may have something to tell still, though nothing is wanted any more
 * @stopped: the bus goes: no command any more
 * @on_error: an uncorrectable error is answered by a scrub of everything
 */
struct nfit_ars {
	struct mutex lock;
	struct mutex turn;
	struct ars_plan plan;
	struct nd_cmd_ars_status *status;
	u32 room;
	struct delayed_work work;
	bool telling;
	bool stopped;
	bool on_error;
};

void nfit_ars_init(struct nfit_bus *nfit);
/* No command of the job runs or will. Context: nfit->lock not held. */
void nfit_ars_stop(struct nfit_bus *nfit);
void nfit_ars_free(struct nfit_bus *nfit);

/*
 * nfit_ars_add() - take up the ranges of @model that are new
 *
 * What firmware has on record of them is known to libnvdimm on return (X18),
 * as far as it does not scrub just now; the job sees to the rest.
 *
 * Context: nfit->lock held, before the regions exist.
 */
void nfit_ars_add(struct nfit_bus *nfit, const struct nfit_model *model);
/* The regions exist: the job may go on. */
void nfit_ars_go(struct nfit_bus *nfit);

/* Scrub a part of the bus; U64_MAX bytes for all. Return: as ars_scrub(); -ENXIO: too late. */
int nfit_ars_scrub(struct nfit_bus *nfit, u64 start, u64 len);
void nfit_ars_cancel(struct nfit_bus *nfit);
/* Something was hit somewhere: recall, or scrub, as the administrator wants it. */
int nfit_ars_react(struct nfit_bus *nfit);

/**
 * struct nfit_ars_view - how the scrub is
 * @busy: there is something to do
 * @run: something is being scrubbed
 * @at: its first byte
 * @len: bytes
 * @count: scrubs that came to their end
 * @done: bytes scrubbed, of the scrub under way or the last one
 * @left: bytes still to be scrubbed
 */
struct nfit_ars_view {
	bool busy;
	bool run;
	u32 count;
	u64 at;
	u64 len;
	u64 done;
	u64 left;
};

/* A caller with @curious set is told sooner when it is over. */
struct nfit_ars_view nfit_ars_view(struct nfit_bus *nfit, bool curious);

#endif /* _NFIT_ARS_ARS_H */
