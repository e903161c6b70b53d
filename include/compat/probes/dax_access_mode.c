// SPDX-License-Identifier: GPL-2.0
/*
 * direct_access() is told why, and a write may recover what is bad: v5.19,
 * e511c4a3d2a1 ("dax: introduce DAX_RECOVERY_WRITE dax access mode") and
 * 047218ec904d ("dax: add .recovery_write dax_operation")
 */
#include <linux/dax.h>

enum dax_access_mode probe(struct dax_operations *ops)
{
	return ops->recovery_write ? DAX_RECOVERY_WRITE : DAX_ACCESS;
}
