// SPDX-License-Identifier: GPL-2.0
/* Which call fails, and how. Pure; see machine.h. */
#include <linux/bits.h>
#include <linux/errno.h>
#include "machine.h"

int mock_fault(struct mock_faults *f, u32 func)
{
	if (func > 31 || !(f->functions & BIT(func)))
		return 0;
	if (f->skip) {
		f->skip--;
		return 0;
	}
	/* the last one of a given number */
	if (f->count && !--f->count)
		f->functions = 0;
	return f->code ?: -EIO;
}
