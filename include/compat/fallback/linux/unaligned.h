/* SPDX-License-Identifier: GPL-2.0 */
/* <linux/unaligned.h> is v6.12's name, 5f60d5f6bbc1 ("move asm/unaligned.h to linux/unaligned.h"). */
#include <asm/unaligned.h>
