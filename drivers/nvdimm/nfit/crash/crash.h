/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What firmware has recorded of the last crash (record.h), made known to the bus that the memory
 * is of before anything can read it (requirements X18).
 *
 * The record is firmware's, in memory that it has reserved, and is there until the next power-on.
 * So it is also what is remembered while this module is unloaded, and in a kernel that is started
 * without firmware (kexec): when a bus goes, or the machine, what was cured meanwhile is struck off
 * there, and what was cured in part is made smaller.
 */
#ifndef _NFIT_CRASH_CRASH_H
#define _NFIT_CRASH_CRASH_H

struct nfit_bus;
struct nfit_model;

/* Read the record. Without one, or memory for it, there is nothing to recall. Context: process. */
void nfit_crash_init(void);
void nfit_crash_exit(void);

/* What it has of the ranges of @model is bad. Context: nfit->lock held, before regions exist. */
void nfit_crash_recall(struct nfit_bus *nfit, const struct nfit_model *model);

/* Nobody writes to the bus's memory any more, which has been unregistered and is still there. */
void nfit_crash_settle(struct nfit_bus *nfit);

#endif /* _NFIT_CRASH_CRASH_H */
