/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/bitops.h>

#define ilog2(n)		(fls64(n) - 1)

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}
