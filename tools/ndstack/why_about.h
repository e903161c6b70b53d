/* SPDX-License-Identifier: GPL-2.0 */
/* What sysfs knows of a device that something is wrong with. */
#ifndef _NDSTACK_WHY_ABOUT_H
#define _NDSTACK_WHY_ABOUT_H

#include <stddef.h>
#include "users.h"
#include "why.h"

/*
 * why_about() - @dir: of the device, in sysfs; processes are not looked for
 *
 * What is of its region, DIMMs and seeds, is kept from one call to the next of that region.
 */
void why_about(const char *dir, struct why_device *device);

/* why_space() - the namespace that the device is or serves, or "" */
void why_space(const char *dir, char *space, size_t size);

/* why_disk() - the disk of its namespace, without /dev/; false: it has none */
bool why_disk(const struct why_device *device, char *disk, size_t size);

/* why_node() - /dev/pmem0, /dev/dax0.0, or "" */
void why_node(const struct why_device *device, char *node, size_t size);

/* why_node_of() - the same, of a device of the nd bus that a sentence names */
void why_node_of(const char *name, char *node, size_t size);

/*
 * why_processes() - who may keep its memory in use
 *
 * Those that have it open or mapped; where there are none, those with memory that a device pins,
 * and of memory that is RAM those that have some on its node; where there are none of these either,
 * those with bytes in a pipe.
 */
void why_processes(struct why_device *device, const struct users *users);

#endif /* _NDSTACK_WHY_ABOUT_H */
