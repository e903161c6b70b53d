// SPDX-License-Identifier: GPL-2.0
/*
 * A dax device may be not synchronous: v5.3, fefc1d97fa4b ("libnvdimm: add dax_dev sync flag")
 */
#include <linux/dax.h>

bool probe(struct dax_device *dax)
{
	return dax_synchronous(dax);
}
