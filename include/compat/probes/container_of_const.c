// SPDX-License-Identifier: GPL-2.0
/*
 * container_of_const(), which keeps a const: v6.2, and stable kernels before
 */
#include <linux/kernel.h>

struct probe {
	int member;
};

const struct probe *probe(const int *member)
{
	return container_of_const(member, struct probe, member);
}
