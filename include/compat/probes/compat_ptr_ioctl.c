// SPDX-License-Identifier: GPL-2.0
/*
 * compat_ptr_ioctl(): v5.5, 2952db0fd51b ("compat_ioctl: add compat_ptr_ioctl()")
 */
#include <linux/fs.h>

const struct file_operations probe = { .compat_ioctl = compat_ptr_ioctl };
