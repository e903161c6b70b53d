/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <asm/byteorder.h>
#include <linux/types.h>

#define SHIM_UNALIGNED(bits)						\
static inline u##bits get_unaligned_le##bits(const void *p)		\
{									\
	__le##bits v;							\
									\
	__builtin_memcpy(&v, p, sizeof(v));				\
	return le##bits##_to_cpu(v);					\
}									\
									\
static inline void put_unaligned_le##bits(u##bits val, void *p)		\
{									\
	__le##bits v = cpu_to_le##bits(val);				\
									\
	__builtin_memcpy(p, &v, sizeof(v));				\
}

SHIM_UNALIGNED(16)
SHIM_UNALIGNED(32)
SHIM_UNALIGNED(64)

#undef SHIM_UNALIGNED
