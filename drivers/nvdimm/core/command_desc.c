// SPDX-License-Identifier: GPL-2.0
/*
 * Command descriptors for providers: how the fields of a command's buffer are
 * laid out, so that a provider can marshal them to its firmware. The numbers
 * are command.h's.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
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
