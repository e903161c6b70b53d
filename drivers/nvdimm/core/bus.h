/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nd bus: every DIMM, region, namespace and claim is a device on it.
 *
 *	bus.c			struct nvdimm_bus, the bus_type, matching, probe, remove
 *	device.c		registering and unregistering devices (B2, B3)
 *	ioctl.c			/dev/ndctlN, /dev/nmemN
 *	command.c		sizes of command buffers (pure)
 *	firmware.c		activation of new DIMM firmware
 *	poison/recovery.c	what reading poison does to the machine
 *
 * Lifetime: a provider registers a bus (nvdimm_bus_register) and unregisters
 * it; the struct lives until the last device reference is put. Children hold a
 * reference on their parent from initialisation to release.
 */
#ifndef _ND_BUS_H
#define _ND_BUS_H

#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/llist.h>
#include <linux/nd.h>
#include <linux/ndctl.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "core/lock.h"
#include "core/diag.h"

/* Children being added or removed. */
struct nd_async {
	atomic_t pending;
	wait_queue_head_t idle;		/* none is pending, or one has been added */
	spinlock_t lock;		/* rank 9 */
	struct list_head adding;	/* jobs of devices that have not been added to the end */
};

struct nvdimm_bus {
	struct nvdimm_bus_descriptor *desc;	/* the provider's */
	struct device dev;
	int id;
	struct list_head list;			/* nd_bus_list; on it while ioctls are let in */
	atomic_t ioctls;			/* in flight (B5) */
	wait_queue_head_t idle;			/* ioctls reached zero */
	struct mutex commands;			/* rank 0: ioctl.c's */
	struct list_head maps;
	struct mutex maps_lock;
	struct badrange badrange;
	struct nd_async async;			/* DIMMs and regions being added */
	struct llist_head stillborn;		/* and those that could not be: device.c's */
	spinlock_t uuids_lock;			/* rank 9 */
	struct rb_root uuids;			/* nd_ns.by_uuid */
	int no_driver;				/* why none has bound */
	/* the provider's job for scrubs, or NULL: poison/scrub.h */
	int (*want_scrub)(struct nvdimm_bus_descriptor *desc, u64 start, u64 len);
};

extern struct bus_type nvdimm_bus_type;

/* As devm_nvdimm_memremap(), whose NULL has no errno: never NULL. */
void *nd_map_devm(struct device *dev, resource_size_t offset, size_t size, unsigned long flags);

/* As nvdimm_bus_register(), whose NULL has no errno: never NULL. */
struct nvdimm_bus *nd_bus_register(struct device *parent, struct nvdimm_bus_descriptor *desc);

bool is_nvdimm_bus(const struct device *dev);

/*
 * Poison at [addr, addr + len) is gone: forget it, in the bus and in its regions' badblocks. No
 * lock of rank 2 or above.
 */
void nd_bus_cleared(struct nvdimm_bus *bus, u64 addr, u64 len);

/* Tell a device's driver, under the device lock. */
void nd_device_notify(struct device *dev, enum nvdimm_event event);

/* Bus of a device on the nd bus, or NULL. No reference is taken: children pin it. */
struct nvdimm_bus *nd_bus_of(struct device *dev);

/* ND_DEVICE_* of a device, 0 when it is none a driver could bind. */
int nd_device_type(const struct device *dev);

/* ---- device.c: B2, B3 ---- */

/*
 * nd_device_init() - make @dev a child of @parent on the nd bus
 * @level: lock class of its device lock
 *
 * device_initialize(), plus bus, a parent reference, node and lock class.
 * @dev->type must be set; its release ends with nd_device_fini().
 */
void nd_device_init(struct device *dev, struct device *parent, enum nd_level level);

/* Last act of a release function before it frees @dev: forget its last_error, put the parent. */
void nd_device_fini(struct device *dev);

/*
 * Add @dev soon; the caller's reference stays its own. Any lock may be held that allows to
 * allocate memory.
 */
void nd_device_add_async(struct device *dev);
/* Add @dev now. */
int nd_device_add(struct device *dev);

/* Have @dev matched with drivers again, soon. Any lock may be held that allows to allocate. */
void nd_device_attach_async(struct device *dev);

/*
 * nd_device_kill() - unregister @dev, by whoever comes first
 *
 * Safe against any other caller: exactly one wins (B2), losers return at once.
 * Context: may sleep; no rank >= 5; not from an attribute of @dev itself.
 */
void nd_device_kill(struct device *dev);

/* The same from @dev's own attribute: claimed now, done soon. Caller holds the device lock. */
void nd_device_kill_async(struct device *dev);

/*
 * Let go of the DIMMs and regions that could not be added. Until then their
 * provider's pointers are valid. Nothing is queued for @bus any more.
 */
void nd_stillborn_bury(struct nvdimm_bus *bus);

/*
 * Wait until everything queued for children of @parent (a bus or a region) has
 * been done. Each parent has a count of its own, so that a region going away
 * never waits for a stranger's probe.
 */
void nd_async_flush(struct device *parent);
void nd_async_init(struct nd_async *async);
int nd_async_start(void);	/* when the module comes and goes */
void nd_async_stop(void);

/* ---- attributes every nd device has: modalias, devtype, numa nodes, last_error ---- */
extern const struct attribute_group nd_device_group;
extern const struct attribute_group nd_numa_group;
extern const struct attribute_group nd_bus_firmware_group;
/*
 * What a provider says of firmware, a state, a result or a capability, may be an errno: that its
 * memory was short does not make it unknown, or not to be had. Return: that, or 0.
 */
static inline int nd_firmware_errno(unsigned int said)
{
	return (int)said < 0 ? (int)said : 0;
}

/* The word for the state of a bus or a DIMM; -ENXIO: there is none. */
ssize_t nd_firmware_state_show(enum nvdimm_fwa_state state, char *buf);
extern struct device_attribute dev_attr_mce_recovery;	/* of the bus device */

/* `commands` of a bus or a DIMM: the names of those in @mask. */
ssize_t nd_commands_show(unsigned long mask, const char *(*name)(unsigned int cmd), char *buf);

/* ---- ioctl.c ---- */
int nd_ioctl_init(void);
void nd_ioctl_exit(void);
int nd_bus_node_create(struct nvdimm_bus *bus);		/* /dev/ndctlN */
void nd_bus_node_destroy(struct nvdimm_bus *bus);	/* refuses new, waits for running ioctls */
extern int nd_dimm_major;				/* dynamic, of /dev/nmemN */

int nvdimm_bus_init(void);
void nvdimm_bus_exit(void);

#endif /* _ND_BUS_H */
