/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Families of functions: vendors describe each of their own, under a GUID (ACPI 6.5 §9.20.1).
 *
 * The dispatcher (dsm.c, ctl.c) knows no vendor. What it has to know of one is here; what only
 * the vendor's own functions can do goes by struct nfit_family_ops. families.c has the list.
 */
#ifndef _NFIT_DSM_FAMILY_H
#define _NFIT_DSM_FAMILY_H

#include <linux/bits.h>
#include <linux/libnvdimm.h>
#include <linux/types.h>
#include <linux/uuid.h>

struct nfit_dimm;

/**
 * struct nfit_family_ops - what the kernel itself does with a DIMM of a family
 * @probe: learn what only a function can tell, once: 0 or -ENOMEM
 * @security_ops: passphrases and erasing; NULL: the DIMM has none
 * @fw_ops: activation of firmware; NULL likewise
 */
struct nfit_family_ops {
	int (*probe)(struct nfit_dimm *dimm);
	const struct nvdimm_security_ops *(*security_ops)(const struct nfit_dimm *dimm);
	const struct nvdimm_fw_ops *(*fw_ops)(const struct nfit_dimm *dimm);
};

/**
 * struct nfit_family_root - functions that a vendor gives to the root device
 * @guid: of the functions
 * @number: NVDIMM_BUS_FAMILY_*
 * @needed: functions without which it is as if there were none
 * @fw_ops: what they are for
 */
struct nfit_family_root {
	guid_t guid;
	int number;
	u32 needed;
	const struct nvdimm_bus_fw_ops *fw_ops;
};

/**
 * struct nfit_family - a family of DIMM functions
 * @guid: of the functions
 * @number: NVDIMM_FAMILY_*, its place in the list
 * @functions: those its documentation describes, less function 0
 * @vendor: of these, the one that lets anything through to the device
 * @later: those that exist in the second revision only
 * @kernel: those that belong to the kernel, not to a pass-through
 * @commands: the first ten are libnvdimm's commands of DIMMs, payload and all
 * @ops: NULL: the kernel does nothing with it
 * @root: NULL: the root device has none
 */
struct nfit_family {
	guid_t guid;
	int number;
	u32 functions;
	u32 vendor;
	u32 later;
	u32 kernel;
	bool commands;
	const struct nfit_family_ops *ops;
	const struct nfit_family_root *root;
};

/* Revision in which @family has function @func. */
static inline u8 nfit_family_rev(const struct nfit_family *family, u64 func)
{
	return func < 32 && BIT(func) & family->later ? 2 : 1;
}

/* ---- families.c ---- */
extern const struct nfit_family nfit_families[];
extern const u32 nfit_nr_families;

#endif /* _NFIT_DSM_FAMILY_H */
