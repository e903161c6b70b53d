/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intel's functions, called by the kernel: health at load, security, firmware
 * activation. What their payloads mean is state.h's business.
 */
#ifndef _NFIT_INTEL_H
#define _NFIT_INTEL_H

#include <linux/bits.h>
#include <linux/libnvdimm.h>
#include "nfit/dsm/family.h"
#include "nfit/intel/state.h"

struct nfit_bus;
struct nfit_dimm;

/* Learn how the last shutdown went, where the DIMM can tell. Return: 0 or -ENOMEM. */
int nfit_intel_read_shutdown(struct nfit_dimm *dimm);

/* What libnvdimm can have done with a DIMM of Intel's family; NULL for nothing. */
const struct nvdimm_security_ops *nfit_intel_security_ops(const struct nfit_dimm *dimm);
const struct nvdimm_fw_ops *nfit_intel_fw_ops(const struct nfit_dimm *dimm);

/* ---- activate.c ---- */
extern const struct nfit_family_root nfit_intel_root;

/**
 * nfit_intel_call() - call a function of a DIMM
 * @dimm: of Intel's family
 * @func: its number
 * @in: input payload
 * @in_len: its length
 * @out: output, status first; what firmware leaves out reads as zero
 * @out_len: its size
 *
 * Return: 0, whatever the status is; -ENOTTY: the DIMM does not have the function; -EIO:
 * no status came, or another errno of the call.
 */
int nfit_intel_call(const struct nfit_dimm *dimm, enum intel_func func, void *in, u32 in_len,
		    void *out, u32 out_len);

#endif /* _NFIT_INTEL_H */
