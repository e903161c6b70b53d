/* SPDX-License-Identifier: GPL-2.0 */
/*
 * device_dax: memory that programs map themselves, /dev/daxN.M.
 *
 *	device.c	the driver: a dax device comes and goes
 *	map.c		its memory: reserved, given struct pages, and taken back when no page is
 *			pinned any more
 *	file.c		open, mmap, fsync
 *	fault.c		page faults
 *	extent.h	which memory is behind an offset; pure
 *	holders.c	who maps it, what is pinned, how large its pages are
 *
 * A *map* is one binding of the device. Files opened meanwhile refer to it, not
 * to the device: after it has ended they are dead for good, whatever is bound
 * next. It is *live* from the end of probe to the begin of remove, seen by
 * readers in dax_read_lock(); the core waits for these before it takes the
 * mappings away (kill_dev_dax()).
 *
 * Teardown (requirements X7). The driver core's unbind cannot be refused, and
 * pages can be pinned for as long as a program likes. So remove() ends what is
 * visible at once: no new fault, no mapping, no device node. If a page is pinned
 * after a moment of grace, the map is *draining*: it looks at the pages now and
 * then, and unmaps them when that cannot block. Until then its reservation in
 * /proc/iomem, its provider's hold (struct dax_hold), and our module stay; binding
 * anything to the range is refused with -EBUSY. No task ever waits.
 *
 * That no page is pinned is not for the kernel to say: its memunmap_pages()
 * waits for the last reference on some versions (before v5.18), and on others
 * frees the struct pages under the holder.
 */
#ifndef _DAX_DEVICE_H
#define _DAX_DEVICE_H

#include <linux/bitops.h>
#include <linux/cdev.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/memremap.h>
#include <linux/percpu.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>
#include "dax_bus.h"
#include "device/extent.h"

/* Room for the name of a process. */
#define DAX_WHO		64

/**
 * struct dax_map - one binding of a dax device
 * @kref: the binding's, one for each open file, the drain's
 * @node: in the table of live maps
 * @dev_dax: a reference is held
 * @pgmap: pages of the device: the static device's own, or ours
 * @own_pgmap: ours; the device cannot be asked once it is unbound, its region may be gone
 * @hold: the provider's, or NULL
 * @provider: module of the driver that has made the device
 * @draining_owner: that module, which draining has pinned, or NULL
 * @who: mapped it when it was unbound, if pages were pinned then; or empty
 * @name: of the device, for /proc/iomem
 * @align: size and alignment of every mapping and fault
 * @live: faults and opens are let in, and it is in the table
 * @mapped: there are pages
 * @draining: and the binding has ended
 * @flushing: read: the provider is being asked to make stores durable
 * @cdev: the device node's, from probe to remove
 * @faults: how many there were, all of the size @align
 * @step: so many struct pages are one compound page
 * @chunk_shift: log2 of what pins are looked for in at a time, in pages: 2 MiB, or a page of the
 *	device if that is larger
 * @nr_chunks: of the device, by offset
 * @touched: chunks of which a page has been mapped: nowhere else is one pinned
 * @clean: chunks before this are known to be pinned no more: a pin that is gone cannot return
 * @drain: looks whether the last pin is gone
 * @nr_reserved: so many extents, from the first, are reserved in /proc/iomem
 * @nr_extents: of @extent, sorted by offset
 * @extent: copies, as the device may be resized once it is unbound
 */
struct dax_map {
	struct kref kref;
	struct hlist_node node;
	struct dev_dax *dev_dax;
	struct dev_pagemap *pgmap;
	struct dax_hold *hold;
	struct module *provider;
	struct module *draining_owner;
	char who[DAX_WHO];
	char *name;
	unsigned long align;
	bool live;
	bool mapped;
	bool draining;
	bool own_pgmap;
	struct rw_semaphore flushing;	/* see above */
	struct cdev *cdev;
	unsigned long __percpu *faults;
	unsigned long step;
	unsigned int chunk_shift;
	unsigned long nr_chunks;
	unsigned long *touched;
	unsigned long clean;
	struct delayed_work drain;
	unsigned int nr_reserved;
	unsigned int nr_extents;
	struct dax_extent extent[] __counted_by(nr_extents);
};

/* ---- device.c ---- */

/* The frame of a page that an extent calls @pfn: that one, unless memory is only pretended. */
unsigned long dax_frame(unsigned long pfn);

/* ---- map.c ---- */

/**
 * dax_map_create() - reserve the device's ranges and give them struct pages
 * @dev_dax: being probed
 *
 * Return: the map, not live yet, or an ERR_PTR told with dax_refuse(): -EINVAL: static, and of
 * several ranges or without a pagemap; -EBUSY: a range is in use; -ENOMEM; what memremap_pages()
 * says.
 */
struct dax_map *dax_map_create(struct dev_dax *dev_dax);

/*
 * dax_map_end() - the binding ends: take the pages back, or leave that to the drain
 * Nobody can fault any more, no mapping is left. The binding's reference is put.
 */
void dax_map_end(struct dax_map *map);

void dax_map_put(struct dax_map *map);

/*
 * dax_map_pins() - count the references to pages that are nobody's mapping
 * @each: when given, called with the bytes [offset, offset + len) that @pins are in, 2 MiB or a
 *	page of the device
 */
unsigned long dax_map_pins(struct dax_map *map,
			   void (*each)(void *data, u64 offset, u64 len, unsigned long pins),
			   void *data);

int dax_drain_init(void);
/* Waits until nothing is draining. */
void dax_drain_exit(void);

/* ---- file.c ---- */
/* From now on open() finds it, and faults are let in. Context: process. */
void dax_map_publish(struct dax_map *map);
/* Not any more; mmap() and faults that are running are waited for by kill_dev_dax(). */
void dax_map_retract(struct dax_map *map);
extern const struct file_operations dax_file_ops;
/* Of memory that is durable by flushes: no MAP_SYNC, but fsync() */
extern const struct file_operations dax_async_file_ops;
/* No flush is going on, and none begins; the map is not live any more. */
void dax_end_flushes(struct dax_map *map);
extern const struct address_space_operations dax_address_space_ops;

/* ---- fault.c ---- */
extern const struct vm_operations_struct dax_vm_ops;

/* ---- holders.c ---- */
extern const struct attribute_group *dax_device_groups[];

/* A process that maps the device: "process 4711, postgres", or more than that one; or "". */
void dax_name_mapper(struct dax_map *map, char who[DAX_WHO]);

/* Every process that maps the device gets a SIGKILL. Context: process. */
void dax_kill_holders(struct dax_map *map);

/* A page at @pgoff is about to be mapped, and may be pinned from then on. */
static inline void dax_map_touch(struct dax_map *map, pgoff_t pgoff)
{
	unsigned long chunk = pgoff >> map->chunk_shift;

	/* stored where it is news only: others have the same line in their caches */
	if (!test_bit(chunk, map->touched))
		set_bit(chunk, map->touched);
}

#endif /* _DAX_DEVICE_H */
