/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/limits.h>
#include <linux/types.h>
#include <stdint.h>

/* True when the result does not fit @d's type; the wrapped value is stored anyway. */
#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

/* Saturate: an allocation of SIZE_MAX fails. */
static inline size_t size_mul(size_t a, size_t b)
{
	size_t n;

	return check_mul_overflow(a, b, &n) ? SIZE_MAX : n;
}

static inline size_t size_add(size_t a, size_t b)
{
	size_t n;

	return check_add_overflow(a, b, &n) ? SIZE_MAX : n;
}

#define struct_size(p, member, n) \
	size_add(sizeof(*(p)), size_mul(sizeof((p)->member[0]), n))
