/* SPDX-License-Identifier: GPL-2.0 */
/* Stand-ins: a bit at a time, so that nothing is clever. */
#pragma once

#include <linux/bitops.h>

#define smp_wmb()	__asm__ volatile("" ::: "memory")

static inline unsigned long find_bit_as(const unsigned long *bits, unsigned long size,
					unsigned long i, bool want)
{
	while (i < size && test_bit(i, bits) != want)
		i++;
	return i < size ? i : size;
}

#define find_next_bit(bits, size, first)	find_bit_as(bits, size, first, true)
#define find_next_zero_bit(bits, size, first)	find_bit_as(bits, size, first, false)

static inline bool bitmap_empty(const unsigned long *bits, unsigned long size)
{
	return find_next_bit(bits, size, 0) == size;
}

static inline bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned long size)
{
	for (unsigned long i = 0; i < size; i++)
		if (test_bit(i, a) != test_bit(i, b))
			return false;
	return true;
}

static inline void bitmap_set(unsigned long *bits, unsigned long first, unsigned long n)
{
	for (unsigned long i = first; i < first + n; i++)
		bits[i / 64] |= 1ul << (i % 64);
}

static inline void bitmap_clear(unsigned long *bits, unsigned long first, unsigned long n)
{
	for (unsigned long i = first; i < first + n; i++)
		bits[i / 64] &= ~(1ul << (i % 64));
}

static inline void bitmap_zero(unsigned long *bits, unsigned long size)
{
	bitmap_clear(bits, 0, size);
}
