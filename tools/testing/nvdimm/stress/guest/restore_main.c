// SPDX-License-Identifier: GPL-2.0
/* restore - disable and enable everything, destroy every namespace; 0 when that went well. */
#include <stdio.h>
#include "stress.h"

atomic_bool stop, unloading;
bool faults;

int main(void)
{
	static struct worker w = { .role = "restore", .rng = 1 };
	bool good = restore(&w);

	if (!good)
		book_is_clean();
	return good ? 0 : 1;
}
