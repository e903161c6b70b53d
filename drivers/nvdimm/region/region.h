/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A region: an interleave set, or a bare range, with its configuration.
 *
 *	region.c		struct nd_region: what a provider has described, and is asked of it
 *	sysfs/region.c		attributes
 *	claim/configure.c	how attributes are stored (claim/claim.h)
 *	flush.c			flush hints, nvdimm_flush() (flush.h)
 *
 * Order at bind (B4): DIMM label areas are there (a region waits for none: its
 * DIMMs are bound, or it fails with a reason; if that was that one is locked, it
 * is tried again when that DIMM has been unlocked) → bad ranges → namespaces →
 * seeds of btt, pfn, dax.
 */
#ifndef _ND_REGION_H
#define _ND_REGION_H

#include <linux/badblocks.h>
#include <linux/device.h>
#include <linux/idr.h>
#include <linux/libnvdimm.h>
#include "core/bus.h"
#include "dimm/dimm.h"
#include "dimm/reported.h"
#include "label/set.h"
#include "layout/dpa.h"
#include "region/range_map.h"
#include "region/flush.h"

struct nd_mapping {
	struct nvdimm *nvdimm;
	u64 start;			/* DPA */
	u64 size;
	int position;			/* in the interleave set */
	int contents;			/* nvdimm.contents, as of the caches' last invalidation */
	bool decides;			/* has the provider's position 0; config */
	u32 lacking;			/* namespaces with labels on others, not here; config */
};

/* What is busy in each mapping, and what that leaves; kept from one change to the next. */
struct nd_space {
	struct dpa_extent *busy;	/* sorted; offsets within a mapping */
	u32 nr, max;
	bool known;			/* @busy is right if no label has changed since */
	enum nd_reason reason;		/* nothing is known, or nothing may be given out … */
	u16 who;			/* … for this mapping's DIMM */
	bool counted;			/* so are @free and @largest */
	unsigned long changes;		/* of the DIMMs' labels by then */
	u64 free, largest;		/* bytes of SPA */
};

/* What is to be configured next of each kind. */
struct nd_seeds {
	struct device *ns, *btt, *pfn, *dax;
};

struct nd_region {
	struct device dev;
	int id;
	bool volatile_mem;
	bool waiting;			/* for a DIMM, locked, unread or wiped; device lock */
	bool ro;			/* by @why_ro; config; see nd_region_read_only() */
	struct nd_ro why_ro;		/* config */
	bool force_raw;			/* one raw range, whatever the labels say; device lock */
	u64 start;			/* SPA */
	u64 size;
	u64 align;			/* placement of namespaces, bytes of SPA; config */
	int numa_node;
	int target_node;
	unsigned long flags;		/* ND_REGION_* */
	u16 num_mappings;
	u64 mapping_size;		/* bytes of each mapping that all have */
	struct nd_interleave_set *set;
	void *provider_data;
	struct nd_flush flush;
	struct badblocks bb;
	struct kernfs_node *bb_state;	/* poll(2) on badblocks */
	struct nd_async async;		/* namespaces and claims being added or removed */
	struct nd_range_owner owner;		/* on the range map from creation to release */

	struct rw_semaphore config;	/* rank 5; everything below */
	bool closing;			/* being disabled: nothing may be claimed any more */
	struct list_head namespaces;	/* nd_ns.list */
	struct label_orphan *orphan;	/* of interrupted changes, sorted: their space is free */
	u32 norphan;
	u32 nkept;			/* labels that are neither these nor a namespace's */
	struct nd_space space;
	struct ida ns_ida, btt_ida, pfn_ida, dax_ida;
	struct nd_seeds seed;
	u32 ns_count, ns_active;	/* found, of these made a device: init_namespaces */
	u32 ns_lost;			/* found, and refused for their labels */
	char *admit;			/* last verdict of the dry run, or NULL */

	struct nd_mapping mapping[];
};

static inline bool is_nd_region(const struct device *dev)
{
	const struct nd_device_type *type = nd_type_of(dev);

	return type && type->level == ND_LEVEL_REGION;
}

/* That of a region, or of a namespace or claim of it; NULL for any other device. */
static inline struct nd_region *nd_region_of(struct device *dev)
{
	if (is_nd_region(dev))
		return to_nd_region(dev);
	return dev->parent && is_nd_region(dev->parent) ? to_nd_region(dev->parent) : NULL;
}

/* As nvdimm_*_region_create(), whose NULL has no errno: never NULL. */
struct nd_region *nd_region_create(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				   bool persistent);

/* ND_DEVICE_NAMESPACE_IO (bare) or _PMEM (labelled), 0 for none. */
int nd_region_nstype(const struct nd_region *region);

/* Is @nvdimm one of its interleave set? */
bool nd_region_maps(const struct nd_region *region, const struct nvdimm *nvdimm);

struct nvdimm *nd_region_locked_dimm(const struct nd_region *region);

/* ---- read only ---- */

/* A new region. Its mappings are known. */
void nd_region_ro_init(struct nd_region *region);

/* The administrator writes @read_only; config held for writing. nd_region_ro_changed() follows. */
void nd_region_ro_ask(struct nd_region *region, bool read_only);

/* Notify its disks. Context: process; takes their device locks. No lock of rank 2 or above. */
void nd_region_ro_changed(struct nd_region *region);

/* @nvdimm, a mapping of it, is armed, or is not any more. Context: as nd_region_ro_changed(). */
void nd_region_report_armed(struct nd_region *region, struct nvdimm *nvdimm);

void nd_region_report_persistence(struct nd_region *region, unsigned long flags);

/* Have contents of a DIMM changed since the region was enabled, so that CPU caches may be wrong? */
bool nd_region_incoherent(const struct nd_region *region);

/* v1.1 or v1.2 cookie, by the label version of DIMM 0. Process context; takes its @labels. */
u64 nd_region_cookie(struct nd_region *region);

/* On the range map, not added; its type's release frees it. Or an ERR_PTR(), told of the bus. */
struct nd_region *nd_region_new(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				const struct nd_device_type *type);
void nd_region_free(struct nd_region *region);		/* the end of that release */

/* nvdimm_flush() for the I/O path: where nobody is to be told, it is one fence. */
static inline int nd_region_flush(struct nd_region *region, struct bio *bio)
{
	if (unlikely(region->flush.ask || region->flush.ways))
		return nvdimm_flush(region, bio);
	pmem_wmb();
	return 0;
}

extern const struct attribute_group nd_region_layout_group;	/* sysfs/dry_run.c */
extern const struct attribute_group nd_at_rest_group;		/* sysfs/region.c */

/*
 * It may change at any moment, and who has made something of it is told then:
 * NVDIMM_REVALIDATE_REGION, under the lock of that device.
 */
static inline bool nd_region_read_only(const struct nd_region *region)
{
	return READ_ONCE(region->ro);
}

/* Its physical addresses. */
static inline struct range nd_region_range(const struct nd_region *region)
{
	return (struct range) {
		.start = region->start,
		.end = region->start + region->size - 1,
	};
}

/* Interleave ways; 1 for a bare range. */
static inline u64 nd_region_ways(const struct nd_region *region)
{
	return max_t(u64, region->num_mappings, 1);
}

DEFINE_GUARD(nd_config_read, struct nd_region *, down_read(&_T->config), up_read(&_T->config))
DEFINE_GUARD(nd_config_write, struct nd_region *, down_write(&_T->config), up_write(&_T->config))

#endif /* _ND_REGION_H */
