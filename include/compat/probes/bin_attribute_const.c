// SPDX-License-Identifier: GPL-2.0
/*
 * bin_attribute.read and .write take a const attribute: v6.17,
 * after a transition with read_new/write_new from v6.14 on
 */
#include <linux/sysfs.h>

static ssize_t read(struct file *file, struct kobject *kobj, const struct bin_attribute *attr,
		    char *buf, loff_t off, size_t len)
{
	return 0;
}

struct bin_attribute probe = { .read = read };
