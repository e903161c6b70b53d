// SPDX-License-Identifier: GPL-2.0
/*
 * Who owns a pagemap is told of pages that failed: v6.0,
 * 33a8f7f2b3a3 ("pagemap,pmem: introduce ->memory_failure()")
 */
#include <linux/memremap.h>

void *probe(struct dev_pagemap_ops *ops)
{
	return ops->memory_failure;
}
