/* SPDX-License-Identifier: GPL-2.0 */
/* The name of v6.12 on, 5f60d5f6bbc1 ("move asm/unaligned.h to linux/unaligned.h"). */
#include <asm/unaligned.h>
