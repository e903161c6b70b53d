// SPDX-License-Identifier: GPL-2.0
/* Intel's family of DIMM functions: how the last shutdown went, and security. */
#include <linux/acpi.h>
#include <linux/build_bug.h>
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
#include <linux/string.h>
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/family.h"
#include "nfit/intel/intel.h"

int nfit_intel_call(const struct nfit_dimm *dimm, enum intel_func func, void *in, u32 in_len,
		    void *out, u32 out_len)
{
	struct nfit_reply reply = { };
	int rc;

	if (!(dimm->dsm_mask & BIT(func)))
		return -ENOTTY;
	rc = nfit_dsm_call(dimm->adev->handle, &dimm->family->guid,
			   nfit_family_rev(dimm->family, func), func, in, in_len, &reply);
	/* no answer is not that a passphrase is wrong */
	if (rc == -EINVAL)
		return -EIO;
	return rc ?: nfit_reply_take(&reply, out, out_len);
}

/* ---- health ---- */

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

/* Fields an answer leaves out are not valid: then neither are the words before them. */
int nfit_intel_read_shutdown(struct nfit_dimm *dimm)
{
	struct intel_smart smart;
	int rc = nfit_intel_call(dimm, INTEL_SMART, NULL, 0, &smart, sizeof(smart));
	u32 valid;

	if (rc || smart.status)
		return nfit_no_answer(rc);
	valid = le32_to_cpu(smart.valid);
	if (valid & SMART_STATE_VALID && smart.shutdown_state)
		set_bit(NFIT_DIMM_DIRTY, &dimm->state);
	if (valid & SMART_COUNT_VALID) {
		set_bit(NFIT_DIMM_DIRTY_COUNT, &dimm->state);
		dimm->dirty_shutdown = le32_to_cpu(smart.shutdown_count);
	}
	return 0;
}

/* ---- security ---- */

/* Input of every function that takes passphrases: one, or an old and a new one. */
struct passphrases {
	struct nvdimm_key_data key[2];
};
static_assert(sizeof(struct passphrases) == 64);

/* A function with @nr passphrases; they do not stay on the stack. */
static int guarded_call(struct nvdimm *nvdimm, enum intel_func func,
			const struct nvdimm_key_data *first, const struct nvdimm_key_data *second)
{
	const struct nfit_dimm *dimm = nvdimm_provider_data(nvdimm);
	struct passphrases in = { };
	u32 len = 0;
	__le32 status;
	int rc;

	if (first) {
		in.key[0] = *first;
		len = sizeof(in.key[0]);
	}
	if (second) {
		in.key[1] = *second;
		len = sizeof(in);
	}
	rc = nfit_intel_call(dimm, func, &in, len, &status, sizeof(status));
	memzero_explicit(&in, sizeof(in));
	return rc ?: intel_security_errno(func, le32_to_cpu(status));
}

static unsigned long get_flags(struct nvdimm *nvdimm, enum nvdimm_passphrase_type type)
{
	const struct nfit_dimm *dimm = nvdimm_provider_data(nvdimm);
	struct intel_security state;
	int rc;

	/* until the overwrite is done, the state firmware tells means nothing */
	if (type == NVDIMM_USER && nvdimm_in_overwrite(nvdimm))
		return BIT(NVDIMM_SECURITY_OVERWRITE);
	rc = nfit_intel_call(dimm, INTEL_SECURITY_STATE, NULL, 0, &state, sizeof(state));
	/* no answer is not that there is no security */
	if (rc)
		return rc;
	return intel_security_flags(&state, type == NVDIMM_MASTER);
}

static int intel_freeze(struct nvdimm *nvdimm)
{
	return guarded_call(nvdimm, INTEL_FREEZE, NULL, NULL);
}

static int change_key(struct nvdimm *nvdimm, const struct nvdimm_key_data *old,
		      const struct nvdimm_key_data *new, enum nvdimm_passphrase_type type)
{
	return guarded_call(nvdimm, type == NVDIMM_MASTER ? INTEL_SET_MASTER :
							    INTEL_SET_PASSPHRASE, old, new);
}

static int intel_unlock(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	return guarded_call(nvdimm, INTEL_UNLOCK, key, NULL);
}

static int intel_disable(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	return guarded_call(nvdimm, INTEL_DISABLE_PASSPHRASE, key, NULL);
}

static int intel_erase(struct nvdimm *nvdimm, const struct nvdimm_key_data *key,
		       enum nvdimm_passphrase_type type)
{
	return guarded_call(nvdimm, type == NVDIMM_MASTER ? INTEL_MASTER_ERASE : INTEL_ERASE,
			    key, NULL);
}

static int intel_overwrite(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	return guarded_call(nvdimm, INTEL_OVERWRITE, key, NULL);
}

static int query_overwrite(struct nvdimm *nvdimm)
{
	return guarded_call(nvdimm, INTEL_QUERY_OVERWRITE, NULL, NULL);
}

static const struct nvdimm_security_ops security_ops = {
	.get_flags = get_flags,
	.freeze = intel_freeze,
	.change_key = change_key,
	.unlock = intel_unlock,
	.disable = intel_disable,
	.erase = intel_erase,
	.overwrite = intel_overwrite,
	.query_overwrite = query_overwrite,
};

const struct nvdimm_security_ops *nfit_intel_security_ops(const struct nfit_dimm *dimm)
{
	return dimm->dsm_mask & BIT(INTEL_SECURITY_STATE) ? &security_ops : NULL;
}
