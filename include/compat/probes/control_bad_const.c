// SPDX-License-Identifier: GPL-2.0
/* Must not compile: a qualifier is lost where a pointer is passed. */
#include <linux/device.h>

static int takes(struct device *dev)
{
	return !dev;
}

int probe(const struct device *dev);
int probe(const struct device *dev)
{
	return takes(dev);
}
