/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks whose module may be unloaded.
 *
 * Who has a disk open holds the module of its operations. Who closes it gives that back
 * before the disk's own reference, and the last of these asks the operations once more. So
 * the module ends when it has no disk that could ask: it counts them, and the last step of a
 * disk's life is a function of nd_common, which is there for longer.
 */
#ifndef _ND_DISKS_H
#define _ND_DISKS_H

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/container_of.h>

/**
 * struct nd_disks - the operations of a module's disks, and how many disks have them
 * @ops: with nd_disk_gone() as COMPAT_DISK_FREE()
 * @there: disks that were added, and are not gone
 */
struct nd_disks {
	const struct block_device_operations ops;
	atomic_t there;
};

/* Those that a disk with their operations is of. */
static inline struct nd_disks *nd_disks_of(const struct gendisk *disk)
{
	return container_of(disk->fops, struct nd_disks, ops);
}

/**
 * nd_disk_added() - device_add_disk() has succeeded
 * @disk: with operations of a struct nd_disks
 *
 * Context: any; the caller holds a reference on the disk.
 */
static inline void nd_disk_added(const struct gendisk *disk)
{
	if (compat_disk_is_freed_by_ops())
		atomic_inc(&nd_disks_of(disk)->there);
}

/**
 * nd_disk_gone() - of disk operations: .free_disk
 * @disk: the kernel asks its operations for nothing after this
 *
 * Context: any.
 */
void nd_disk_gone(struct gendisk *disk);

/**
 * nd_disks_wait() - until all disks of a module are gone
 * @disks: of a module that is being unloaded: nobody has one open, so what is left are a few
 *	steps of a close
 *
 * Context: process; the module's disks were removed.
 */
void nd_disks_wait(struct nd_disks *disks);

#endif /* _ND_DISKS_H */
