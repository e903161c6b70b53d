/* SPDX-License-Identifier: GPL-2.0 */
/* Who uses what persistent memory is: mounts, holders, processes, the kernel itself. */
#ifndef _NDSTACK_USERS_H
#define _NDSTACK_USERS_H

#include <stdio.h>

/*
 * users_tell() - a line "DEVICE: USER" for each use of a disk or dax device of persistent memory
 *
 * Return: how many there are, or a negative errno.
 */
int users_tell(FILE *out);

#endif /* _NDSTACK_USERS_H */
