// SPDX-License-Identifier: GPL-2.0
/*
 * class_create() lost its module argument: v6.4,
 * 1aaba11da9aa ("driver core: class: remove module * from class_create()")
 */
#include <linux/device.h>

struct class *probe(void)
{
	return class_create("probe");
}
