// SPDX-License-Identifier: GPL-2.0
/*
 * huge_fault() gets an order, not an enum page_entry_size: v6.6, commit 1d024e7a8dab
 *
 * To the compiler that enum is an unsigned int, so the function's type proves
 * nothing; that its name is free again does.
 */
#include <linux/mm.h>

enum page_entry_size { ORDER_TAKES_ITS_PLACE };

static vm_fault_t fault(struct vm_fault *vmf, unsigned int order)
{
	return order ? VM_FAULT_FALLBACK : ORDER_TAKES_ITS_PLACE;
}

const struct vm_operations_struct probe = { .huge_fault = fault };
