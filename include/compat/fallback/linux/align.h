/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.11 ALIGN() and its like are in kernel.h. */
#include <linux/kernel.h>
