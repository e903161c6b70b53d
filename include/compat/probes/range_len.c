// SPDX-License-Identifier: GPL-2.0
/*
 * range_len(): v5.10
 */
#include <linux/types.h>
#include <linux/range.h>

u64 probe(const struct range *range)
{
	return range_len(range);
}
