// SPDX-License-Identifier: GPL-2.0
/* Intel's family of DIMM functions: how the last shutdown went. */
#include <linux/acpi.h>
#include <linux/build_bug.h>
#include <linux/ndctl.h>
#include "intel.h"
#include "nfit.h"

/* Output of function 1, "Get SMART and Health Info"; fields that matter here are named. */
struct intel_smart {
	__le32 status;
	__le32 valid;
	u8 health[12];
	__le32 shutdown_count;
	u8 sensors[11];
	u8 shutdown_state;
	__le32 vendor_size;
	u8 vendor[92];
} __packed;
static_assert(sizeof(struct intel_smart) == 132);

#define SMART_COUNT_VALID	BIT(5)
#define SMART_STATE_VALID	BIT(10)

void nfit_intel_read_shutdown(struct nfit_dimm *dimm)
{
	const struct intel_smart *smart;
	struct nfit_reply reply = { };
	u32 valid;

	if (!(dimm->dsm_mask & BIT(INTEL_FUNC_SMART)))
		return;
	if (nfit_dsm_call(dimm->adev->handle, nfit_family_guid(dimm->family), 1, INTEL_FUNC_SMART,
			  NULL, 0, &reply))
		return;
	smart = (const void *)reply.data;
	if (reply.len >= sizeof(*smart) && !smart->status) {
		valid = le32_to_cpu(smart->valid);
		if (valid & SMART_STATE_VALID && smart->shutdown_state)
			set_bit(NFIT_DIMM_DIRTY, &dimm->state);
		if (valid & SMART_COUNT_VALID) {
			set_bit(NFIT_DIMM_DIRTY_COUNT, &dimm->state);
			dimm->dirty_shutdown = le32_to_cpu(smart->shutdown_count);
		}
	}
	nfit_reply_put(&reply);
}
