// SPDX-License-Identifier: GPL-2.0
/* Intel's security and activation payloads, and what they mean. Pure; see state.h. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/libnvdimm.h>
#include <asm/byteorder.h>
#include "nfit/intel/state.h"

/* ---- security ---- */

enum {
	USER_ENABLED = BIT(1),
	USER_LOCKED = BIT(2),
	USER_FROZEN = BIT(3),
	USER_LIMIT = BIT(4),
	USER_UNSUPPORTED = BIT(5),
	USER_OVERWRITE = BIT(6),
};

enum { MASTER_ENABLED = BIT(0), MASTER_LIMIT = BIT(1) };

static unsigned long master_flags(u8 state)
{
	unsigned long flags = state & MASTER_ENABLED ? BIT(NVDIMM_SECURITY_UNLOCKED) :
						       BIT(NVDIMM_SECURITY_DISABLED);

	/* too many wrong passphrases: none is taken until the next power cycle */
	return state & MASTER_LIMIT ? flags | BIT(NVDIMM_SECURITY_FROZEN) : flags;
}

static unsigned long user_flags(u8 state)
{
	unsigned long flags;

	if (state & USER_UNSUPPORTED)
		return 0;
	/* whoever began it: the rest means nothing until it ends */
	if (state & USER_OVERWRITE)
		return BIT(NVDIMM_SECURITY_OVERWRITE);
	if (!(state & USER_ENABLED))
		return BIT(NVDIMM_SECURITY_DISABLED);
	flags = state & USER_LOCKED ? BIT(NVDIMM_SECURITY_LOCKED) : BIT(NVDIMM_SECURITY_UNLOCKED);
	return state & (USER_FROZEN | USER_LIMIT) ? flags | BIT(NVDIMM_SECURITY_FROZEN) : flags;
}

unsigned long intel_security_flags(const struct intel_security *s, bool master)
{
	/* the DIMM has none, is not there, or is not asked so; else it may have any */
	enum { UNSUPPORTED = 1, NO_DEVICE = 2, INVALID = 3 };

	/* the upper half explains */
	switch (le32_to_cpu(s->status) & 0xffff) {
	case 0:
		break;
	case UNSUPPORTED:
	case NO_DEVICE:
	case INVALID:
		return 0;
	default:
		return -EIO;
	}
	return master ? master_flags(s->master) : user_flags(s->user);
}

int intel_security_errno(enum intel_func func, u32 status)
{
	enum { UNSUPPORTED = 1, WRONG_PASSPHRASE = 11 };
	/* of overwriting: not to be had; of asking about it: it goes on, or there is none */
	enum { EXTENDED_7_1 = 0x10007, EXTENDED_7_2 = 0x20007 };

	switch (status) {
	case 0:
		return 0;
	case WRONG_PASSPHRASE:
		if (func == INTEL_QUERY_OVERWRITE)
			break;
		return -EINVAL;
	case UNSUPPORTED:
		return -EOPNOTSUPP;
	case EXTENDED_7_1:
		if (func == INTEL_QUERY_OVERWRITE)
			return -EBUSY;
		if (func == INTEL_OVERWRITE)
			return -EOPNOTSUPP;
		break;
	case EXTENDED_7_2:
		if (func == INTEL_QUERY_OVERWRITE)
			return -ENXIO;
		break;
	}
	switch (func) {
	case INTEL_SET_PASSPHRASE:
	case INTEL_SET_MASTER:
	case INTEL_UNLOCK:
	case INTEL_FREEZE:
	case INTEL_QUERY_OVERWRITE:	/* a busy DIMM may say anything: no answer */
		return -EIO;
	default:
		return -ENXIO;
	}
}

/* ---- activation ---- */

enum { IDLE, ARMED, BUSY };

unsigned int intel_dimm_fwa_state(const struct intel_dimm_activation *a)
{
	static const u8 states[] = {
		[IDLE] = NVDIMM_FWA_IDLE,
		[ARMED] = NVDIMM_FWA_ARMED,
		[BUSY] = NVDIMM_FWA_BUSY,
	};

	return a->status || a->state >= ARRAY_SIZE(states) ? NVDIMM_FWA_INVALID :
							     states[a->state];
}

unsigned int intel_dimm_fwa_result(const struct intel_dimm_activation *a)
{
	enum { NONE, NOT_STAGED, SUCCESS, NEED_RESET };

	if (a->status)
		return NVDIMM_FWA_RESULT_INVALID;
	switch (le16_to_cpu(a->result)) {
	case NONE:
		return NVDIMM_FWA_RESULT_NONE;
	case NOT_STAGED:
		return NVDIMM_FWA_RESULT_NOTSTAGED;
	case SUCCESS:
		return NVDIMM_FWA_RESULT_SUCCESS;
	case NEED_RESET:
		return NVDIMM_FWA_RESULT_NEEDRESET;
	default:
		/* the medium, an abort, not supported, … */
		return NVDIMM_FWA_RESULT_FAIL;
	}
}

unsigned int intel_bus_fwa_state(const struct intel_bus_activation *a)
{
	if (a->status)
		return NVDIMM_FWA_INVALID;
	switch (a->state) {
	case IDLE:
		return NVDIMM_FWA_IDLE;
	case BUSY:
		return NVDIMM_FWA_BUSY;
	case ARMED:
		/* it would take longer than devices stand still */
		return le64_to_cpu(a->activate_us) > le64_to_cpu(a->max_quiesce_us) ?
		       NVDIMM_FWA_ARM_OVERFLOW : NVDIMM_FWA_ARMED;
	default:
		return NVDIMM_FWA_INVALID;
	}
}

unsigned int intel_bus_fwa_capability(const struct intel_bus_activation *a)
{
	enum { FIRMWARE_QUIESCES = BIT(0), SYSTEM_QUIESCES = BIT(1) };

	if (a->status)
		return NVDIMM_FWA_CAP_INVALID;
	if (a->capability & FIRMWARE_QUIESCES)
		return NVDIMM_FWA_CAP_QUIESCE;
	if (a->capability & SYSTEM_QUIESCES)
		return NVDIMM_FWA_CAP_LIVE;
	return NVDIMM_FWA_CAP_NONE;
}

const char *intel_activate_failure(u32 status, bool forced)
{
	enum { FAILED = 6, TOO_LONG = 4 };
	static const char * const words[] = {
		[1] = "no DIMM is armed",
		[2] = "an activation is under way",
		[3] = "no new firmware is staged",
		[TOO_LONG] = "it would take too long",
		[5] = "devices are not idle",
		[6] = "it was aborted",
	};
	u32 detail = status >> 16;

	if (!status || (forced && status == (TOO_LONG << 16 | FAILED)))
		return NULL;
	if ((status & 0xffff) == FAILED && detail && detail < ARRAY_SIZE(words))
		return words[detail];
	return "it failed";
}
