// SPDX-License-Identifier: GPL-2.0
/*
 * Command envelopes: sizes, judged from bytes nobody may be trusted with.
 */
#include <linux/kernel.h>
#include <linux/ndctl.h>
#include <linux/string.h>
#include "core/command.h"

struct row {
	u8 in_num;
	u8 out_num;
	u32 in[ENVELOPE_FIELDS];
	u32 out[ENVELOPE_FIELDS];
};

#define ROW(cmd, nin, sizes_in, nout, sizes_out)	\
	[cmd] = {					\
		.in_num = nin,				\
		.out_num = nout,			\
		.in = ENVELOPE_SIZES sizes_in,		\
		.out = ENVELOPE_SIZES sizes_out,	\
	},

static const struct row dimm_rows[] = { ENVELOPE_DIMM_COMMANDS(ROW) };
static const struct row bus_rows[] = { ENVELOPE_BUS_COMMANDS(ROW) };

static const struct row *row_of(bool dimm, unsigned int cmd)
{
	const struct row *rows = dimm ? dimm_rows : bus_rows;

	if (cmd >= (dimm ? ARRAY_SIZE(dimm_rows) : ARRAY_SIZE(bus_rows)))
		return NULL;
	return rows[cmd].in_num + rows[cmd].out_num ? &rows[cmd] : NULL;
}

/* Sum of a row's fields; the variable one, if any, counts @variable. */
static u64 desc_sum(const u32 *size, u8 num, u32 variable)
{
	u64 len = 0;
	u8 i;

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
	const struct row *row = row_of(dimm, cmd);

	if (!row)
		return 0;
	/* its caller says in an output field how much may come back */
	if (is_ars_status(dimm, cmd))
		return offsetof(struct nd_cmd_ars_status, address);
	if (row->in[row->in_num ? row->in_num - 1 : 0] != ENVELOPE_VAR &&
	    row->out[row->out_num - 1] != ENVELOPE_VAR)
		return 0;
	return desc_sum(row->in, row->in_num, 0);
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

enum nd_why envelope_measure(bool dimm, unsigned int cmd, const void *head, u32 head_len,
			     struct envelope *out)
{
	const struct row *row = row_of(dimm, cmd);
	struct nd_cmd_pkg pkg;
	u32 in_var, out_var;
	u64 in_len, out_len;

	if (!row)
		return ND_WHY_UNSUPPORTED;
	if (head_len < envelope_head(dimm, cmd))
		return ND_WHY_TRUNCATED;
	desc_variables(dimm, cmd, head, &in_var, &out_var);
	in_len = desc_sum(row->in, row->in_num, in_var);
	out_len = desc_sum(row->out, row->out_num, out_var);
	if (in_len + out_len > ENVELOPE_MAX)
		return ND_WHY_SIZE;

	*out = (struct envelope) { .in_len = in_len, .out_len = out_len };
	if (cmd == ND_CMD_CALL) {
		memcpy(&pkg, head, sizeof(pkg));
		if (memchr_inv(pkg.nd_reserved2, 0, sizeof(pkg.nd_reserved2)))
			return ND_WHY_RESERVED;
		out->fw_in_len = in_var;
		out->fw_out_len = out_var;
	} else if (dimm && cmd == ND_CMD_VENDOR) {
		out->tail_at = in_len + offsetof(struct nd_cmd_vendor_tail, out_length);
	}
	return ND_WHY_OK;
}

enum nd_why envelope_tail(struct envelope *env, u32 len)
{
	if ((u64)env->in_len + env->out_len + len > ENVELOPE_MAX)
		return ND_WHY_SIZE;
	env->out_len += len;
	return ND_WHY_OK;
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

_Static_assert(sizeof(struct nd_cmd_pkg) == ENVELOPE_PKG, "header of a pass-through command");
_Static_assert(sizeof(struct nd_cmd_ars_start) == 32, "sum of its fields");
