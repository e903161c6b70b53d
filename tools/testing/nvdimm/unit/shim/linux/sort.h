/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_SORT_H
#define _SHIM_LINUX_SORT_H

#include <stdlib.h>

/* The kernel's is no more stable than qsort() promises to be. */
#define sort(base, num, size, cmp, swap_fn)	qsort(base, num, size, cmp)

#endif
