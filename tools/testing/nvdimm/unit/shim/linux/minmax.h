/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

/* Strict about types like the kernel's: a mixture does not compile. */
#define shim_pick(op, a, b) ({						\
	__auto_type _a = (a);						\
	__auto_type _b = (b);						\
	_Static_assert(__builtin_types_compatible_p(__typeof__(_a), __typeof__(_b)) || \
		       __builtin_constant_p(a) || __builtin_constant_p(b), \
		       "min/max of different types");			\
	_a op _b ? _a : _b; })

#define min(a, b)		shim_pick(<, a, b)
#define max(a, b)		shim_pick(>, a, b)
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min3(a, b, c)		min(min(a, b), c)
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define clamp_t(type, v, lo, hi) min_t(type, max_t(type, v, lo), hi)

#define swap(a, b) do {			\
	__auto_type _tmp = (a);		\
	(a) = (b);			\
	(b) = _tmp;			\
} while (0)
