// SPDX-License-Identifier: GPL-2.0
/*
 * hibernate_quiet_exec(): v5.9,
 * 48001ea50d17 ("PM, libnvdimm: Add runtime firmware activation support")
 */
#include <linux/suspend.h>

int probe(int (*fn)(void *data))
{
	return hibernate_quiet_exec(fn, NULL);
}
