/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

/* @a is a power of two. */
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define ALIGN(x, a)		ALIGN_DOWN((x) + ((__typeof__(x))(a) - 1), a)
#define IS_ALIGNED(x, a)	(!((x) & ((__typeof__(x))(a) - 1)))
