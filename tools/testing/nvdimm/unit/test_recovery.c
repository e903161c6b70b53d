// SPDX-License-Identifier: GPL-2.0
#include "nd_test.h"
#include "common/recovery.h"

TEST(recovery__is_what_processor_and_kernel_both_can)
{
	static const struct { struct nd_recovery_facts facts; enum nd_recovery want; } row[] = {
		{ { true, true, true, true }, ND_RECOVERY_FULL },
		{ { true, false, true, true }, ND_RECOVERY_COPY_MC },
		{ { true, true, true, false }, ND_RECOVERY_COPY_MC },
		{ { true, true, false, true }, ND_RECOVERY_NONE },
		{ { false, true, true, true }, ND_RECOVERY_NONE },
		{ { }, ND_RECOVERY_NONE },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(nd_recovery_judge(&row[i].facts), row[i].want);
}
