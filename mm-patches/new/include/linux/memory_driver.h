/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RAM that is there only while a driver says so. <linux/memory_hotplug.h> includes this; code is in
 * mm/memory_hotplug.c.
 */
#ifndef _LINUX_MEMORY_DRIVER_H
#define _LINUX_MEMORY_DRIVER_H

#include <linux/types.h>

/* Of its resource: it is in no map that the next kernel gets, nor a place to load that to. */
#define IORESOURCE_SYSRAM_DRIVER_MANAGED	0x02000000

/**
 * add_memory_driver_managed() - add memory that is a driver's
 * @nid: its node
 * @start: of whole memory blocks
 * @size: of them
 * @name: "System RAM (DRIVER)", which has to stay until it is removed
 *
 * Return: 0; -EINVAL: it is not of that form; -EEXIST: the range is somebody's; or what
 * add_memory() returns.
 */
int add_memory_driver_managed(int nid, u64 start, u64 size, const char *name);

/**
 * offline_and_remove_memory() - take a memory block offline and remove it
 * @nid: the node that it was added to
 * @start: of the block, which the caller has added
 * @size: of a block
 *
 * Context: process. As long as something in it does not move, until the kernel gives up or the
 * caller has a signal.
 * Return: 0; -EINVAL: that is no block that is there; -EBUSY, -EINTR: it is as it was.
 */
int offline_and_remove_memory(int nid, u64 start, u64 size);

#endif /* _LINUX_MEMORY_DRIVER_H */
