// SPDX-License-Identifier: GPL-2.0
/*
 * Modules may ask how large a block of memory is: v5.1
 * exported: memory_block_size_bytes
 */
#include <linux/memory.h>

unsigned long probe(void)
{
	return memory_block_size_bytes();
}
