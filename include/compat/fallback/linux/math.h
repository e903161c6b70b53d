/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.11: aa6159ab99a9 ("kernel.h: split out mathematical helpers"). */
#include <linux/kernel.h>
