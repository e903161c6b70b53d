/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What follows from states that firmware reports, and may report otherwise later. Pure.
 *
 * A region is read-only if the administrator has asked for it, or if firmware's report imposes it:
 * a DIMM is not armed, or the platform saves less at a power failure than it did when the region
 * was created. The administrator may waive what is imposed; each report of something worse ends
 * the waiver. A better report lifts the imposed part only.
 *
 *			boot		notification		store to read_only  security command
 *  a DIMM not armed	imposes		imposes, ends a waiver	0 waives	    no effect
 *  all DIMMs armed	no effect	lifts, ends a waiver	1 asks, 0 clears    no effect
 *  less persistence	the new base	imposes, ends a waiver	0 waives	    no effect
 *  as at creation	no effect	lifts, ends a waiver	1 asks, 0 clears    no effect
 *  asked by 1		forgotten	no effect		0 clears	    no effect
 *  DIMM locked		as the label	no effect		no effect	    as the state
 *			commands answer						    changes
 *
 * A lock never changes read_only: namespaces of a locked DIMM are not enabled at all.
 */
#ifndef _ND_REPORTED_H
#define _ND_REPORTED_H

#include <linux/types.h>

/**
 * struct nd_ro - why a region is read-only
 * @unarmed: mask of mappings whose DIMM is not armed
 * @degraded: the platform saves less than it did at creation
 * @asked: the administrator wrote 1
 * @waived: the administrator wrote 0 while it was imposed
 */
struct nd_ro {
	u32 unarmed;
	bool degraded;
	bool asked;
	bool waived;
};

/**
 * enum nd_ro_report - what to record about a report of firmware
 * @ND_RO_SAME: nothing changed for the worse, and nothing was lifted
 * @ND_RO_UNARMED: a DIMM is newly not armed
 * @ND_RO_DEGRADED: the platform newly saves less
 * @ND_RO_LIFTED: nothing is imposed any more, and the region is writable
 * @ND_RO_ASKED: nothing is imposed any more, and the administrator keeps it read-only
 */
enum nd_ro_report {
	ND_RO_SAME,
	ND_RO_UNARMED,
	ND_RO_DEGRADED,
	ND_RO_LIFTED,
	ND_RO_ASKED,
};

/* nd_ro_imposed() - do firmware's reports ask for read-only? */
static inline bool nd_ro_imposed(const struct nd_ro *ro)
{
	return ro->unarmed || ro->degraded;
}

/* nd_ro_read_only() - is the region read-only? */
static inline bool nd_ro_read_only(const struct nd_ro *ro)
{
	return ro->asked || (nd_ro_imposed(ro) && !ro->waived);
}

/* nd_ro_boot() - the state of a new region */
struct nd_ro nd_ro_boot(u32 unarmed);

/* nd_ro_notice() - firmware reports @unarmed and @degraded. Return: what to record. */
enum nd_ro_report nd_ro_notice(struct nd_ro *ro, u32 unarmed, bool degraded);

/* nd_ro_ask() - the administrator writes @read_only */
void nd_ro_ask(struct nd_ro *ro, bool read_only);

/*
 * nd_lock_notice() - the security state of a DIMM was locked, or not, and is now
 *
 * Only a change counts: the label commands, asked when the driver binds, may know better than the
 * security state. Return: is the DIMM to be treated as locked, if it was treated as @locked?
 */
bool nd_lock_notice(bool locked, bool was, bool is);

#endif /* _ND_REPORTED_H */
