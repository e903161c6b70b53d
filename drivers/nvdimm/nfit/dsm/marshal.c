// SPDX-License-Identifier: GPL-2.0
/* Between a command's buffer and firmware's payload. Pure; see marshal.h. */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/libnvdimm.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include "nfit/dsm/marshal.h"

int nfit_measure_input(struct nfit_buffer *buf, const struct nd_cmd_pkg *pkg)
{
	u64 sum = 0;

	/* each must lie in the buffer before the next is sized by it */
	for (int i = 0; i < buf->desc->in_num; i++) {
		sum += nd_cmd_in_size(buf->nvdimm, buf->cmd, buf->desc, i, buf->bytes);
		if (sum > buf->len)
			return -EINVAL;
	}
	buf->in_len = sum;
	if (pkg && sum + pkg->nd_size_out > buf->len)
		return -EINVAL;
	return 0;
}

/* How many fields the reply has filled, and how many bytes; -ENXIO: one does not fit. */
static int return_fields(const struct nfit_buffer *buf, const u8 *data, u32 len, u32 *filled)
{
	u32 at = 0, room = buf->len - buf->in_len;
	int i;

	for (i = 0; i < buf->desc->out_num; i++) {
		/* a variable field follows the one that sizes it: that one lies in the reply */
		u32 size = nd_cmd_out_size(buf->nvdimm, buf->cmd, buf->desc, i, buf->bytes,
					   (const u32 *)data, len - at);

		if (size > len - at)
			break;
		if (size > room - at)
			return -ENXIO;
		memcpy(buf->bytes + buf->in_len + at, data + at, size);
		at += size;
	}
	*filled = at;
	return i;
}

int nfit_return_output(const struct nfit_buffer *buf, struct nd_cmd_pkg *pkg, bool named,
		       const u8 *data, u32 len, int *outcome)
{
	u32 filled, status;
	int fields;

	if (pkg) {
		pkg->nd_fw_size = len;
		memcpy(pkg->nd_payload + pkg->nd_size_in, data, min(len, pkg->nd_size_out));
		*outcome = 0;
		return 0;
	}
	fields = return_fields(buf, data, len, &filled);
	if (fields < 0)
		return fields;
	/* Without the status word, the first field, nothing is known. */
	if (!fields)
		return -ENXIO;
	status = get_unaligned_le32(data);
	*outcome = buf->nvdimm ? nfit_dimm_status(buf->cmd, status, named) :
				 nfit_bus_status(buf->cmd, status, buf->bytes, buf->len);
	return buf->len - buf->in_len - filled;
}

/* ---- status words ---- */

/* The lower half says whether the function worked, the upper half what it found. */
static u16 status_result(u32 status)
{
	return status & ARS_STATUS_MASK;
}

static u16 status_extended(u32 status)
{
	return status >> ARS_EXT_STATUS_SHIFT;
}

/* ACPI 6.5 §9.19.7.4: Query ARS Capabilities; found are the kinds it can scrub */
static int ars_cap(u32 status)
{
	enum { UNSUPPORTED = 1 };

	if (status_result(status) == UNSUPPORTED)
		return -ENOTTY;
	if (status_result(status))
		return -EIO;
	return status_extended(status) & (ND_ARS_PERSISTENT | ND_ARS_VOLATILE) ? 0 : -ENOTTY;
}

/* ACPI 6.5 §9.19.7.5: Start ARS */
static int ars_start(u32 status)
{
	enum { RUNNING = 6 };

	if (status_result(status) == RUNNING)
		return -EBUSY;
	return status_result(status) ? -EIO : 0;
}

/* ACPI 6.5 §9.19.7.6: Query ARS Status */
static int ars_status(u32 status, const struct nd_cmd_ars_status *ars, u32 len)
{
	enum { DONE = 0, RUNNING = 1, NONE = 2, STOPPED = 3 };
	enum { OVERFLOW = 1 };
	/* out_length does not count the status word in front of it. */
	const u32 flags_end = offsetof(struct nd_cmd_ars_status, num_records);

	if (status_result(status))
		return -EIO;
	switch (status_extended(status)) {
	case DONE:
		return 0;
	case RUNNING:
		return -EBUSY;
	case NONE:
		return -EAGAIN;
	case STOPPED:
		/* Somebody stopped it, or it ran out of room for records; both leave results. */
		if (len >= flags_end && ars->out_length >= flags_end - sizeof(status) &&
		    ars->flags & OVERFLOW)
			return -ENOSPC;
		return 0;
	default:
		return -EIO;
	}
}

/* ACPI 6.5 §9.19.7.7: Clear Uncorrectable Error */
static int clear_error(u32 status, const struct nd_cmd_clear_error *clear, u32 len)
{
	if (status_result(status) || len < sizeof(*clear) || !clear->cleared)
		return -EIO;
	if (clear->cleared >= clear->length)
		return 0;
	return clear->cleared > S32_MAX ? S32_MAX : clear->cleared;
}

int nfit_bus_status(unsigned int cmd, u32 status, const void *buf, u32 len)
{
	switch (cmd) {
	case ND_CMD_ARS_CAP:
		return ars_cap(status);
	case ND_CMD_ARS_START:
		return ars_start(status);
	case ND_CMD_ARS_STATUS:
		return ars_status(status, buf, len);
	case ND_CMD_CLEAR_ERROR:
		return clear_error(status, buf, len);
	default:
		return status ? -EIO : 0;
	}
}

int nfit_dimm_status(unsigned int cmd, u32 status, bool named)
{
	/* ACPI 6.5 §6.5.10: _LSR and _LSW say "locked" with this number, _LSI does not say it. */
	enum { NAMED_LOCKED = 3 };

	if (cmd == ND_CMD_GET_CONFIG_SIZE && !named && status_extended(status) & ND_CONFIG_LOCKED)
		return -EACCES;
	if ((cmd == ND_CMD_GET_CONFIG_DATA || cmd == ND_CMD_SET_CONFIG_DATA) && named &&
	    status == NAMED_LOCKED)
		return -EACCES;
	return status ? -EIO : 0;
}
