/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.17: fe45e630a103 ("block: move integrity handling out of <linux/blkdev.h>"). */
#include <linux/blkdev.h>
