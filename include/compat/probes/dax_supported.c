// SPDX-License-Identifier: GPL-2.0
/*
 * A dax device is asked what a filesystem may do on it: from v5.2 to v5.15,
 * 7bf7eac8d648 ("dax: Arrange for dax_supported check to span multiple devices")
 */
#include <linux/dax.h>

void *probe(struct dax_operations *ops)
{
	return ops->dax_supported;
}
