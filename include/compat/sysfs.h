/* SPDX-License-Identifier: GPL-2.0 */
/* Binary attributes. */
#ifndef COMPAT_SYSFS_H
#define COMPAT_SYSFS_H

#include <linux/sysfs.h>

#ifdef HAVE_BIN_ATTRIBUTE_CONST
#define COMPAT_BIN_RW(fn)
#define compat_bin_rw(fn) (fn)
#else
#define COMPAT_BIN_RW(fn)							\
static ssize_t fn##_plain(struct file *file, struct kobject *kobj,		\
			  struct bin_attribute *attr, char *buf, loff_t off,	\
			  size_t len)						\
{										\
	return fn(file, kobj, attr, buf, off, len);				\
}
#define compat_bin_rw(fn) fn##_plain
#endif

#ifdef HAVE_BIN_ATTRS_CONST
#define compat_bin_attrs(array) (array)
#else
#define compat_bin_attrs(array) ((struct bin_attribute **)(array))
#endif

#endif
