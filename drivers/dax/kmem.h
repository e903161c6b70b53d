/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmem: a dax device as System RAM.
 *
 *	kmem_driver.c	the driver: a device comes and goes
 *	kmem_memory.c	what became RAM: added, removed, kept, adopted
 *	kmem_offline.c	taking a block offline, with a bound
 *	kmem_policy.c	what is admitted: parameters, and the facts
 *	kmem_repair.c	what turns bad meanwhile
 *	kmem_sysfs.c	attributes of a bound device, and of the driver
 *	kmem_blocks.c	memory blocks (pure)
 *	kmem_admit.c	the verdict (pure)
 *
 * A *device*, daxN.M, is the kernel's. Its *memory* is what of it became RAM:
 * the *parts*, one for each of its ranges, trimmed to whole memory blocks; what
 * is trimmed off is *slack*. A block of a part is *in* from when it was added to
 * the kernel until it was removed, and meanwhile online or offline as users say.
 *
 * Who owns what. Nobody can keep the driver core from unbinding a device, and
 * nobody can take RAM away that is in use (requirements G3, X10). So memory
 * belongs to this module, not to the binding: unbinding removes the blocks that
 * are offline, and memory of which some are left is *kept*, with its name in
 * /proc/iomem. A device of the same ranges that is bound later adopts it, with
 * the blocks that are in, and adds the others; for any other use the range is
 * busy. Neither this module nor that of the device's provider, whose entries in
 * /proc/iomem the memory may lie below, can be unloaded while there is memory.
 *
 * Removing (the attribute `remove`) goes on past blocks that refuse, so every
 * attempt leaves fewer of them for the next; those that are in stay usable.
 *
 * Kept memory goes, too, as its blocks are put offline: nobody waits for it.
 *
 * What turns bad while it is RAM (requirements X17): libnvdimm tells, the page is
 * taken from whoever has it, and only when nobody has it the platform is asked to
 * clear it; what was bad and is in use stays bad, or a reader would take zeroes
 * for data. The kernel's own soft offlining is not for modules, and copies.
 *
 * Locks, outermost first:
 *	device lock of the dax device	probe, remove
 *	kmem_list_lock (mutex)		list of memory, and whose it is
 *	kmem_memory.lock (mutex)	which blocks are in
 * The core's device_hotplug_lock and all below it are taken inside these, and
 * nothing of ours is taken inside those (requirements G5). Attributes take no
 * device lock: unbinding waits for them.
 */
#ifndef _DAX_KMEM_H
#define _DAX_KMEM_H

#include <linux/list.h>
#include <linux/memory.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "../nvdimm/range_use.h"
#include "dax_bus.h"
#include "kmem_admit.h"
#include "kmem_blocks.h"

struct memory_dev_type;

/* Name of its RAM in /proc/iomem: by it kexec knows not to take it for RAM at boot. */
#define KMEM_RAM_NAME	"System RAM (kmem)"

/**
 * struct kmem_part - whole memory blocks of one range of a device
 * @range: of the device
 * @span: its blocks
 * @in: those that were added and not removed
 * @res: "daxN.M" in /proc/iomem, while any is in
 */
struct kmem_part {
	struct range range;
	struct kmem_span span;
	u64 *in;
	struct resource *res;
};

/**
 * struct kmem_memory - what of a device became RAM
 * @list: of all there is
 * @lock: see above
 * @dev_dax: the device that is bound, or NULL: kept
 * @name: of the device, for /proc/iomem
 * @provider: module of the driver that has made the device; a reference
 * @nid: NUMA node
 * @mgid: memory group; the kernel puts its blocks online alike
 * @type: speed of the node, for memory tiers
 * @on_memory: its struct pages lie in itself, where the kernel can
 * @closing: its device is being unbound; kmem_list_lock
 * @repair: looks for what has turned bad
 * @repaired: pages that were taken out of use and cleared
 * @nr: of @part
 * @part: one for each range of the device
 */
struct kmem_memory {
	struct list_head list;
	struct mutex lock;	/* see above */
	struct dev_dax *dev_dax;
	char *name;
	struct module *provider;
	int nid;
	int mgid;
	struct memory_dev_type *type;
	bool on_memory;
	bool closing;
	struct work_struct repair;
	atomic_long_t repaired;
	unsigned int nr;
	struct kmem_part part[];
};

static inline u64 kmem_block_start(const struct kmem_part *part, u32 i)
{
	return (part->span.first + i) * memory_block_size_bytes();
}

/* The first block from @i on that is in; span.nr when there is none. */
static inline u32 kmem_next_in(const struct kmem_part *part, u32 i)
{
	while (i < part->span.nr && !kmem_set_has(part->in, i))
		i++;
	return i;
}

/* The bytes of its blocks; false: it has none. */
static inline bool kmem_part_range(const struct kmem_part *part, struct range *range)
{
	range->start = kmem_block_start(part, 0);
	range->end = kmem_block_start(part, part->span.nr) - 1;
	return part->span.nr;
}

/* ---- kmem_memory.c ---- */

int kmem_memory_init(void);
/* There is no memory. */
void kmem_memory_exit(void);

/**
 * kmem_memory_add() - make RAM of a device, adopting what it was before
 * @dev_dax: being bound
 *
 * All of it, or none: what cannot be removed again when a block is refused is
 * kept for the next attempt.
 *
 * Context: process. Return: the memory, or an errno told with nd_fail().
 */
struct kmem_memory *kmem_memory_add(struct dev_dax *dev_dax);

/* Remove what is offline; keep the rest, which is told with nd_fail(). */
void kmem_memory_drop(struct kmem_memory *memory);

/**
 * kmem_memory_remove() - take all of it offline and out of the kernel
 * @memory: of a bound device
 * @limit_ms: after which blocks that are still busy are left alone
 *
 * What goes is gone, whatever else refuses.
 *
 * Context: process; may take as long as @limit_ms, and a second for each block.
 * Return: 0; -EBUSY, -EINTR told with nd_fail(), which names the blocks.
 */
int kmem_memory_remove(struct kmem_memory *memory, unsigned int limit_ms);

/* Blocks there are, those that are in, and those of them that are online. */
struct kmem_census {
	u32 all, in, online;
};

struct kmem_census kmem_memory_census(struct kmem_memory *memory);

/* Bytes of the device's ranges that no whole block covers. */
u64 kmem_memory_slack(const struct kmem_memory *memory);

/* Look for what has turned bad in memory whose device @region is the parent of, soon. */
void kmem_memory_repair(const struct device *region);

/* ---- kmem_policy.c ---- */

/* May the memory of its device be added? 0, or an errno told with dax_fail(). Process context. */
int kmem_policy_admit(const struct kmem_memory *memory);
/* What of it is known now, a line. */
ssize_t kmem_policy_show(const struct kmem_memory *memory, char *buf);

/* ---- kmem_repair.c ---- */

void kmem_repair(struct work_struct *work);
int kmem_repair_init(void);
void kmem_repair_exit(void);

/* ---- kmem_offline.c ---- */

/* Has it memory that may be in use? */
bool kmem_block_online(u64 start, u64 size);

/**
 * kmem_offline_remove() - take one block offline and remove it
 * @start: of the block
 * @size: of a block
 * @limit_ms: after which it is left online
 *
 * Return: 0; -EBUSY: something in it does not move; -EINTR: the caller has a signal.
 */
int kmem_offline_remove(u64 start, u64 size, unsigned int limit_ms);

/* ---- kmem_sysfs.c ---- */

extern const struct attribute_group *kmem_device_groups[];
extern const struct attribute_group *kmem_driver_groups[];

#endif /* _DAX_KMEM_H */
