// SPDX-License-Identifier: GPL-2.0
/*
 * cpu_cache_invalidate_memregion() takes a resource descriptor: v6.2 to v6.18,
 * 1156b4418db0 ("memregion: Add cpu_cache_invalidate_memregion() interface")
 */
#include <linux/ioport.h>
#include <linux/memregion.h>

int (*probe)(int) = cpu_cache_invalidate_memregion;
