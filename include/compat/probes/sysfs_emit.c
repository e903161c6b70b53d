// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_emit(): v5.10, 2efc459d06f1 ("sysfs: Add sysfs_emit and sysfs_emit_at to format sysfs
 * output"), and stable kernels before
 */
#include <linux/sysfs.h>

int probe(char *buf)
{
	return sysfs_emit(buf, "%d\n", sysfs_emit_at(buf, 0, "probe"));
}
