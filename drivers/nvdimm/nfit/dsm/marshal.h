/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between a command's buffer and firmware's payload. Pure.
 *
 * libnvdimm describes a buffer as a row of input fields, then a row of output
 * fields. Lengths in it are its sender's words, lengths in a reply firmware's:
 * neither is believed beyond the memory that is there.
 */
#ifndef _NFIT_MARSHAL_H
#define _NFIT_MARSHAL_H

#include <linux/types.h>

struct nd_cmd_desc;
struct nd_cmd_pkg;
struct nvdimm;

/**
 * struct nfit_buffer - the buffer of a command
 * @nvdimm: the DIMM, NULL for a command of the root device
 * @cmd: ND_CMD_*
 * @desc: its fields
 * @bytes: the buffer
 * @len: its length
 * @in_len: bytes of all input fields; set by nfit_measure_input()
 */
struct nfit_buffer {
	struct nvdimm *nvdimm;
	unsigned int cmd;
	const struct nd_cmd_desc *desc;
	void *bytes;
	u32 len;
	u32 in_len;
};

/**
 * nfit_measure_input() - find where the output begins
 * @buf: @in_len is set
 * @pkg: its bytes as a package, for ND_CMD_CALL, else NULL
 *
 * Return: 0, or -EINVAL when a field does not lie in the buffer.
 */
int nfit_measure_input(struct nfit_buffer *buf, const struct nd_cmd_pkg *pkg);

/**
 * nfit_return_output() - lay a reply into the buffer, as far as it reaches, and say what it means
 * @buf: measured
 * @pkg: its bytes as a package, or NULL; the sender learns how long the reply is, though no more
 *	than he has room for is laid
 * @named: the reply came from _LSI, _LSR or _LSW
 * @data: firmware's bytes
 * @len: how many
 * @outcome: what its status word says (below); 0 for a package, which is passed on unread
 *
 * Return: bytes of output that firmware left out; -ENXIO when a field does not fit in the buffer,
 * or the status word is not there.
 */
int nfit_return_output(const struct nfit_buffer *buf, struct nd_cmd_pkg *pkg, bool named,
		       const u8 *data, u32 len, int *outcome);

/* ---- status words ---- */

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

#endif /* _NFIT_MARSHAL_H */
