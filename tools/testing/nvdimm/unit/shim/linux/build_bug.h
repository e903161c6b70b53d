/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/compiler.h>

#undef static_assert
#define static_assert(expr, ...)	_Static_assert(expr, "" __VA_ARGS__)
