/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.8: ca5999fde0a1 ("mm: introduce include/linux/pgtable.h"). */
#include <linux/mm.h>
#include <asm/pgtable.h>
