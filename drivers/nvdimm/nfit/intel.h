/* SPDX-License-Identifier: GPL-2.0 */
/* Intel's family of DIMM functions ("NVDIMM DSM Interface", revision 3.0). */
#ifndef _NFIT_INTEL_H
#define _NFIT_INTEL_H

#include <linux/bits.h>

struct nfit_dimm;

#define INTEL_FUNC_SMART	1

/* Passphrases, erasing and firmware activation belong to the kernel, not to a pass-through. */
#define INTEL_DENIED_FUNCTIONS	GENMASK(30, 19)

/* Learn how the last shutdown went, where the DIMM can tell. */
void nfit_intel_read_shutdown(struct nfit_dimm *dimm);

#endif /* _NFIT_INTEL_H */
