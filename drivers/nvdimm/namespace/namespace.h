/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A namespace: capacity of a region that has, or can have, a driver.
 *
 *	namespace.c		struct nd_ns, birth and death of the device; uuids, claim classes
 *	scan.c			labels of a region → namespaces
 *	commit.c		changes of a namespace → label transactions
 *	capacity.c		what is free in a region
 *	sysfs/namespace.c	attributes
 *	io.c			mapping the range, rw_bytes with bad blocks and machine checks
 *
 * The public part (linux/nd.h) comes first so that in-tree readers of the
 * header find what they expect. Everything configured is under the region's
 * config lock; the driver side is under the device lock.
 */
#ifndef _ND_NS_H
#define _ND_NS_H

#include <linux/nd.h>
#include <linux/range.h>
#include "region/range_map.h"
#include "region/region.h"

/**
 * struct ns_config - what a label says of a namespace
 * @has_uuid: @uuid is set; it may well be null then, which old namespaces have
 * @uuid: of the namespace, the same in all its labels
 * @name: alt_name, NUL terminated
 * @flags: label flags that are kept as found
 * @lbasize: sector size, 0 for the default
 * @abstraction: v1.2 claim class, also one we do not know
 * @offset: bytes from the start of each mapping
 * @size: bytes of SPA; 0: nothing allocated
 *
 * A change is made on a copy, written to media, and only then installed.
 */
struct ns_config {
	bool has_uuid;
	uuid_t uuid;
	char name[ND_LABEL_NAME_LEN + 1];
	u32 flags;
	u64 lbasize;
	guid_t abstraction;
	u64 offset;
	u64 size;
};

/*
 * Where on one DIMM the namespace's label lies, and what it says there. The DPA is another than
 * cfg.offset tells for a namespace that is @apart; the uuid is another than the namespace's where
 * a change of uuid was interrupted.
 */
struct ns_slot {
	u32 slot;			/* ND_NO_SLOT: none */
	u16 position;
	u64 dpa;
	uuid_t uuid;
};

#define ND_NO_SLOT	(~0u)

/*
 * What becomes of a namespace's bytes while a driver serves it: @usable + @memmap + @pad is its
 * size, always (requirements X13). @memmap_dram is on top.
 */
struct ns_account {
	bool valid;			/* a driver does */
	u64 usable;
	u64 memmap;
	u64 memmap_dram;
	u64 pad;
};

struct nd_ns {
	struct nd_namespace_pmem pmem;	/* .nsio.common.dev is the device */
	struct nd_region *region;
	struct list_head list;		/* region->namespaces, which holds a reference */
	struct rb_node by_uuid;		/* nvdimm_bus.uuids, while on the list and it has one */
	struct list_head coming;	/* nvdimm_bus.uuids_coming, while nd_uuid_reserve()d */
	uuid_t coming_uuid;		/* likewise */
	bool labelled;			/* namespace of type PMEM, else a bare range */
	bool torn;			/* an update was interrupted: nd_ns_finish_update() */
	bool unsettled;			/* torn, and healed before it is used */
	bool unsure;			/* what the last change has left: nd_ns_check_known() */
	bool apart;			/* labels start at other offsets on other DIMMs */
	uuid_t tried;			/* what labels may have that could not be written */
	struct ns_config cfg;		/* labelled only; pmem's pointers point here */
	struct ns_account served;	/* nd_ns_serve()'s */
	struct nd_range_owner pages;	/* likewise: in the range map while it has struct pages */
	struct nd_device_state state;	/* what its attribute of that name has of it */
	char *admit;			/* last verdict of the dry run, or NULL */
	struct ns_slot *slot;		/* [num_mappings] of its region */
};

static inline struct nd_ns *to_nd_ns(const struct device *dev)
{
	return container_of(to_nd_namespace_pmem(dev), struct nd_ns, pmem);
}

static inline struct device *nd_ns_dev(struct nd_ns *ns)
{
	return &ns->pmem.nsio.common.dev;
}

/* N of namespaceR.N */
static inline int nd_namespace_id(const struct nd_namespace_common *ndns)
{
	return to_nd_ns(&ndns->dev)->pmem.id;
}

bool is_nd_namespace(const struct device *dev);
bool is_namespace_pmem(const struct device *dev);
bool is_namespace_io(const struct device *dev);

/*
 * Create and register every namespace of @region and its seed; counts go to ns_count, ns_active.
 * Region device lock held.
 */
int nd_region_register_namespaces(struct nd_region *region);
/* Make (or reuse) the free namespace that `namespace_seed` names. config held for writing. */
void nd_region_ns_seed(struct nd_region *region);

/**
 * nd_namespace_open() - a driver's first question: what do I serve?
 * @dev: a namespace, or a claim (btt, pfn, dax) over one
 *
 * Refuses, with nd_refuse(), a namespace that is claimed by another device,
 * smaller than a page, without uuid, on a locked DIMM, of
 * class @dev is not, of which nobody knows what it is (nd_ns_check_known()), or whose labels have
 * two uuids (nd_ns_settle()).
 *
 * Context: @dev's device lock held (probe).
 * Return: the namespace, or an ERR_PTR.
 */
struct nd_namespace_common *nd_namespace_open(struct device *dev);

/* Bytes of the raw namespace. */
resource_size_t nvdimm_namespace_capacity(struct nd_namespace_common *ndns);

/* "pmem0", "pmem0.1", "pmem0s": @name holds at least 32 bytes. */
const char *nvdimm_namespace_disk_name(struct nd_namespace_common *ndns, char *name);

/* uuid of the namespace's label, NULL for a bare range. Stable while claimed or bound. */
const uuid_t *nd_dev_to_uuid(struct device *dev);

/* Should bare (info-block less) capacity get struct pages (ND_REGION_PAGEMAP)? */
bool pmem_should_map_pages(struct device *dev);

/* Sector size for a block device: 512 or 4096. */
unsigned int pmem_sector_size(struct nd_namespace_common *ndns);

/**
 * nd_ns_map() - reserve and map the first @size bytes for rw_bytes
 * @dev: driver's device, for devres
 * @ndns: namespace
 * @size: bytes; whole capacity, or just the info-block reserve
 *
 * Requests the memory region (a conflict names the holder), maps it write-back,
 * populates the namespace's badblocks and sets ndns->rw_bytes.
 *
 * Context: device lock of @dev. Return: 0 or negative errno.
 */
int nd_ns_map(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size);
/* Undo it before the driver's devres would; rw_bytes then fails with -ENXIO. */
void nd_ns_unmap(struct device *dev, struct nd_namespace_common *ndns);

/* Read bytes anywhere in a namespace that is mapped elsewhere: 0, -EIO, -EFAULT, -ENOMEM. */
int nd_ns_read(struct nd_namespace_common *ndns, u64 offset, void *buf, size_t size);

/* Bad sectors of a mapped namespace become usable, with any contents: 0, -EIO, -EFAULT. */
int nd_ns_clear_poison(struct nd_namespace_common *ndns, u64 offset, size_t size);

/* Just reserve the first @size bytes, for the time @dev's driver is bound: 0, or -EBUSY told. */
int nd_ns_reserve(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size);

/* The same for longer than that: release_mem_region() ends it, until when @name stays. */
int nd_ns_request(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size,
		  const char *name);

/* ---- namespace.c ---- */

int nd_ns_init(void);
void nd_ns_exit(void);

/* New namespace of @region, on its list, not added; config held for writing. NULL: no memory. */
struct nd_ns *nd_ns_create(struct nd_region *region, bool labelled);

/* Take over @cfg: memory only. config held for writing. */
void nd_ns_install(struct nd_ns *ns, const struct ns_config *cfg);

/* Forget what nd_ns_scan() found; at region removal, when the devices are gone. */
void nd_ns_forget_all(struct nd_region *region);

/*
 * nd_uuid_reserve() - @ns is about to have @uuid
 *
 * No other namespace of its bus may then, until nd_uuid_release(): @ns has it by then, or not.
 *
 * Context: config held for writing. Return: false when another one has it, or is about to.
 */
bool nd_uuid_reserve(struct nd_ns *ns, const uuid_t *uuid);
void nd_uuid_release(struct nd_ns *ns);

/* As labels have it, whose guid may be any. */
const guid_t *nd_claim_class_guid(enum nvdimm_claim_class class);

/* ---- scan.c ---- */

/* Find the labelled namespaces of @region and put them on its list. config held for writing. */
int nd_ns_scan(struct nd_region *region);

/* Does this label of mapping @index speak of @region's set? The DIMM's @labels held. */
bool nd_label_is_ours(const struct nd_region *region, u16 index, const struct nd_label *label);

/* ---- commit.c ---- */

/**
 * nd_ns_apply() - make @want true, on media and then in memory
 * @ns: labelled namespace, idle
 * @want: size 0 removes the labels, and with them uuid and name
 *
 * Context: config held for writing. Return: 0; negative errno, told with nd_refuse(): @ns is as it
 * was, and so is media, but for what a failed write has left there: read again, each label is the
 * old one or the new one. Where that is not known of the one that decides, nobody serves @ns or
 * changes it before its region is enabled anew.
 */
int nd_ns_apply(struct nd_ns *ns, const struct ns_config *want);

/*
 * Have all labels of @ns say what the first one says, if they don't: an interrupted change is
 * taken back. config held for writing. 0 or a negative errno, told with nd_refuse().
 */
int nd_ns_finish_update(struct nd_ns *ns);

/**
 * nd_ns_check_known() - refuse a namespace of which nobody knows what its last change has left
 * @ns: any namespace
 *
 * A write of position 0's label that failed, and could not be read back, may have made the change:
 * what memory has of the namespace, another may be given by then. nd_ns_scan() decides when the
 * region is next enabled, as of any label.
 *
 * Context: config held for writing. Return: 0, or -EIO, told with nd_refuse().
 */
int nd_ns_check_known(struct nd_ns *ns);

/**
 * nd_ns_settle() - complete a change of uuid before the namespace is served
 * @ns: any namespace, idle
 *
 * While its labels have two uuids, the loss of one of them loses the namespace.
 *
 * Context: config held for writing; may write labels. Return: 0: there is none, or it is complete;
 * negative errno, told with nd_refuse(): it is not, and @ns must not be served.
 */
int nd_ns_settle(struct nd_ns *ns);

/* ---- capacity.c ---- */

/*
 * Bytes of SPA: zero where a DIMM is disabled or has no label area, where there is no DIMM, and
 * while labels do not tell which bytes are free.
 */
struct nd_capacity {
	u64 free, largest;
};

/* Takes config, for reading only unless something has changed since it was last asked. */
struct nd_capacity nd_region_capacity(struct nd_region *region);

/* The rest with config held for writing. */

u64 nd_region_max_extent(struct nd_region *region);
/* Lowest per-DIMM offset for @size bytes of SPA; nd_note()s on @dev with free, largest, needed. */
int nd_region_find(struct nd_region *region, struct device *dev, u64 size, u64 *offset);
/* Bytes of SPA by which @ns could grow in place. */
u64 nd_region_room(struct nd_region *region, struct nd_ns *ns);
/* Have @want, a copy of what @ns is, be of @size, where that is free: 0, or nd_note()d on @ns. */
int nd_ns_find_room(struct nd_ns *ns, struct ns_config *want, u64 size);
/* Is what is known of the space still true? */
bool nd_space_known(const struct nd_region *region);
/* It is, but for a namespace whose labels have just been written; those of its DIMMs are held. */
void nd_space_replace(struct nd_region *region, const struct ns_config *old,
		      const struct ns_config *new);
/* Namespaces or orphans have changed otherwise. */
void nd_space_forget(struct nd_region *region);
/* Is what was found still in its slot? The DIMM's @labels held. */
bool nd_orphan_is_there(const struct nd_region *region, const struct label_orphan *o);

/* ---- neighbours.c ---- */

/*
 * nd_neighbours_collect() - what lies within a section of [@start, @start + @size) of @region
 * @self: the namespace that asks, which is no neighbour of its own, nor is what kmem has made RAM
 *	in it: a driver that wants the memory itself is refused by its reservation; or NULL
 * @neighbours: out; kfree() its entry. None of them overlaps the range but RAM and other namespaces
 *
 * Context: process; config of @region held. Return: 0, -ENOMEM.
 */
int nd_neighbours_collect(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
			  struct pfn_neighbours *neighbours);

/* nd_ns_shows() - give namespaces their attributes. Context: the module's init, before any. */
void nd_ns_shows(const struct attribute_group **groups);

/* ---- sysfs/dry_run.c ---- */
extern const struct attribute_group nd_ns_layout_group;

#endif /* _ND_NS_H */
