// SPDX-License-Identifier: GPL-2.0
/* Must not compile: an incompatible callback, as a proof that prototypes are compared. */
#include <linux/device.h>

static int wrong(int a, int b)
{
	return a + b;
}

struct bus_type probe = { .match = wrong };
