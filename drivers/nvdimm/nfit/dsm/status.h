/* SPDX-License-Identifier: GPL-2.0 */
/* What firmware's status words mean. Pure. */
#ifndef _NFIT_STATUS_H
#define _NFIT_STATUS_H

#include <linux/types.h>

/**
 * nfit_bus_status() - outcome of a command of the root device
 * @cmd: ND_CMD_ARS_CAP … ND_CMD_CLEAR_ERROR, or another
 * @status: firmware's first output word
 * @buf: the command's whole buffer, filled
 * @len: its length
 *
 * Return: 0; for ND_CMD_CLEAR_ERROR the bytes cleared when not all were; or
 *	-ENOTTY: firmware cannot scrub this range
 *	-EBUSY: a scrub runs
 *	-EAGAIN: none has run since boot
 *	-ENOSPC: results do not fit, continue
 *	-EIO: failed
 */
int nfit_bus_status(unsigned int cmd, u32 status, const void *buf, u32 len);

/**
 * nfit_dimm_status() - outcome of a command of a DIMM
 * @cmd: ND_CMD_*
 * @status: firmware's first output word
 * @named: it came from _LSI, _LSR or _LSW, not from a _DSM
 *
 * Return: 0, -EACCES when the DIMM is locked, -EIO otherwise.
 */
int nfit_dimm_status(unsigned int cmd, u32 status, bool named);

#endif /* _NFIT_STATUS_H */
