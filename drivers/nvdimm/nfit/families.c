// SPDX-License-Identifier: GPL-2.0
/* The families of functions there are; vendors' own code is known here and nowhere below. */
#include <linux/kernel.h>
#include <linux/ndctl.h>
#include "nfit/dsm/family.h"
#include "nfit/intel/intel.h"

static const struct nfit_family_ops intel_ops = {
	.probe = nfit_intel_read_shutdown,
	.security_ops = nfit_intel_security_ops,
	.fw_ops = nfit_intel_fw_ops,
};

const struct nfit_family nfit_families[] = {
	[NVDIMM_FAMILY_INTEL] = {
		.guid = GUID_INIT(0x4309ac30, 0x0d11, 0x11e4,
				  0x91, 0x91, 0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66),
		.number = NVDIMM_FAMILY_INTEL,
		.functions = GENMASK(30, 1),
		.vendor = BIT(ND_CMD_VENDOR),
		.later = GENMASK(30, 11),
		/* passphrases, erasing and firmware activation */
		.kernel = GENMASK(INTEL_ACTIVATE_ARM, INTEL_SECURITY_STATE),
		.commands = true,
		.ops = &intel_ops,
		.root = &nfit_intel_root,
	},
	[NVDIMM_FAMILY_HPE1] = {
		.guid = GUID_INIT(0x9002c334, 0xacf3, 0x4c0e,
				  0x96, 0x42, 0xa2, 0x35, 0xf0, 0xd5, 0x3b, 0xc6),
		.number = NVDIMM_FAMILY_HPE1,
		.functions = 0x1c3c76,
	},
	[NVDIMM_FAMILY_HPE2] = {
		.guid = GUID_INIT(0x5008664b, 0xb758, 0x41a0,
				  0xa0, 0x3c, 0x27, 0xc2, 0xf2, 0xd0, 0x4f, 0x7e),
		.number = NVDIMM_FAMILY_HPE2,
		.functions = GENMASK(8, 1),
		.vendor = BIT(8),
	},
	[NVDIMM_FAMILY_MSFT] = {
		.guid = GUID_INIT(0x1ee68b36, 0xd4bd, 0x4a1a,
				  0x9a, 0x16, 0x4f, 0x8e, 0x53, 0xd4, 0x6e, 0x05),
		.number = NVDIMM_FAMILY_MSFT,
		.functions = GENMASK(31, 1),
	},
	[NVDIMM_FAMILY_HYPERV] = {
		.guid = GUID_INIT(0x5746c5f2, 0xa9a2, 0x4264,
				  0xad, 0x0e, 0xe4, 0xdd, 0xc9, 0xe0, 0x9e, 0x80),
		.number = NVDIMM_FAMILY_HYPERV,
		.functions = GENMASK(4, 1),
	},
};

const u32 nfit_nr_families = ARRAY_SIZE(nfit_families);
