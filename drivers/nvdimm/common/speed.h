/* SPDX-License-Identifier: GPL-2.0 */
/* How fast memory of a node is, as far as the platform tells: for kmem and for attributes. */
#ifndef _ND_SPEED_H
#define _ND_SPEED_H

#include <linux/types.h>
#include "common/hmat.h"

/**
 * nd_speed_of() - of a node
 * @node: which; it need not be online
 * @speed: out
 *
 * Context: process. Return: is anything known?
 */
bool nd_speed_of(int node, struct nd_speed *speed);

/**
 * nd_speed_show() - as the attribute performance of a device tells it
 * @node: of its memory, or a negative number
 * @buf: of sysfs
 *
 * Context: process. Return: bytes written.
 */
ssize_t nd_speed_show(int node, char *buf);

#endif /* _ND_SPEED_H */
