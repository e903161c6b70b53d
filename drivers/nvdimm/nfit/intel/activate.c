// SPDX-License-Identifier: GPL-2.0
/*
 * Intel's firmware activation: DIMMs are armed one by one, then the root device
 * has all of them change to their staged firmware at once, while memory stands
 * still. Firmware is asked anew each time: who else may arm is not known here.
 */
#include <linux/acpi.h>
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
#include "common/diag.h"
#include "core/bus.h"
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/intel/intel.h"
#include "nfit/nfit.h"

#define DIMM_FUNCTIONS	(BIT(INTEL_ACTIVATE_INFO) | BIT(INTEL_ACTIVATE_ARM))

/* ---- of the platform ---- */

static int call_root(struct nfit_bus *nfit, enum intel_bus_func func, void *in, u32 in_len,
		     void *out, u32 out_len)
{
	struct nfit_reply reply = { };
	int rc = nfit_dsm_call(nfit->adev->handle, &nfit_intel_root.guid, 1, func, in, in_len,
			       &reply);

	return rc ?: nfit_reply_take(&reply, out, out_len);
}

static enum nvdimm_fwa_state bus_state(struct nvdimm_bus_descriptor *desc)
{
	struct intel_bus_activation info;
	int rc = call_root(to_nfit_bus(desc), INTEL_BUS_ACTIVATE_INFO, NULL, 0, &info,
			   sizeof(info));

	return rc ? nfit_no_answer(rc) : intel_bus_fwa_state(&info);
}

/* It does not change while the machine runs, and attributes appear by it. */
static enum nvdimm_fwa_capability bus_capability(struct nvdimm_bus_descriptor *desc)
{
	struct nfit_bus *nfit = to_nfit_bus(desc);
	enum nvdimm_fwa_capability cap = READ_ONCE(nfit->fwa_capability);
	struct intel_bus_activation info;
	int rc;

	if (cap != NVDIMM_FWA_CAP_INVALID)
		return cap;
	rc = call_root(nfit, INTEL_BUS_ACTIVATE_INFO, NULL, 0, &info, sizeof(info));
	if (rc)
		return nfit_no_answer(rc);
	cap = intel_bus_fwa_capability(&info);
	WRITE_ONCE(nfit->fwa_capability, cap);
	return cap;
}

static int bus_activate(struct nvdimm_bus_descriptor *desc)
{
	enum { FORCE_IDLE = 0, SYSTEM_IDLES = 1 };
	struct nfit_bus *nfit = to_nfit_bus(desc);
	/* firmware has devices stand still, unless the administrator knows that none is busy */
	u8 idle = READ_ONCE(nfit->fwa_noidle) ? SYSTEM_IDLES : FORCE_IDLE;
	enum nvdimm_fwa_state state = bus_state(desc);
	const char *failure;
	__le32 status;
	int rc;

	switch (state) {
	case NVDIMM_FWA_ARMED:
	case NVDIMM_FWA_ARM_OVERFLOW:
		break;
	default:
		return nd_firmware_errno(state) ?: -ENXIO;
	}
	rc = call_root(nfit, INTEL_BUS_ACTIVATE, &idle, sizeof(idle), &status, sizeof(status));
	if (rc)
		return rc;
	failure = intel_activate_failure(le32_to_cpu(status), state == NVDIMM_FWA_ARM_OVERFLOW);
	if (!failure)
		return 0;
	return nd_refuse(to_nvdimm_bus_dev(nfit->nvdimm_bus), -EIO, ND_REASON_FIRMWARE,
			 "firmware was not activated: %s (status %#x)", failure,
			 le32_to_cpu(status));
}

static const struct nvdimm_bus_fw_ops bus_fw_ops = {
	.activate_state = bus_state,
	.capability = bus_capability,
	.activate = bus_activate,
};

const struct nfit_family_root nfit_intel_root = {
	.guid = GUID_INIT(0xc7d8acd4, 0x2df8, 0x4b82,
			  0x9f, 0x65, 0xa3, 0x25, 0x33, 0x5a, 0xf1, 0x49),
	.number = NVDIMM_BUS_FAMILY_INTEL,
	.needed = BIT(INTEL_BUS_ACTIVATE_INFO) | BIT(INTEL_BUS_ACTIVATE),
	.fw_ops = &bus_fw_ops,
};

/* ---- of a DIMM ---- */

static int dimm_info(struct nvdimm *nvdimm, struct intel_dimm_activation *info)
{
	return nfit_intel_call(nvdimm_provider_data(nvdimm), INTEL_ACTIVATE_INFO, NULL, 0, info,
			       sizeof(*info));
}

static enum nvdimm_fwa_state dimm_state(struct nvdimm *nvdimm)
{
	struct intel_dimm_activation info;
	int rc = dimm_info(nvdimm, &info);

	return rc ? nfit_no_answer(rc) : intel_dimm_fwa_state(&info);
}

static enum nvdimm_fwa_result dimm_result(struct nvdimm *nvdimm)
{
	struct intel_dimm_activation info;
	int rc = dimm_info(nvdimm, &info);

	return rc ? nfit_no_answer(rc) : intel_dimm_fwa_result(&info);
}

static int dimm_arm(struct nvdimm *nvdimm, enum nvdimm_fwa_trigger trigger)
{
	enum nvdimm_fwa_state state = dimm_state(nvdimm);
	u8 arm = trigger == NVDIMM_FWA_ARM;
	__le32 status;
	int rc;

	switch (state) {
	case NVDIMM_FWA_IDLE:
		if (!arm)
			return 0;
		break;
	case NVDIMM_FWA_ARMED:
		if (arm)
			return 0;
		break;
	case NVDIMM_FWA_BUSY:
		return -EBUSY;
	default:
		return nd_firmware_errno(state) ?: -ENXIO;
	}
	rc = nfit_intel_call(nvdimm_provider_data(nvdimm), INTEL_ACTIVATE_ARM, &arm, sizeof(arm),
			     &status, sizeof(status));
	return rc ?: status ? -EIO : 0;
}

static const struct nvdimm_fw_ops dimm_fw_ops = {
	.activate_state = dimm_state,
	.activate_result = dimm_result,
	.arm = dimm_arm,
};

const struct nvdimm_fw_ops *nfit_intel_fw_ops(const struct nfit_dimm *dimm)
{
	return (dimm->dsm_mask & DIMM_FUNCTIONS) == DIMM_FUNCTIONS ? &dimm_fw_ops : NULL;
}
