/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A claim: the personality a namespace takes on — bttN.M, pfnN.M, daxN.M.
 *
 *	claim.c	struct nd_claim, attach and detach, seeds, common attributes
 *	btt.c	btt device (the arena code is nd_btt's)
 *	pfn.c	pfn and dax devices
 *	open.c	a namespace or claim, as its driver finds it
 *	state.c	what becomes of it, in a word
 *
 * A claim device exists idle (a seed), is configured by sysfs or from an
 * info-block found on media, and takes the namespace when its `namespace`
 * attribute is written. While claim->ndns is set, ndns->claim points back;
 * both change under the region's config lock only. A claim that gives its
 * namespace back, and is no seed, is deleted by the workqueue; its attributes
 * are there until then, but `dying` lets it take nothing any more: what it took
 * would be left with a claim that no longer exists.
 *
 * A claim is held while there are struct pages for its namespace that can
 * outlive its driver: somebody has pinned them. Such a claim is not bound again
 * and does not give the namespace back before the last of them is gone.
 */
#ifndef _ND_CLAIM_H
#define _ND_CLAIM_H

#include <linux/device.h>
#include <linux/types.h>
#include <linux/uuid.h>
#include "layout/info_block.h"
#include "namespace/namespace.h"
#include "region/range_map.h"

enum nd_claim_kind {
	ND_CLAIM_BTT,
	ND_CLAIM_PFN,
	ND_CLAIM_DAX,
};

/* Room for the name of a process. */
#define ND_CLAIM_WHO	64

struct nd_claim {
	struct device dev;
	int id;
	struct nd_namespace_common *ndns;
	bool has_uuid;
	bool held;
	struct nd_range_owner owner;		/* on the range map while it is held */
	char who[ND_CLAIM_WHO];		/* nd_claim_mapped_by() */
	bool dying;
	uuid_t uuid;
	struct nd_device_state state;
};

static inline struct nd_claim *to_nd_claim(const struct device *dev)
{
	return container_of(dev, struct nd_claim, dev);
}

struct nd_btt {
	struct nd_claim claim;
	unsigned long lbasize;
	u64 size;
	int initial_offset;
	u16 version_major, version_minor;
	void *btt;			/* nd_btt's arenas, while bound */
};

static inline struct nd_btt *to_nd_btt(const struct device *dev)
{
	return container_of(to_nd_claim(dev), struct nd_btt, claim);
}

/**
 * struct nd_claim_type - what there is to know of a kind of claim
 * @type: its device type; its release calls nd_claim_release() first
 * @kind: ND_CLAIM_*
 * @name: names the device, "btt" in btt0.1
 * @check: may @claim take @ndns, configured as it is? 0, or an errno told; NULL: any. config held.
 * @reset: back to a blank seed. config held for writing.
 */
struct nd_claim_type {
	struct nd_device_type type;
	enum nd_claim_kind kind;
	const char *name;
	int (*check)(struct nd_claim *claim, struct nd_namespace_common *ndns);
	void (*reset)(struct nd_claim *claim);
};

/* Of a claim type's device type: what does not differ between kinds. */
#define ND_CLAIM_DEVICE(_name, _release, _groups)			\
	.type = {							\
		.name = _name,						\
		.release = _release,					\
		.groups = _groups,					\
	},								\
	.level = ND_LEVEL_CLAIM,					\
	.hold = nd_claim_hold,						\
	.drain = nd_claim_drain,					\
	.unhold = nd_claim_unhold,					\
	.state = nd_claim_state

bool is_nd_claim(const struct device *dev);
/* Of the types of btt and pfn devices. */
int nd_claim_device_id(const struct device *dev);
bool is_nd_btt(const struct device *dev);
bool is_nd_pfn(const struct device *dev);
bool is_nd_dax(const struct device *dev);

/**
 * nd_claim_init() - common part of a new claim device
 * @claim: embedded in the caller's object, zeroed
 * @region: parent
 * @type: its kind
 * @ndns: namespace it was found on, or NULL
 *
 * Context: config held for writing.
 * Return: 0, the device is initialised, not added; or -EBUSY when @ndns is taken, -ENOMEM, -ENOSPC:
 * nothing is initialised, the caller frees its object.
 */
int nd_claim_init(struct nd_claim *claim, struct nd_region *region,
		  const struct nd_claim_type *type, struct nd_namespace_common *ndns);

/* From a device type's release: frees the id. */
void nd_claim_release(struct nd_claim *claim);

/* May a namespace of @class be held by a device of @kind? No class: by any. */
bool nd_claim_admits(enum nvdimm_claim_class class, enum nd_claim_kind kind);

/* 0, or -EBUSY told with nd_refuse(): held, and no driver is bound. */
int nd_claim_draining(struct nd_claim *claim);

/* Give the namespace back. config held for writing. */
void nd_claim_detach(struct nd_claim *claim);

/**
 * nd_claim_hold() - the namespace has pages that may outlive the driver
 * @dev: a claim, being probed, not held
 *
 * Until nd_claim_unhold() the claim is not bound again (-EBUSY) and keeps its
 * namespace and its place on the range map; its device does not go from memory.
 *
 * Context: process, device lock of @claim.
 */
void nd_claim_hold(struct device *dev);

/**
 * nd_claim_drain() - a driver is gone, and pages stay
 * @dev: a claim, held; of a dax device's driver, it may be bound itself
 * @drains: they do; false: not any more
 *
 * What holds until then is told as `draining`. nd_claim_unhold() ends it, too.
 *
 * Context: process, without a lock of a region's configuration.
 */
void nd_claim_drain(struct device *dev, bool drains);

/**
 * nd_claim_mapped_by() - who may be the one that has pinned the pages
 * @dev: a claim, held
 * @who: a process that had them mapped when the driver went, or "": nobody is known
 *
 * What is refused until the pages are let go names it.
 *
 * Context: process.
 */
void nd_claim_mapped_by(struct device *dev, const char *who);

/**
 * nd_claim_unhold() - the last page is gone
 * @dev: a claim, held; may be gone when this returns
 *
 * Context: process.
 */
void nd_claim_unhold(struct device *dev);

/* What its attribute of that name has of it. */
struct nd_device_state *nd_claim_state(struct device *dev);

/*
 * nd_claim_hidden() - bytes of an info-block cannot be read: is it there?
 * @at: byte of the namespace, which is mapped that far, where its signature would be
 *
 * Context: process; takes the labels lock of DIMMs.
 */
enum nd_hidden nd_claim_hidden(struct nd_namespace_common *ndns, u64 at);

/**
 * nd_claim_detect() - does this namespace carry an info-block?
 * @dev: the namespace device, being probed
 * @ndns: mapped for the info-block reserve (nd_ns_map())
 *
 * Tries btt, pfn, dax. When one is found a claim device that owns @ndns is
 * registered.
 *
 * Return: 0 when claimed; -ENODEV when there is none (serve it raw); any other
 * errno: there is one, and it is bad: nd_refuse() has told why. Never overwrites.
 */
int nd_claim_detect(struct device *dev, struct nd_namespace_common *ndns);
int nd_btt_detect(struct device *dev, struct nd_namespace_common *ndns);

/* New idle seed of a kind, or NULL. */
struct device *nd_btt_create(struct nd_region *region);
struct device *nd_pfn_create(struct nd_region *region);
struct device *nd_dax_create(struct nd_region *region);

/*
 * nd_uuid_parse_attr() - a uuid as written to an attribute
 * Return: 0, or -EINVAL told with nd_note().
 */
int nd_uuid_parse_attr(struct device *dev, const char *buf, size_t len, uuid_t *uuid);

/* "512 [4096] ": the sizes to choose from, the chosen one in brackets. */
ssize_t nd_size_choice_show(u64 chosen, const u32 *choice, unsigned int n, char *buf);
/* Parse one of them; -EINVAL names them all. */
int nd_size_choice_parse(struct device *dev, const char *buf, const u32 *choice, unsigned int n,
			 u64 *chosen);

/* namespace, uuid: shared attribute code of the three kinds. */
ssize_t nd_claim_namespace_show(struct device *dev, struct device_attribute *attr, char *buf);
ssize_t nd_claim_namespace_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len);
ssize_t nd_claim_uuid_show(struct device *dev, struct device_attribute *attr, char *buf);
ssize_t nd_claim_uuid_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len);

/* ---- state.c: of namespaces, too ---- */

extern const struct attribute_group nd_state_group;

int nd_state_init(void);
void nd_state_exit(void);

/* ---- configure.c ---- */

struct nd_region;

/*
 * A change as asked for in @buf, of @len bytes; device lock and config are held.
 * Return: 0, or a negative errno told with nd_note() or nd_refuse().
 */
typedef int (*nd_change_fn)(struct device *dev, const char *buf, size_t len);

/*
 * nd_config_store() - change an idle namespace or claim
 * Return: @len, and @dev's last_error is forgotten; -EBUSY when a driver or a claim has it, or
 * what @change returns.
 */
ssize_t nd_config_store(struct device *dev, const char *buf, size_t len, nd_change_fn change);

/* The same for what may change while it is in use, and for regions. */
ssize_t nd_config_store_live(struct device *dev, const char *buf, size_t len,
			     nd_change_fn change);

#endif /* _ND_CLAIM_H */
