/* SPDX-License-Identifier: GPL-2.0 */
/* glibc's <errno.h> comes by here: nothing but macros. */
#pragma once

#include_next <linux/errno.h>

#define ENOTSUPP	524
