/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmem: a dax device as System RAM.
 *
 *	kmem.c		the driver: a device comes and goes
 *	memory.c	what became RAM: whose it is; added, kept, adopted, removed
 *	node.c		nodes that an administrator has chosen
 *	job.c		what is done about it, and when
 *	parts.c		its blocks: added, taken offline with a bound, removed, held, zeroed
 *	policy.c	what is admitted: parameters, and the facts
 *	repair.c	what turns bad while it is RAM; what is cleared does not go online
 *	sysfs.c		attributes of a bound device, and of the driver
 *	blocks.c	memory blocks (pure)
 *	admit.c		the verdict (pure)
 *	page.c		does anybody have a page (pure)
 *	tier.c		how far it is, by its speed (pure)
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
 * busy, holes included. Neither this module nor that of the device's provider,
 * whose entries in /proc/iomem the memory may lie below, can be unloaded while
 * there is memory.
 *
 * Adding. First the range is reserved, so that nobody else uses it, then what is
 * asked of it is looked at, then, if nothing else is in the way, what is bad is
 * cleared, and then blocks are added. A scrub may take hours, and nobody waits
 * for it: the device is bound, its memory *waits*, and is RAM or *refused* when
 * the scrub is over.
 *
 * Removing (the attribute `remove`) goes on past blocks that refuse, so every
 * attempt leaves fewer of them for the next; those that are in stay usable. Kept
 * memory goes, too, as its blocks are put offline: nobody waits for it.
 *
 * Whoever binds or unbinds a device may hold the kernel's device_hotplug_lock: ACPI
 * does when it plugs and unplugs, and adding and removing memory takes it. So that is
 * left to the *job*, a work item of the memory, and waited for as long as it gets on.
 * If it does not, it ends when the lock is free.
 *
 * What turns bad while it is RAM (requirements X17), of a device or kept: libnvdimm
 * tells, the page is taken from whoever has it, and only when nobody has it the
 * platform is asked to clear it; what was bad and is in use stays bad, or a reader
 * would take zeroes for data. The kernel's own soft offlining is not for modules,
 * and copies.
 *
 * Locks, outermost first:
 *	device lock of the dax device	probe, remove
 *	kmem_memory.asking (mutex)	its device's provider is being asked
 *	device lock of the region	tried only: it is there, and has its driver
 *	kmem_memory.lock (mutex)	which blocks are in. Never taken where a device is
 *					bound or unbound, or after a region's: tried
 *	kmem_list_lock (mutex)		list of memory, and whose it is
 *	clearing_lock (mutex)		what is being cleared, and the block that comes (repair.c)
 *	choices_lock (mutex)		nodes of regions, inside the device locks of a region and
 *					of its devices
 * device_hotplug_lock and all of the kernel's below it are taken inside
 * kmem_memory.lock, and kmem_list_lock inside these (requirements G5). Attributes
 * take no device lock: unbinding waits for them, but for `remove`.
 */
#ifndef _DAX_KMEM_H
#define _DAX_KMEM_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/memory.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "common/polled.h"
#include "common/range.h"
#include "dax_bus.h"
#include "kmem/admit.h"
#include "kmem/blocks.h"
#include "kmem/page.h"

struct memory_dev_type;

/* Name of its RAM in /proc/iomem: by it kexec knows not to take it for RAM at boot. */
#define KMEM_RAM_NAME	"System RAM (kmem)"

/* Room for the names of blocks in a message. */
#define KMEM_NAMES_SIZE	256

/**
 * struct kmem_part - whole memory blocks of one range of a device
 * @range: of the device
 * @span: its blocks
 * @in: those that were added and not removed
 * @held: those that were removed, and are nobody else's
 * @used: those that were online since they were added; kmem_list_lock
 * @res: "daxN.M" in /proc/iomem, while any is in or is about to be
 * @open: it is not busy, so that System RAM can lie below
 * @rest: blocks from @rest_from on, which were never added
 * @rest_from: the first of them
 */
struct kmem_part {
	struct range range;
	struct kmem_span span;
	u64 *in;
	u64 *held;
	u64 *used;
	struct resource *res;
	bool open;
	struct resource *rest;
	u32 rest_from;
};

/**
 * struct kmem_memory - what of a device became RAM
 * @list: of all there is
 * @kref: the list's, and of whoever works on it without being sure of its device
 * @lock: see above
 * @asking: see above
 * @dev_dax: the device that is bound, or NULL: kept; kmem_list_lock
 * @state: while it is bound; kmem_list_lock
 * @polled: the attribute `kmem_state` of @dev_dax; kmem_list_lock
 * @result: of the job; -EINPROGRESS: it waits for a scrub
 * @settled: the job has come that far
 * @job: job.c
 * @region: that it lies in, a reference, or NULL; kmem_list_lock
 * @name: of the device, for /proc/iomem
 * @provider: module of the driver that has made the device; a reference
 * @nid: NUMA node
 * @mgid: memory group; the kernel puts its blocks online alike
 * @type: speed of the node, for memory tiers
 * @on_memory: its struct pages lie in itself, where the kernel can
 * @scrubbing: @scrub is under way; @asking, as all about it
 * @scrub_part: that is being scrubbed
 * @scrub: of it
 * @scrub_rc: what came of it, -EINPROGRESS until it is over
 * @unscrubbed: 0, or why the last scrub that was asked for was none
 * @scrub_end: jiffies when all of it has taken too long
 * @repair: looks for what has turned bad
 * @repaired: pages that were taken out of use and cleared
 * @nr: of @part
 * @part: one for each range of the device
 */
struct kmem_memory {
	struct list_head list;
	struct kref kref;
	struct mutex lock;	/* see above */
	struct mutex asking;	/* see above */
	struct dev_dax *dev_dax;
	enum kmem_state state;
	struct nd_polled polled;
	int result;
	struct completion settled;
	struct delayed_work job;
	struct device *region;
	char *name;
	struct module *provider;
	int nid;
	int mgid;
	struct memory_dev_type *type;
	bool on_memory;
	bool scrubbing;
	unsigned int scrub_part;
	struct nd_scrub_request scrub;
	int scrub_rc;
	int unscrubbed;
	unsigned long scrub_end;
	struct delayed_work repair;
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

/* ---- memory.c ---- */

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
 * Context: process. Return: the memory, which may have to wait still, or an errno told with
 * nd_refuse().
 */
struct kmem_memory *kmem_memory_add(struct dev_dax *dev_dax);

/* @dev_dax is unbound. Remove what is offline; keep the rest, which is told with nd_refuse(). */
void kmem_memory_drop(struct kmem_memory *memory, struct dev_dax *dev_dax);

/**
 * kmem_memory_remove() - take all of it offline and out of the kernel
 * @memory: the caller's reference
 * @limit_ms: after which blocks that are still busy are left alone
 *
 * What goes is gone, whatever else refuses.
 *
 * Context: process; may take as long as @limit_ms, and a second for each block.
 * Return: 0; -EBUSY, -EINTR told with nd_refuse(), which names the blocks.
 */
int kmem_memory_remove(struct kmem_memory *memory, unsigned int limit_ms);

void kmem_memory_get(struct kmem_memory *memory);
void kmem_memory_put(struct kmem_memory *memory);

/* The job has come to a result for @dev_dax. False: that is not wanted any more. */
bool kmem_memory_settle(struct kmem_memory *memory, struct dev_dax *dev_dax, int rc);
/* Nobody has it: remove what is offline, and forget it when nothing is left. From the job. */
void kmem_memory_sweep(struct kmem_memory *memory);
/* Have the job run, after @delay jiffies at the latest, if it has a device. */
void kmem_memory_queue(struct kmem_memory *memory, unsigned long delay);

enum kmem_state kmem_memory_state(const struct kmem_memory *memory);

struct kmem_census kmem_memory_census(struct kmem_memory *memory);
/* The attributes may have changed: wakes pollers of `kmem_state`. Takes kmem_list_lock. */
void kmem_memory_changed(struct kmem_memory *memory);

/* Bytes of the device's ranges that no whole block covers. */
u64 kmem_memory_slack(const struct kmem_memory *memory);

/* Does memory that no device has lie in that range? */
bool kmem_memory_kept_in(const struct range *range);

/* Look for what has turned bad in memory that lies there, soon. */
void kmem_memory_repair(const struct nd_poison_event *event);
void kmem_memory_repair_later(struct kmem_memory *memory, unsigned long delay);

/* Whose it is; these take kmem_list_lock. */

extern struct mutex kmem_list_lock;

/* dax_refuse() of the device, if it has one; else to the kernel log. */
__printf(4, 5)
int kmem_refuse(struct kmem_memory *memory, int err, enum nd_reason reason, const char *fmt, ...);
/* dax_remark(), likewise. */
#define kmem_remark(...)	((void)kmem_refuse(__VA_ARGS__))

/* Is it to become RAM of a device still? */
bool kmem_memory_wanted(struct kmem_memory *memory);
/* Its device, or NULL. It may be unbound any moment, unless kmem_memory.asking is held. */
struct dev_dax *kmem_memory_device(struct kmem_memory *memory);
/* The region it lies in, of nd_range_hold(). */
struct device *kmem_memory_region(struct kmem_memory *memory);

/* Was block @b of that part online since it was last asked? */
bool kmem_memory_was_used(struct kmem_part *part, u32 b);

/* ---- node.c ---- */

/* Dax regions of this range have that node from now on. Context: process. Return: 0, -ENOMEM. */
int kmem_node_choose(const struct dax_region *region, int node);
/* @driver is registered. Return: 0, or -errno. */
int kmem_node_init(const struct dax_device_driver *driver);
void kmem_node_exit(const struct dax_device_driver *driver);

/* ---- job.c ---- */

void kmem_job_init(struct kmem_memory *memory);
/* No scrub is waited for, and the provider of the device is not being asked, when this returns. */
void kmem_job_stop_scrub(struct kmem_memory *memory);
/* Adds how many bytes of how many a scrub has done that is under way. Waits for nobody. */
void kmem_job_scrubs(struct kmem_memory *memory, u64 *done, u64 *all);

/* ---- parts.c: takes kmem_memory.lock ---- */

/* Nobody else uses it. 0, or -EBUSY told with kmem_refuse(). */
int kmem_parts_reserve(struct kmem_memory *memory);
/* Add all blocks that are not in, as long as they are wanted; -ESTALE: they are not any more. */
int kmem_parts_add(struct kmem_memory *memory);
void kmem_parts_remove_offline(struct kmem_memory *memory);
/* Take offline and remove, until it has taken @limit_ms. -EINTR: the caller has a signal. */
int kmem_parts_remove(struct kmem_memory *memory, unsigned int limit_ms);

/* Blocks there are, and those that are in: without a lock, as far as is known. */
u32 kmem_blocks(const struct kmem_memory *memory);
u32 kmem_blocks_in(const struct kmem_memory *memory);
/* Those that are in; @names has KMEM_NAMES_SIZE. */
void kmem_name_blocks(const struct kmem_memory *memory, char *names);

/* Has this block memory that may be in use? */
bool kmem_block_online(u64 start, u64 size);

/* ---- policy.c ---- */

/*
 * May the blocks that are not in be added? @scrub: 0, or why they were not scrubbed, where that is
 * asked for. 0, or an errno told with dax_refuse(). Process context; kmem_memory.asking is held.
 */
int kmem_policy_admit(const struct kmem_memory *memory, struct dev_dax *dev_dax, int scrub);
/* How far is memory of a node, for the kernel's tiers? */
int kmem_policy_distance(int node);
/* Does it ask for a scrub, and for how many jiffies is that waited? */
bool kmem_policy_scrubs(void);
unsigned long kmem_policy_scrub_limit(void);
/* What of it is known now, a line; of a scrub, @done bytes of @all, unless that is 0. */
ssize_t kmem_policy_show(const struct kmem_memory *memory, struct dev_dax *dev_dax, u64 done,
			 u64 all, char *buf);

/* ---- repair.c ---- */

void kmem_repair(struct work_struct *work);
/*
 * Pages of @block, which is going offline, that the kernel has unmapped for their poison: no one
 * remembers which they were when it is online again, or is somebody else's.
 */
void kmem_map_again(const struct range *block);
int kmem_repair_init(void);
void kmem_repair_exit(void);

/* ---- sysfs.c ---- */

extern const struct attribute_group *kmem_device_groups[];
extern const struct attribute_group *kmem_driver_groups[];

#endif /* _DAX_KMEM_H */
