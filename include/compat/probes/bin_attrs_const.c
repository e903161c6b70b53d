// SPDX-License-Identifier: GPL-2.0
/*
 * attribute_group.bin_attrs is an array of const pointers to const: v6.17
 */
#include <linux/sysfs.h>

static const struct bin_attribute *const attrs[] = { NULL };

struct attribute_group probe = { .bin_attrs = attrs };
