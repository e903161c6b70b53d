/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.16: d2a8ebbf8192 ("kernel.h: split out container_of() and typeof_member() macros"). */
#include <linux/kernel.h>
