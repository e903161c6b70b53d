/* SPDX-License-Identifier: GPL-2.0 */
/* Binary attributes. */
#ifndef COMPAT_SYSFS_H
#define COMPAT_SYSFS_H

#include <linux/sysfs.h>

typedef ssize_t (*compat_bin_rw_new)(struct file *, struct kobject *,
				     const struct bin_attribute *, char *, loff_t, size_t);

#ifdef HAVE_BIN_ATTRIBUTE_CONST
typedef compat_bin_rw_new compat_bin_rw_old;
#else
typedef ssize_t (*compat_bin_rw_old)(struct file *, struct kobject *,
				     struct bin_attribute *, char *, loff_t, size_t);
#endif
#define compat_bin_rw(fn) COMPAT_FN(compat_bin_rw_new, compat_bin_rw_old, fn)

#ifdef HAVE_BIN_ATTRS_CONST
#define compat_bin_attrs(array) (array)
#else
#define compat_bin_attrs(array) ((struct bin_attribute **)(array))
#endif

#endif
