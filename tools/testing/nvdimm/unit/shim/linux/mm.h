/* SPDX-License-Identifier: GPL-2.0 */
/* Kernels before 5.16 declare kvmalloc() here. */
#pragma once

#include <linux/slab.h>
