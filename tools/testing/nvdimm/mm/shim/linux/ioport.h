/* SPDX-License-Identifier: GPL-2.0 */
/* A range. */
#pragma once

#include <linux/types.h>

struct resource {
	u64 start, end;
};

static inline u64 resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}
