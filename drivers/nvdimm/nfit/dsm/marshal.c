// SPDX-License-Identifier: GPL-2.0
/* Between a command's buffer and firmware's payload. Pure; see marshal.h. */
#include <linux/errno.h>
#include <linux/libnvdimm.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include "nfit/dsm/marshal.h"
#include "nfit/dsm/status.h"

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
