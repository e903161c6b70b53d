/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security of a DIMM: passphrases, and wiping.
 *
 *	security.c	state, passphrases, commands of the `security` attribute, unlocking
 *	overwrite.c	the wait for an overwrite, which may take hours
 *
 * A passphrase is an encrypted key of 32 bytes, named "nvdimm:" and the DIMM's
 * unique id; it is copied out of its key for the time of one command.
 *
 * nvdimm.sec is written under the DIMM's device lock (rank 2), the one probe
 * and ioctls hold, so that a command never runs beside another. A region that is
 * being enabled does not hold it: that nothing is wiped under one, and nothing
 * enabled over what is being wiped, is nvdimm_use()'s and nvdimm_wipe_begin()'s.
 */
#ifndef _ND_SECURITY_H
#define _ND_SECURITY_H

#include <linux/libnvdimm.h>
#include <linux/sysfs.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/**
 * struct nd_security - a DIMM's security
 * @flags: of the user passphrase: bits of enum nvdimm_security_bits, 0: there is no security
 * @master: likewise, of the master passphrase
 * @unknown: firmware did not answer when it was asked last
 * @unanswered: so often it has not, in a row, since @waits
 * @wait: asks whether an overwrite is over, or what the security is; holds a reference on the DIMM
 *	while it is pending
 * @delay: seconds until it asks again
 * @waits: @wait is pending, or under way
 * @refused: the driver was not bound because of it
 */
struct nd_security {
	unsigned long flags;
	unsigned long master;
	bool unknown;
	u32 unanswered;
	struct delayed_work wait;
	u32 delay;
	bool waits;
	bool refused;
};

extern const struct attribute_group nvdimm_security_group;

/* The DIMM has a name and no driver yet. Return: 0 or -ENOMEM. */
int nvdimm_security_init(struct nvdimm *nvdimm);
/* It is about to go. Context: its device lock is not held. */
void nvdimm_security_stop(struct nvdimm *nvdimm);

/*
 * nvdimm_security_unlock() - the driver binds: unlock with the kernel's key
 *
 * A DIMM firmware has unlocked already has its key verified (key_revalidate).
 * One that stays locked is no error here: what needs it will be refused.
 *
 * Context: device lock held.
 * Return: 0; -EBUSY: it is being overwritten; another errno: whether it is, or is locked, is not
 * known.
 */
int nvdimm_security_unlock(struct nvdimm *nvdimm);

/*
 * Have firmware say how it is now. Context: device lock held.
 * Return: 0; an errno: that is not known, and what was said last stays.
 */
int nvdimm_security_refresh(struct nvdimm *nvdimm);

/* ---- overwrite.c; device lock held ---- */
void nd_overwrite_init(struct nvdimm *nvdimm);
/* Firmware has begun: nothing may touch the media until it is done. */
void nd_overwrite_begun(struct nvdimm *nvdimm);
/* Firmware is at it, and somebody else had it begin: wait, unless that is done already. */
void nd_overwrite_met(struct nvdimm *nvdimm);
/* Firmware does not say what the security is: ask until it does, and bind the driver then. */
void nd_security_unknown_met(struct nvdimm *nvdimm);
/* Has firmware not answered for so long that the DIMM is enabled all the same? Any context. */
bool nvdimm_security_unasked(const struct nvdimm *nvdimm);

#endif /* _ND_SECURITY_H */
