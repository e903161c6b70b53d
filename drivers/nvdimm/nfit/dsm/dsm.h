/* SPDX-License-Identifier: GPL-2.0 */
/* Which functions firmware has; calling them. */
#ifndef _NFIT_DSM_DSM_H
#define _NFIT_DSM_DSM_H

#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/libnvdimm.h>
#include <linux/types.h>
#include <linux/uuid.h>

struct nfit_bus;
struct nfit_dimm;

/**
 * struct nfit_reply - what firmware returned
 * @data: its bytes
 * @len: how many
 * @object: ACPI's memory @data lies in, or NULL
 * @memory: our memory @data lies in, or NULL
 */
struct nfit_reply {
	const u8 *data;
	u32 len;
	union acpi_object *object;
	void *memory;
};

/*
 * Ask the root device, once, which functions it has. Fills desc.cmd_mask and dsm_mask.
 * Return: 0 or -ENOMEM.
 */
int nfit_dsm_probe_bus(struct nfit_bus *nfit);
/*
 * Ask a DIMM, and choose how its labels are reached. Fills family, dsm_mask, state.
 * Return: 0 or -ENOMEM.
 */
int nfit_dsm_probe_dimm(struct nfit_bus *nfit, struct nfit_dimm *dimm);

/**
 * nfit_dsm_call() - evaluate a _DSM function
 * @handle: of the ACPI device
 * @guid: of the function's family
 * @rev: revision
 * @func: function number
 * @in: input payload
 * @in_len: its length
 * @reply: firmware's answer; nfit_reply_put() it when done
 *
 * Return: 0; -EINVAL: there is no answer, or none of bytes; -ENOMEM: it may have been carried out.
 */
int nfit_dsm_call(acpi_handle handle, const guid_t *guid, u8 rev, u32 func, void *in, u32 in_len,
		  struct nfit_reply *reply);
void nfit_reply_put(struct nfit_reply *reply);

/*
 * Copy the answer to a buffer, zero what it leaves of that, and put the answer.
 * Return: 0, or -EIO: it is too short for the status that every answer begins with.
 */
int nfit_reply_take(struct nfit_reply *reply, void *out, u32 out_len);

/*
 * What an evaluation returned: an object to ACPI_FREE(); NULL: there is none; ERR_PTR(-ENOMEM),
 * which is no answer of firmware.
 */
union acpi_object *nfit_object(acpi_status status, const struct acpi_buffer *result);

/*
 * A function's errno, where the answer is a word of an enumeration whose unknown is 0: what
 * firmware does not say is unknown, but -ENOMEM is not firmware's (nd_firmware_errno()).
 */
static inline int nfit_no_answer(int rc)
{
	return rc == -ENOMEM ? rc : 0;
}

extern const guid_t nfit_bus_guid;

/* ---- commands of libnvdimm, and of users through it ---- */

int nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	     void *buf, unsigned int buf_len, int *cmd_rc);
int nfit_clear_to_send(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
		       unsigned int cmd, void *data);

/* ---- _LSI, _LSR, _LSW ---- */

/* Their replies look as those of the _DSM functions do. */
int nfit_label_info(acpi_handle handle, struct nfit_reply *reply);
int nfit_label_read(acpi_handle handle, u32 offset, u32 length, struct nfit_reply *reply);
int nfit_label_write(acpi_handle handle, u32 offset, u32 length, void *data,
		     struct nfit_reply *reply);

#endif /* _NFIT_DSM_DSM_H */
