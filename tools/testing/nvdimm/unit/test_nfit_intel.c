// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/intel/state.c */
#include "nd_test.h"
#include <linux/bits.h>
#include <linux/libnvdimm.h>
#include "nfit/intel/state.h"

TEST(security__of_the_user)
{
	static const struct { u8 user; unsigned long want; } row[] = {
		{ 0x00, BIT(NVDIMM_SECURITY_DISABLED) },
		/* frozen counts only where there is a passphrase */
		{ 0x08, BIT(NVDIMM_SECURITY_DISABLED) },
		{ 0x02, BIT(NVDIMM_SECURITY_UNLOCKED) },
		{ 0x06, BIT(NVDIMM_SECURITY_LOCKED) },
		{ 0x0a, BIT(NVDIMM_SECURITY_UNLOCKED) | BIT(NVDIMM_SECURITY_FROZEN) },
		{ 0x16, BIT(NVDIMM_SECURITY_LOCKED) | BIT(NVDIMM_SECURITY_FROZEN) },
		{ 0x22, 0 },
		{ 0x40, BIT(NVDIMM_SECURITY_OVERWRITE) },
		{ 0x4e, BIT(NVDIMM_SECURITY_OVERWRITE) },
		{ 0x60, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct intel_security s = { .user = row[i].user, .master = 0xff };

		assert_int_equal(intel_security_flags(&s, false), row[i].want);
		s.status = cpu_to_le32(1);
		assert_int_equal(intel_security_flags(&s, false), 0);
	}
}

/* Only firmware that has said so has said that there is none. */
TEST(security__that_is_not_told_is_not_none)
{
	static const u32 none[] = { 1, 2, 3, 0x10001, 0x20003 };
	static const u32 failed[] = { 4, 5, 6, 7, 9, 11, 0x10007, 0x20007, ~0u };
	struct intel_security s = { };

	for (u32 master = 0; master < 2; master++) {
		for (u32 i = 0; i < ARRAY_SIZE(none); i++) {
			s.status = cpu_to_le32(none[i]);
			assert_int_equal(intel_security_flags(&s, master), 0);
		}
		for (u32 i = 0; i < ARRAY_SIZE(failed); i++) {
			s.status = cpu_to_le32(failed[i]);
			assert_int_equal((long)intel_security_flags(&s, master), -EIO);
		}
	}
}

TEST(security__of_the_master)
{
	static const struct { u8 master; unsigned long want; } row[] = {
		{ 0, BIT(NVDIMM_SECURITY_DISABLED) },
		{ 1, BIT(NVDIMM_SECURITY_UNLOCKED) },
		{ 2, BIT(NVDIMM_SECURITY_DISABLED) | BIT(NVDIMM_SECURITY_FROZEN) },
		{ 3, BIT(NVDIMM_SECURITY_UNLOCKED) | BIT(NVDIMM_SECURITY_FROZEN) },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct intel_security s = { .user = 0x26, .master = row[i].master };

		assert_int_equal(intel_security_flags(&s, true), row[i].want);
	}
}

TEST(security__errnos)
{
	static const struct { enum intel_func func; u32 status; int want; } row[] = {
		{ INTEL_SET_PASSPHRASE, 0, 0 },
		{ INTEL_SET_PASSPHRASE, 11, -EINVAL },
		{ INTEL_SET_PASSPHRASE, 1, -EOPNOTSUPP },
		{ INTEL_SET_PASSPHRASE, 10, -EIO },
		{ INTEL_SET_MASTER, 5, -EIO },
		{ INTEL_UNLOCK, 11, -EINVAL },
		{ INTEL_UNLOCK, 9, -EIO },
		{ INTEL_FREEZE, 10, -EIO },
		{ INTEL_DISABLE_PASSPHRASE, 11, -EINVAL },
		{ INTEL_DISABLE_PASSPHRASE, 10, -ENXIO },
		{ INTEL_ERASE, 1, -EOPNOTSUPP },
		{ INTEL_ERASE, 10, -ENXIO },
		{ INTEL_MASTER_ERASE, 11, -EINVAL },
		{ INTEL_OVERWRITE, 0x10007, -EOPNOTSUPP },
		{ INTEL_OVERWRITE, 10, -ENXIO },
		{ INTEL_QUERY_OVERWRITE, 0x10007, -EBUSY },
		{ INTEL_QUERY_OVERWRITE, 0x20007, -ENXIO },
		{ INTEL_QUERY_OVERWRITE, 0, 0 },
		{ INTEL_QUERY_OVERWRITE, 1, -EOPNOTSUPP },
		{ INTEL_QUERY_OVERWRITE, 5, -EIO },
		{ INTEL_QUERY_OVERWRITE, 9, -EIO },
		{ INTEL_QUERY_OVERWRITE, 11, -EIO },
		{ INTEL_ERASE, 0x10007, -ENXIO },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(intel_security_errno(row[i].func, row[i].status), row[i].want);
}

TEST(activation__of_a_dimm)
{
	static const u8 states[] = {
		NVDIMM_FWA_IDLE, NVDIMM_FWA_ARMED, NVDIMM_FWA_BUSY, NVDIMM_FWA_INVALID,
	};
	static const u8 results[] = {
		NVDIMM_FWA_RESULT_NONE, NVDIMM_FWA_RESULT_NOTSTAGED, NVDIMM_FWA_RESULT_SUCCESS,
		NVDIMM_FWA_RESULT_NEEDRESET, NVDIMM_FWA_RESULT_FAIL, NVDIMM_FWA_RESULT_FAIL,
	};
	struct intel_dimm_activation a = { };

	for (a.state = 0; a.state < ARRAY_SIZE(states); a.state++)
		assert_int_equal(intel_dimm_fwa_state(&a), states[a.state]);
	a.state = 255;
	assert_int_equal(intel_dimm_fwa_state(&a), NVDIMM_FWA_INVALID);
	for (u32 i = 0; i < ARRAY_SIZE(results); i++) {
		a.result = cpu_to_le16(i);
		assert_int_equal(intel_dimm_fwa_result(&a), results[i]);
	}
	a = (struct intel_dimm_activation) { .status = cpu_to_le32(1) };
	assert_int_equal(intel_dimm_fwa_state(&a), NVDIMM_FWA_INVALID);
	assert_int_equal(intel_dimm_fwa_result(&a), NVDIMM_FWA_RESULT_INVALID);
}

TEST(activation__of_the_bus)
{
	struct intel_bus_activation a = { .state = 1, .max_quiesce_us = cpu_to_le64(10) };

	a.activate_us = cpu_to_le64(10);
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_ARMED);
	a.activate_us = cpu_to_le64(11);
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_ARM_OVERFLOW);
	a.state = 0;
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_IDLE);
	a.state = 2;
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_BUSY);
	a.state = 3;
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_INVALID);

	assert_int_equal(intel_bus_fwa_capability(&a), NVDIMM_FWA_CAP_NONE);
	a.capability = 4;
	assert_int_equal(intel_bus_fwa_capability(&a), NVDIMM_FWA_CAP_NONE);
	a.capability = 2;
	assert_int_equal(intel_bus_fwa_capability(&a), NVDIMM_FWA_CAP_LIVE);
	a.capability = 3;
	assert_int_equal(intel_bus_fwa_capability(&a), NVDIMM_FWA_CAP_QUIESCE);
	a.status = cpu_to_le32(2);
	assert_int_equal(intel_bus_fwa_capability(&a), NVDIMM_FWA_CAP_INVALID);
	assert_int_equal(intel_bus_fwa_state(&a), NVDIMM_FWA_INVALID);
}

TEST(activation__failures_have_words)
{
	assert_null(intel_activate_failure(0, false));
	assert_string_equal(intel_activate_failure(0x10006, false), "no DIMM is armed");
	assert_string_equal(intel_activate_failure(0x60006, false), "it was aborted");
	assert_string_equal(intel_activate_failure(0x70006, false), "it failed");
	assert_string_equal(intel_activate_failure(0x00006, false), "it failed");
	assert_string_equal(intel_activate_failure(0x10005, false), "it failed");
	assert_string_equal(intel_activate_failure(0xffff0006, false), "it failed");
	assert_string_equal(intel_activate_failure(0x40006, false), "it would take too long");
	/* which was known to whoever armed more than fits */
	assert_null(intel_activate_failure(0x40006, true));
	assert_string_equal(intel_activate_failure(0x40005, true), "it failed");
	assert_string_equal(intel_activate_failure(0x50006, true), "devices are not idle");
}
