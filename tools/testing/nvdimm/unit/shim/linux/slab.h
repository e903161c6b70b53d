/* SPDX-License-Identifier: GPL-2.0 */
/* Contiguous memory ends at 4 MiB, as with pages of 4 KiB. */
#pragma once

#include <linux/sizes.h>
#include <linux/types.h>
#include <stdlib.h>

#define GFP_KERNEL	1u
#define __GFP_NOWARN	2u

static inline void *kmalloc(size_t size, gfp_t flags)
{
	return size <= SZ_4M ? malloc(size) : NULL;
}

static inline void kfree(const void *memory)
{
	free((void *)memory);
}

static inline void *kvmalloc(size_t size, gfp_t flags)
{
	return malloc(size);
}

static inline void kvfree(const void *memory)
{
	free((void *)memory);
}
