// SPDX-License-Identifier: GPL-2.0
/*
 * Commands: from libnvdimm, its drivers or an ioctl, to firmware and back.
 *
 * The fields of a command's buffer (marshal.h) are exactly the payload of Intel's
 * DIMM functions and the root device's. ND_CMD_CALL carries another family's
 * payload through unread.
 */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/family.h"
#include "nfit/dsm/marshal.h"
#include "nfit/nfit.h"

/* A command on its way. */
struct nfit_call {
	struct nfit_buffer buf;
	struct nfit_dimm *dimm;		/* NULL: the root device's */
	struct nd_cmd_pkg *pkg;		/* ND_CMD_CALL, or NULL */
	acpi_handle handle;
	const guid_t *guid;
	u64 func;
	unsigned long funcs;		/* that may be called */
	unsigned long cmds;		/* that may be given */
};

static bool reserved_are_zero(const struct nd_cmd_pkg *pkg)
{
	return !memchr_inv(pkg->nd_reserved2, 0, sizeof(pkg->nd_reserved2));
}

static int aim_at_dimm(struct nfit_call *call)
{
	struct nfit_dimm *dimm = nvdimm_provider_data(call->buf.nvdimm);

	if (!dimm->adev)
		return -ENOTTY;
	call->dimm = dimm;
	call->handle = dimm->adev->handle;
	call->cmds = nvdimm_cmd_mask(call->buf.nvdimm);
	call->funcs = dimm->dsm_mask;
	call->buf.desc = nd_cmd_dimm_desc(call->buf.cmd);
	if (call->pkg && (!dimm->family || call->pkg->nd_family != dimm->family->number))
		return -ENOTTY;
	if (dimm->family)
		call->guid = &dimm->family->guid;
	return 0;
}

static int aim_at_root(struct nfit_call *call, struct nfit_bus *nfit)
{
	if (call->pkg && call->pkg->nd_family != NVDIMM_BUS_FAMILY_NFIT)
		return -EINVAL;
	call->handle = nfit->adev->handle;
	call->cmds = nfit->desc.cmd_mask;
	call->funcs = nfit->dsm_mask;
	call->buf.desc = nd_cmd_bus_desc(call->buf.cmd);
	call->guid = &nfit_bus_guid;
	return 0;
}

static bool call_permitted(const struct nfit_call *call)
{
	const struct nd_cmd_desc *desc = call->buf.desc;

	if (!desc || desc->in_num + desc->out_num == 0)
		return false;
	if (!(call->cmds & BIT(call->buf.cmd)))
		return false;
	/* Function 0 is not for users, and the masks know only 1 … 31. */
	return !call->pkg || (call->func && call->func < 32 && call->funcs & BIT(call->func));
}

/* Does the command go by a named method? Their answers have other locked states. */
static bool call_is_named(const struct nfit_call *call)
{
	if (!call->dimm)
		return false;
	switch (call->buf.cmd) {
	case ND_CMD_GET_CONFIG_SIZE:
	case ND_CMD_GET_CONFIG_DATA:
		return test_bit(NFIT_DIMM_LSR, &call->dimm->state);
	case ND_CMD_SET_CONFIG_DATA:
		return test_bit(NFIT_DIMM_LSW, &call->dimm->state);
	default:
		return false;
	}
}

static int label_info(const struct nfit_call *call, struct nfit_reply *reply)
{
	const struct nd_cmd_get_config_size *size;
	int rc = nfit_label_info(call->handle, reply);

	if (!rc && reply->len >= sizeof(*size)) {
		size = (const void *)reply->data;
		WRITE_ONCE(call->dimm->label_size, size->config_size);
	}
	return rc;
}

/*
 * The named methods index a buffer of AML with what they are given, and the
 * interpreter does not catch every offset that is out of it.
 */
static bool in_label_area(const struct nfit_call *call, u32 offset, u32 length)
{
	u32 size = READ_ONCE(call->dimm->label_size);
	struct nfit_reply reply = { };

	if (!size && !label_info(call, &reply)) {
		nfit_reply_put(&reply);
		size = READ_ONCE(call->dimm->label_size);
	}
	return length && offset <= size && length <= size - offset;
}

static int call_named(const struct nfit_call *call, struct nfit_reply *reply)
{
	struct nd_cmd_get_config_data_hdr *get = call->buf.bytes;
	struct nd_cmd_set_config_hdr *set = call->buf.bytes;

	/* Both requests start with offset and length. */
	static_assert(offsetof(typeof(*get), in_length) == offsetof(typeof(*set), in_length));
	if (call->buf.cmd == ND_CMD_GET_CONFIG_SIZE)
		return label_info(call, reply);
	if (!in_label_area(call, get->in_offset, get->in_length))
		return -EINVAL;
	if (call->buf.cmd == ND_CMD_GET_CONFIG_DATA)
		return nfit_label_read(call->handle, get->in_offset, get->in_length, reply);
	return nfit_label_write(call->handle, set->in_offset, set->in_length, set->in_buf, reply);
}

/* Are its functions' numbers those of libnvdimm's commands? */
static bool has_commands(const struct nfit_dimm *dimm)
{
	return dimm->family && dimm->family->commands;
}

/*
 * Functions for labels, by command or in a package. Most firmware looks
 * at offset and length itself; QEMU's does not survive a request of no bytes.
 */
static bool label_request_sound(const struct nfit_call *call, const void *in, u32 in_len)
{
	const struct nd_cmd_get_config_data_hdr *req = in;
	u32 head = offsetof(typeof(*req), status);

	if (!call->dimm || !has_commands(call->dimm))
		return true;
	if (call->func != ND_CMD_GET_CONFIG_DATA && call->func != ND_CMD_SET_CONFIG_DATA)
		return true;
	if (in_len < head || !req->in_length)
		return false;
	/* a DIMM that has the named methods, too, has told its size */
	if (test_bit(NFIT_DIMM_LSR, &call->dimm->state) &&
	    !in_label_area(call, req->in_offset, req->in_length))
		return false;
	return call->func == ND_CMD_GET_CONFIG_DATA || req->in_length <= in_len - head;
}

static int call_firmware(const struct nfit_call *call, struct nfit_reply *reply)
{
	void *in = call->buf.bytes;
	u32 in_len = call->buf.in_len;
	u8 rev = 1;

	if (call_is_named(call))
		return call_named(call, reply);
	if (call->dimm && !call->pkg && !has_commands(call->dimm))
		return -ENOTTY;
	if (call->dimm)
		rev = nfit_family_rev(call->dimm->family, call->func);
	if (call->pkg) {
		in = call->pkg->nd_payload;
		in_len = call->pkg->nd_size_in;
	}
	if (!label_request_sound(call, in, in_len))
		return -EINVAL;
	return nfit_dsm_call(call->handle, call->guid, rev, call->func, in, in_len, reply);
}

static int call_prepare(struct nfit_call *call, struct nfit_bus *nfit)
{
	int rc;

	call->func = call->buf.cmd;
	if (call->buf.cmd == ND_CMD_CALL) {
		if (!call->buf.bytes || call->buf.len < sizeof(*call->pkg))
			return -EINVAL;
		call->pkg = call->buf.bytes;
		call->func = call->pkg->nd_command;
	}
	if (call->buf.cmd > ND_CMD_CALL)
		return -ENOTTY;
	rc = call->buf.nvdimm ? aim_at_dimm(call) : aim_at_root(call, nfit);
	if (rc)
		return rc;
	if (call->pkg && !reserved_are_zero(call->pkg))
		return -EINVAL;
	if (!call_permitted(call))
		return -ENOTTY;
	return nfit_measure_input(&call->buf, call->pkg);
}

int nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	     void *buf, unsigned int buf_len, int *cmd_rc)
{
	struct nfit_call call = {
		.buf = { .nvdimm = nvdimm, .cmd = cmd, .bytes = buf, .len = buf_len },
	};
	struct nfit_bus *nfit = to_nfit_bus(desc);
	struct nfit_reply reply = { };
	int status = -EINVAL, rc;

	rc = call_prepare(&call, nfit);
	if (!rc)
		rc = call_firmware(&call, &reply);
	if (!rc) {
		rc = nfit_return_output(&call.buf, call.pkg, call_is_named(&call), reply.data,
					reply.len, &status);
		nfit_reply_put(&reply);
	}
	dev_dbg(nfit->dev, "%s command %u function %llu: %d, status %d\n",
		nvdimm ? nvdimm_name(nvdimm) : "bus", cmd, call.func, rc, status);
	if (cmd_rc)
		*cmd_rc = status;
	return rc;
}

/* A scrub a user starts would take the place of the job's, and its results. */
static bool starts_scrub(unsigned int cmd, const struct nd_cmd_pkg *pkg)
{
	return cmd == ND_CMD_ARS_START || (pkg && pkg->nd_command == ND_CMD_ARS_START);
}

/* May a user give this command now? */
int nfit_clear_to_send(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
		       unsigned int cmd, void *data)
{
	const struct nfit_dimm *dimm = nvdimm_provider_data(nvdimm);
	const struct nd_cmd_pkg *pkg = cmd == ND_CMD_CALL ? data : NULL;
	struct nfit_bus *nfit = to_nfit_bus(desc);

	if (!dimm && pkg && pkg->nd_family != NVDIMM_BUS_FAMILY_NFIT)
		return -EOPNOTSUPP;
	if (!dimm)
		return starts_scrub(cmd, pkg) && nfit_ars_view(nfit, false).busy ? -EBUSY : 0;
	if (!pkg || pkg->nd_family >= nfit->nr_families || pkg->nd_command > 31)
		return 0;
	/* What the DIMM does not have gets the usual errno. */
	if (dimm->dsm_mask & nfit->families[pkg->nd_family].kernel & BIT(pkg->nd_command))
		return -EOPNOTSUPP;
	return 0;
}
