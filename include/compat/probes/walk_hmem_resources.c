// SPDX-License-Identifier: GPL-2.0
/*
 * dax_hmem makes the devices of soft-reserved ranges: v6.3, 7dab174e2e27
 * ("dax/hmem: Move hmem device registration to dax_hmem.ko")
 * exported: walk_hmem_resources
 */
#include <linux/dax.h>

int probe(struct device *dev, walk_hmem_fn fn)
{
	return walk_hmem_resources(dev, fn);
}
