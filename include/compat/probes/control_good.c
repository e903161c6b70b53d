// SPDX-License-Identifier: GPL-2.0
/* Must compile: as little as a probe can be, as a proof that the tool chain works. */
#include <linux/device.h>

static int unused(void)
{
	return 0;
}

int probe(struct device *dev)
{
	return dev ? 1 : 0;
}
