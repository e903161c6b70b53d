// SPDX-License-Identifier: GPL-2.0
/*
 * copy_mc_to_kernel(): v5.10, and stable kernels before,
 * ec6347bb4339 ("x86, powerpc: Rename memcpy_mcsafe() to copy_mc_to_{user, kernel}()")
 */
#include <linux/string.h>
#include <linux/uaccess.h>

unsigned long probe(void *to, const void *from)
{
	return copy_mc_to_kernel(to, from, 1);
}
