// SPDX-License-Identifier: GPL-2.0
/*
 * A file says by a flag of its operations that MAP_SYNC is meant: v6.10, commit 210a03c9d51a
 */
#include <linux/fs.h>

const struct file_operations probe = { .fop_flags = FOP_MMAP_SYNC };
