/* SPDX-License-Identifier: GPL-2.0 */
/* glibc's <limits.h> comes by here: nothing but macros. */
#pragma once

#include_next <linux/limits.h>

#define U32_MAX		((__UINT32_TYPE__)~0)
#define U64_MAX		(~0ull)
#define S32_MAX		((__INT32_TYPE__)(U32_MAX >> 1))
#define S64_MAX		((long long)(U64_MAX >> 1))
