/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Diagnosis: an error is an errno plus a reason.
 *
 * Every device of the nd bus (and a provider's parent device) can carry one
 * `last_error`: the last refusal, until something succeeds. It is kept beside
 * the device, not in it, because some of our devices are embedded in public
 * structs whose layout is ABI.
 *
 * Everybody may read it, but its addresses are root's, and so are processes and files that it
 * names, between the marks of redact.h: others see a ? there. The
 * kernel log has them, as it has the whole map of memory since the machine was
 * started: who is not to see that is kept out by dmesg_restrict. Trace events are
 * root's anyway.
 *
 * diag.c owns the records; its lock is the innermost there is.
 */
#ifndef _ND_DIAG_H
#define _ND_DIAG_H

#include <linux/device.h>
#include <nd/reason.h>

/**
 * nd_refuse() - record, trace and print why something is refused
 * @dev: device the user tried to use
 * @err: negative errno; returned
 * @reason: reason code
 * @fmt: sentence with numbers; names the neighbour, the range, what would
 *	work. No trailing newline.
 *
 * One line "EBUSY conflict: <sentence>" goes to @dev's last_error, to the
 * nd_fail tracepoint and, rate-limited, to the kernel log.
 *
 * Context: any that may allocate with GFP_ATOMIC; takes the diag spinlock only.
 * Return: @err.
 */
__printf(4, 5) __must_check
int nd_refuse(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...);

/*
 * nd_remark() - like nd_refuse(), of what is served all the same
 *
 * What of a device or its parts does not work, or not as it should.
 */
__printf(4, 5)
void nd_remark(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...);

/*
 * nd_note() - like nd_refuse(), but without the line in the kernel log
 *
 * For refusals that a script provokes at will (a bad value in a store).
 */
__printf(4, 5)
int nd_note(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...);

/*
 * nd_explain() - like nd_note(), unless @err has been told already
 *
 * At the doors (probe, store, ioctl), for what comes from far below: no memory,
 * a provider's errno.
 */
__printf(4, 5)
int nd_explain(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...);

/* Forget @dev's last_error: it works now. */
void nd_ok(struct device *dev);

/* Drop @dev's record for good; from its release function. */
void nd_diag_forget(struct device *dev);

/* The module goes: what providers never forgot. */
void nd_diag_exit(void);

/*
 * nd_diag_redact() - have what an attribute shows be fit for its reader
 *
 * Physical addresses, and what may be one, processes and files are shown to CAP_SYS_ADMIN alone;
 * see redact.h.
 *
 * Return: the length of @text.
 */
size_t nd_diag_redact(char *text);

/* last_error, when it was told, mode 0444 both, and the group that holds these alone. */
extern struct device_attribute dev_attr_last_error;
extern struct device_attribute dev_attr_last_error_time;
extern const struct attribute_group nd_diag_group;

#endif /* _ND_DIAG_H */
