// SPDX-License-Identifier: GPL-2.0
/*
 * Command envelopes: sizes, judged from bytes nobody may be trusted with; and, for
 * providers, how the fields of a command's buffer are laid out.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
#include <linux/string.h>
#include "core/command.h"

#define DESC(cmd, nin, sizes_in, nout, sizes_out)	\
	[cmd] = {					\
		.in_num = nin,				\
		.out_num = nout,			\
		.in_sizes = ENVELOPE_SIZES sizes_in,	\
		.out_sizes = ENVELOPE_SIZES sizes_out,	\
	},

static const struct nd_cmd_desc dimm_descs[] = { ENVELOPE_DIMM_COMMANDS(DESC) };
static const struct nd_cmd_desc bus_descs[] = { ENVELOPE_BUS_COMMANDS(DESC) };

static_assert(ENVELOPE_MAX == ND_IOCTL_MAX_BUFLEN);
static_assert(ENVELOPE_FIELDS == ND_CMD_MAX_ELEM);
static_assert(sizeof(struct nd_cmd_pkg) == ENVELOPE_PKG);
static_assert(sizeof(struct nd_cmd_ars_start) == 32);	/* the sum of its fields */

/* ---- layouts ---- */

/**
 * nd_cmd_dimm_desc() - layout of a DIMM command
 * @cmd: ND_CMD_*
 *
 * Context: any.
 * Return: its descriptor, without fields when libnvdimm does not know the
 * command; NULL when there is no such number.
 */
const struct nd_cmd_desc *nd_cmd_dimm_desc(int cmd)
{
	return cmd >= 0 && cmd < ARRAY_SIZE(dimm_descs) ? &dimm_descs[cmd] : NULL;
}
EXPORT_SYMBOL_GPL(nd_cmd_dimm_desc);

/**
 * nd_cmd_bus_desc() - layout of a bus command
 * @cmd: ND_CMD_*
 *
 * Context: any.
 * Return: as nd_cmd_dimm_desc().
 */
const struct nd_cmd_desc *nd_cmd_bus_desc(int cmd)
{
	return cmd >= 0 && cmd < ARRAY_SIZE(bus_descs) ? &bus_descs[cmd] : NULL;
}
EXPORT_SYMBOL_GPL(nd_cmd_bus_desc);

/**
 * nd_cmd_in_size() - bytes of an input field
 * @nvdimm: the DIMM, NULL for a bus command
 * @cmd: ND_CMD_*
 * @desc: its descriptor
 * @idx: number of the field
 * @buf: the command's buffer, readable up to the field
 *
 * Context: any.
 * Return: bytes; UINT_MAX when the field does not exist. A variable field's
 * length is the caller's buffer's word and not bounded here.
 */
u32 nd_cmd_in_size(struct nvdimm *nvdimm, int cmd, const struct nd_cmd_desc *desc, int idx,
		   void *buf)
{
	if (idx < 0 || idx >= desc->in_num)
		return UINT_MAX;
	if (desc->in_sizes[idx] != ENVELOPE_VAR)
		return desc->in_sizes[idx];
	if (cmd == ND_CMD_CALL)
		return ((struct nd_cmd_pkg *)buf)->nd_size_in;
	if (nvdimm && cmd == ND_CMD_SET_CONFIG_DATA)
		return ((struct nd_cmd_set_config_hdr *)buf)->in_length;
	if (nvdimm && cmd == ND_CMD_VENDOR)
		return ((struct nd_cmd_vendor_hdr *)buf)->in_length;
	return UINT_MAX;
}
EXPORT_SYMBOL_GPL(nd_cmd_in_size);

/**
 * nd_cmd_out_size() - bytes of an output field
 * @nvdimm: the DIMM, NULL for a bus command
 * @cmd: ND_CMD_*
 * @desc: its descriptor
 * @idx: number of the field
 * @in_field: input fields
 * @out_field: output fields so far, as firmware gave them
 * @remainder: bytes firmware gave behind them, 0 when unknown
 *
 * Context: any.
 * Return: bytes; UINT_MAX when the field does not exist. A variable field's
 * length is not bounded here.
 */
u32 nd_cmd_out_size(struct nvdimm *nvdimm, int cmd, const struct nd_cmd_desc *desc, int idx,
		    const u32 *in_field, const u32 *out_field, unsigned long remainder)
{
	if (idx < 0 || idx >= desc->out_num)
		return UINT_MAX;
	if ((u32)desc->out_sizes[idx] != ENVELOPE_VAR)
		return desc->out_sizes[idx];
	if (cmd == ND_CMD_CALL)
		return ((const struct nd_cmd_pkg *)in_field)->nd_size_out;
	if (nvdimm && cmd == ND_CMD_GET_CONFIG_DATA)
		return in_field[1];
	if (nvdimm && cmd == ND_CMD_VENDOR)
		return out_field[1];
	if (!nvdimm && cmd == ND_CMD_ARS_STATUS)
		return envelope_ars_records(out_field[1], remainder);
	return UINT_MAX;
}
EXPORT_SYMBOL_GPL(nd_cmd_out_size);

/* ---- envelopes ---- */

/* NULL: there is no such command. */
static const struct nd_cmd_desc *desc_of(bool dimm, unsigned int cmd)
{
	const struct nd_cmd_desc *desc = dimm ? nd_cmd_dimm_desc(cmd) : nd_cmd_bus_desc(cmd);

	return desc && desc->in_num + desc->out_num ? desc : NULL;
}

/* Sum of a command's fields; the variable one, if any, counts @variable. */
static u64 desc_sum(const u32 *size, int num, u32 variable)
{
	u64 len = 0;
	int i;

	for (i = 0; i < num; i++)
		len += size[i] == ENVELOPE_VAR ? variable : size[i];
	return len;
}

static bool is_ars_status(bool dimm, unsigned int cmd)
{
	return !dimm && cmd == ND_CMD_ARS_STATUS;
}

u32 envelope_head(bool dimm, unsigned int cmd)
{
	const struct nd_cmd_desc *desc = desc_of(dimm, cmd);

	if (!desc)
		return 0;
	/* its caller says in an output field how much may come back */
	if (is_ars_status(dimm, cmd))
		return offsetof(struct nd_cmd_ars_status, address);
	if (desc->in_sizes[desc->in_num ? desc->in_num - 1 : 0] != ENVELOPE_VAR &&
	    (u32)desc->out_sizes[desc->out_num - 1] != ENVELOPE_VAR)
		return 0;
	return desc_sum(desc->in_sizes, desc->in_num, 0);
}

/* The lengths that the variable fields have; *@out of a vendor command is not known yet. */
static void desc_variables(bool dimm, unsigned int cmd, const void *head, u32 *in, u32 *out)
{
	struct nd_cmd_ars_status ars;
	struct nd_cmd_vendor_hdr vendor;
	struct nd_cmd_get_config_data_hdr get;
	struct nd_cmd_set_config_hdr set;
	struct nd_cmd_pkg pkg;

	*in = 0;
	*out = 0;
	if (cmd == ND_CMD_CALL) {
		memcpy(&pkg, head, sizeof(pkg));
		*in = pkg.nd_size_in;
		*out = pkg.nd_size_out;
	} else if (is_ars_status(dimm, cmd)) {
		memcpy(&ars, head, offsetof(struct nd_cmd_ars_status, address));
		*out = envelope_ars_records(ars.out_length, 0);
	} else if (dimm && cmd == ND_CMD_GET_CONFIG_DATA) {
		memcpy(&get, head, offsetof(struct nd_cmd_get_config_data_hdr, status));
		*out = get.in_length;
	} else if (dimm && cmd == ND_CMD_SET_CONFIG_DATA) {
		memcpy(&set, head, sizeof(set));
		*in = set.in_length;
	} else if (dimm && cmd == ND_CMD_VENDOR) {
		memcpy(&vendor, head, sizeof(vendor));
		*in = vendor.in_length;
	}
}

enum nd_reason envelope_measure(bool dimm, unsigned int cmd, const void *head, u32 head_len,
				struct envelope *out)
{
	const struct nd_cmd_desc *desc = desc_of(dimm, cmd);
	struct nd_cmd_pkg pkg;
	u32 in_var, out_var;
	u64 in_len, out_len;

	if (!desc)
		return ND_REASON_UNSUPPORTED;
	if (head_len < envelope_head(dimm, cmd))
		return ND_REASON_TRUNCATED;
	desc_variables(dimm, cmd, head, &in_var, &out_var);
	in_len = desc_sum(desc->in_sizes, desc->in_num, in_var);
	out_len = desc_sum((const u32 *)desc->out_sizes, desc->out_num, out_var);
	if (in_len + out_len > ENVELOPE_MAX)
		return ND_REASON_SIZE;

	*out = (struct envelope) { .in_len = in_len, .out_len = out_len };
	if (cmd == ND_CMD_CALL) {
		memcpy(&pkg, head, sizeof(pkg));
		if (memchr_inv(pkg.nd_reserved2, 0, sizeof(pkg.nd_reserved2)))
			return ND_REASON_RESERVED;
	} else if (dimm && cmd == ND_CMD_VENDOR) {
		out->tail_at = in_len + offsetof(struct nd_cmd_vendor_tail, out_length);
	}
	return ND_REASON_OK;
}

enum nd_reason envelope_tail(struct envelope *env, u32 len)
{
	if ((u64)env->in_len + env->out_len + len > ENVELOPE_MAX)
		return ND_REASON_SIZE;
	env->out_len += len;
	return ND_REASON_OK;
}

u32 envelope_ars_records(u32 out_length, u64 remainder)
{
	if (out_length < 4)
		return 0;
	if (out_length - 4 == remainder)
		return remainder;
	return out_length < 8 ? 0 : out_length - 8;
}

bool envelope_changes_state(bool dimm, unsigned int cmd)
{
	if (cmd == ND_CMD_CALL)
		return true;
	if (dimm)
		return cmd == ND_CMD_SET_CONFIG_DATA || cmd == ND_CMD_VENDOR;
	return cmd == ND_CMD_ARS_START || cmd == ND_CMD_CLEAR_ERROR;
}
