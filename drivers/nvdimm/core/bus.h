/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nd bus: every DIMM, region, namespace and claim is a device on it.
 *
 *	bus.c		struct nvdimm_bus, the bus_type, matching, probe, remove
 *	device.c	registering and unregistering devices (B2, B3)
 *	command.c	sizes of command buffers (pure)
 *	firmware.c	activation of new DIMM firmware
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
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "common/diag.h"
#include "common/polled.h"
#include "core/lock.h"

/* Children being added or removed. */
struct nd_async {
	atomic_t pending;
	wait_queue_head_t idle;		/* none is pending, or one has been added */
	spinlock_t lock;		/* rank 9 */
	struct list_head adding;	/* jobs of devices that have not been added to the end */
	u64 added;			/* number of the last of them */
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
	struct rw_semaphore clearing;		/* rank 8: poison/badblocks.h */
	struct nd_async async;			/* DIMMs and regions being added */
	struct llist_head failed;		/* and those that could not be: device.c's */
	spinlock_t uuids_lock;			/* rank 9 */
	struct rb_root uuids;			/* nd_ns.by_uuid */
	struct list_head uuids_coming;		/* nd_ns.coming */
	int no_driver;				/* why none has bound */
	/* the provider's job for scrubs, or NULL: poison/scrub.h */
	int (*want_scrub)(struct nvdimm_bus_descriptor *desc, u64 start, u64 len);
};

extern struct bus_type nvdimm_bus_type;

/* As devm_nvdimm_memremap(), whose NULL has no errno: never NULL. */
void *nd_map_devm(struct device *dev, resource_size_t offset, size_t size, unsigned long flags);

/* As nvdimm_bus_register(), whose NULL has no errno: never NULL. */
struct nvdimm_bus *nd_bus_register(struct device *parent, struct nvdimm_bus_descriptor *desc);

struct nvdimm;

/**
 * enum nd_dimm_event - what a DIMM has to say to those above it
 * @ND_DIMM_ARMED: firmware reports that it is armed, or is not any more
 * @ND_DIMM_READY: what waits for it may try again; its device lock may be held
 * @ND_DIMM_WIPE_ASKED: may its contents go? An errno, said of the DIMM, refuses
 * @ND_DIMM_WIPE_BEGINS: nobody uses them, and what CPU caches hold of them must be on the media
 */
enum nd_dimm_event {
	ND_DIMM_ARMED,
	ND_DIMM_READY,
	ND_DIMM_WIPE_ASKED,
	ND_DIMM_WIPE_BEGINS,
};

/**
 * struct nd_device_state - of a device with the attribute `state`
 * @polled: the attribute
 * @bound: a driver has been bound to it, from the end of its probe on
 */
struct nd_device_state {
	struct nd_polled polled;
	bool bound;
};

#define ND_DEVICE_BUS	0	/* beside ND_DEVICE_* of linux/ndctl.h */

/**
 * struct nd_device_type - what the core has to know of a noun
 * @type: name, release, attributes
 * @level: lock class of its devices' locks
 * @id: ND_DEVICE_*, for modalias and match
 * @id_of: instead of @id, where another device decides; or NULL
 * @target_node: the NUMA node it would be as RAM; NULL: its parent's
 * @children: what counts the children that are being added or removed; NULL: it has none
 * @child_bound: a child has been probed, with success or as -EOPNOTSUPP
 * @child_lost: a child could not be added, and is put after this. NULL: it stays, unregistered,
 *	until the bus goes, as a provider has been given a pointer to it
 * @pins: a module that must stay while it is bound, or NULL
 * @dimm_event: of any DIMM of the bus; an errno ends the round
 * @hold: it has struct pages that can outlive its driver
 * @drain: its driver is gone, and they stay; or not any more
 * @unhold: they are gone; so may it be when this returns
 * @state: what its attribute of that name has of it, or NULL: it has none
 *
 * Everything on the nd bus has one. Functions may be NULL where that is not said otherwise.
 */
struct nd_device_type {
	struct device_type type;
	enum nd_level level;
	int id;
	int (*id_of)(const struct device *dev);
	int (*target_node)(struct device *dev);
	struct nd_async *(*children)(struct device *dev);
	void (*child_bound)(struct device *dev, struct device *child);
	void (*child_lost)(struct device *dev, struct device *child);
	struct module *(*pins)(const struct device *dev);
	int (*dimm_event)(struct device *dev, struct nvdimm *nvdimm, enum nd_dimm_event event);
	void (*hold)(struct device *dev);
	void (*drain)(struct device *dev, bool drains);
	void (*unhold)(struct device *dev);
	struct nd_device_state *(*state)(struct device *dev);
};

/* NULL for what is not on the nd bus. */
const struct nd_device_type *nd_type_of(const struct device *dev);

bool is_nvdimm_bus(const struct device *dev);

/* Tell a device's driver, under the device lock. */
void nd_device_notify(struct device *dev, enum nvdimm_event event);

/* Bus of a device on the nd bus, or NULL. No reference is taken: children pin it. */
struct nvdimm_bus *nd_bus_of(struct device *dev);

/* ND_DEVICE_* of a device. */
int nd_device_id(const struct device *dev);

/* Tell all devices of @nvdimm's bus. Return: the first errno. */
int nd_bus_dimm_event(struct device *bus, struct nvdimm *nvdimm, enum nd_dimm_event event);

/* ---- device.c: B2, B3 ---- */

/*
 * nd_device_init() - make @dev a child of @parent on the nd bus
 *
 * device_initialize(), plus bus, a parent reference, node, lock class and the count of children.
 * @dev->type must be set, to that of a struct nd_device_type; its release ends with
 * nd_device_fini().
 */
void nd_device_init(struct device *dev, struct device *parent);

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
void nd_async_reap_failed(struct nvdimm_bus *bus);

/*
 * Wait until everything queued for children of @parent (a bus or a region) has
 * been done. Each parent has a count of its own, so that a region going away
 * never waits for a stranger's probe.
 */
void nd_async_flush(struct device *parent);

/*
 * nd_visit_children() - device_for_each_child() that includes children in their first probe
 *
 * The driver core lists a child only after its first probe. A child may be visited twice, and one
 * that is about to be added may not be registered yet. Waits for nothing itself.
 *
 * Context: as @fn; not under rank 9. Return: the first return value of @fn that is not 0, or 0.
 */
typedef int (*nd_child_fn)(struct device *dev, void *data);
int nd_visit_children(struct device *parent, void *data, nd_child_fn fn);
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

/* nd_bus_set_groups() - attributes of buses. Context: the module's init, before the first bus. */
void nd_bus_set_groups(const struct attribute_group **groups);

/* `commands` of a bus or a DIMM: the names of those in @mask. */
ssize_t nd_commands_show(unsigned long mask, const char *(*name)(unsigned int cmd), char *buf);

extern int nd_dimm_major;				/* dynamic, of /dev/nmemN */

int nvdimm_bus_init(void);

/*
 * The kernel has its own libnvdimm built in, and that has started: ours stands aside. Loading it
 * and drivers of the bus is no error, as whoever enables a device loads what has its alias; nothing
 * comes of it. A bus is refused. nvdimm_bus_look() finds out, and tells the log.
 */
bool nvdimm_bus_look(void);
bool nvdimm_bus_stands_aside(void);
void nvdimm_bus_exit(void);

/*
 * nd_command() - have a provider run a command; @nvdimm NULL: one of the bus
 *
 * Return: bytes of the output that did not come, else a negative errno, of the provider or of what
 * firmware's status says; -ENOTTY: it runs none.
 */
static inline int nd_command(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
			     unsigned int cmd, void *buf, unsigned int len)
{
	int status = 0;
	int rc = desc->ndctl ? desc->ndctl(desc, nvdimm, cmd, buf, len, &status) : -ENOTTY;

	return rc < 0 || status >= 0 ? rc : status;
}

/* Has the provider the commands for a scrub? */
static inline bool nd_scrub_possible(const struct nvdimm_bus_descriptor *provider)
{
	const unsigned long needed = BIT(ND_CMD_ARS_CAP) | BIT(ND_CMD_ARS_START) |
				     BIT(ND_CMD_ARS_STATUS);

	return provider->ndctl && (provider->cmd_mask & needed) == needed;
}

#endif /* _ND_BUS_H */
