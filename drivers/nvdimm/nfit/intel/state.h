/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intel's functions 19 to 30, and 1 and 2 of its root device ("NVDIMM DSM
 * Interface", revision 3.0): payloads, and what they mean. Pure.
 */
#ifndef _NFIT_INTEL_STATE_H
#define _NFIT_INTEL_STATE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

enum intel_func {
	INTEL_SMART			= 1,
	INTEL_SECURITY_STATE		= 19,
	INTEL_SET_PASSPHRASE		= 20,
	INTEL_DISABLE_PASSPHRASE	= 21,
	INTEL_UNLOCK			= 22,
	INTEL_FREEZE			= 23,
	INTEL_ERASE			= 24,
	INTEL_OVERWRITE			= 25,
	INTEL_QUERY_OVERWRITE		= 26,
	INTEL_SET_MASTER		= 27,
	INTEL_MASTER_ERASE		= 28,
	INTEL_ACTIVATE_INFO		= 29,
	INTEL_ACTIVATE_ARM		= 30,
};

enum intel_bus_func {
	INTEL_BUS_ACTIVATE_INFO		= 1,
	INTEL_BUS_ACTIVATE		= 2,
};

struct intel_security {
	__le32 status;
	u8 master;
	u8 reserved0[3];
	u8 user;
	u8 reserved1[3];
} __packed;
static_assert(sizeof(struct intel_security) == 12);

struct intel_dimm_activation {
	__le32 status;
	__le16 result;
	u8 state;
	u8 reserved[7];
} __packed;
static_assert(sizeof(struct intel_dimm_activation) == 14);

struct intel_bus_activation {
	__le32 status;
	__le16 reserved;
	u8 state;
	u8 capability;
	__le64 activate_us;
	__le64 cpu_quiesce_us;
	__le64 io_quiesce_us;
	__le64 max_quiesce_us;
} __packed;
static_assert(sizeof(struct intel_bus_activation) == 40);

/*
 * Bits of enum nvdimm_security_bits; 0: there is no security; -EIO: firmware has failed to say.
 * While an overwrite goes on nobody is to take the one for the other.
 */
unsigned long intel_security_flags(const struct intel_security *s, bool master);

/**
 * intel_security_errno() - outcome of a function that takes a passphrase, or freezes
 * @func: INTEL_SET_PASSPHRASE … INTEL_MASTER_ERASE
 * @status: its first output word
 *
 * Return: 0; -EINVAL: the passphrase is wrong; -EOPNOTSUPP: the DIMM does not have it;
 * -EBUSY: the overwrite goes on; else -EIO or -ENXIO: not in this state.
 */
int intel_security_errno(enum intel_func func, u32 status);

/* enum nvdimm_fwa_*, INVALID for what is not known. */
unsigned int intel_dimm_fwa_state(const struct intel_dimm_activation *a);
unsigned int intel_dimm_fwa_result(const struct intel_dimm_activation *a);
unsigned int intel_bus_fwa_state(const struct intel_bus_activation *a);
unsigned int intel_bus_fwa_capability(const struct intel_bus_activation *a);

/*
 * intel_activate_failure() - why INTEL_BUS_ACTIVATE failed, in words
 * @forced: more DIMMs were armed than there is time for. That it takes too long is known, then:
 *	which of them have their new firmware is for them to tell.
 *
 * Return: NULL when it did not.
 */
const char *intel_activate_failure(u32 status, bool forced);

#endif /* _NFIT_INTEL_STATE_H */
