/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <stdlib.h>

/* The kernel's is no more stable than qsort() promises to be. */
#define sort(base, num, size, cmp, swap_fn)	qsort(base, num, size, cmp)
