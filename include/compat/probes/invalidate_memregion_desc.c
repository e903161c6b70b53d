// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_cache_invalidate_memregion() takes a resource descriptor: v6.2 to v6.18,
 * 2d0a80b7b3a4's series introduced it
 */
#include <linux/ioport.h>
#include <linux/memregion.h>

int (*probe)(int) = cpu_cache_invalidate_memregion;
