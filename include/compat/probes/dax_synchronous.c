// SPDX-License-Identifier: GPL-2.0
/*
 * A dax device may be not synchronous, and older kernels ask it what a filesystem may do: v5.3,
 * fefc1d97fa4b ("libnvdimm: add dax_dev sync flag"), and v5.2,
 * 7bf7eac8d648 ("dax: Arrange for dax_supported check to span multiple devices")
 */
#include <linux/dax.h>

bool probe(struct dax_device *dax)
{
	return dax_synchronous(dax);
}
