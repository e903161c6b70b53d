// SPDX-License-Identifier: GPL-2.0
/* nd_btt: from a btt device to its arenas, found or made, to its disk. */
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "btt/attach.h"
#include "btt/disk.h"
#include "btt/format.h"
#include "btt/log_repair.h"
#include "btt/readers.h"
#include "poison/badblocks.h"

/* ---- arenas ---- */

static void free_arena(struct btt_arena *a)
{
	kvfree(a->lane);
	kvfree(a->pending);
	kvfree(a->locks);
	kvfree(a->readers);
}

static int alloc_arena(struct btt_arena *a)
{
	u32 i;

	/* more than a page, but for pending, and so aligned to cache lines */
	a->lane = kvcalloc(a->layout.nfree, sizeof(*a->lane), GFP_KERNEL);
	a->pending = kvcalloc(a->layout.nfree, sizeof(*a->pending), GFP_KERNEL);
	a->locks = kvzalloc(sizeof(*a->locks), GFP_KERNEL);
	a->readers = kvzalloc(btt_readers_size(), GFP_KERNEL);
	if (!a->lane || !a->pending || !a->locks || !a->readers) {
		free_arena(a);
		return -ENOMEM;
	}
	for (i = 0; i < BTT_MAP_STRIPES; i++)
		mutex_init(&a->locks->stripe[i].lock);
	return 0;
}

/*
 * A BTT that is there has the sectors it was made with, whatever sector_size asks for: from then
 * on that tells them.
 */
static void take_sector_size(struct btt *btt, u32 lbasize)
{
	struct nd_btt *nd_btt = btt->nd_btt;

	btt->sector_size = btt_sector_size(lbasize);
	btt->meta_size = lbasize - btt->sector_size;
	if (nd_btt->lbasize == lbasize)
		return;
	nd_remark(btt->dev, -EOPNOTSUPP, ND_REASON_SIZE,
		  "%s has a BTT with sectors of %u bytes, and is served with these, not with %lu: to make it anew, zero its info-block at %#llx in raw mode (force_raw)",
		  dev_name(&btt->media.ndns->dev), lbasize, nd_btt->lbasize,
		  btt->media.origin);
	scoped_guard(nd_config_write, btt->media.region)
		nd_btt->lbasize = lbasize;
}

/* @first: the layout of arena 0; NULL: it is that */
static int check_arena(struct btt *btt, const struct btt_layout *l, const struct btt_layout *first)
{
	enum nd_reason reason = btt_arena_judge(l, first, BTT_ARENA_MIN, BTT_NFREE);
	u32 nr = btt->arenas;

	switch (reason) {
	case ND_REASON_OK:
		return 0;
	case ND_REASON_SIZE:
		if (l->size < BTT_ARENA_MIN)
			return nd_refuse(btt->dev, -ENXIO, reason,
					 "arena %u has %#llx bytes, fewer than %#llx: zero its info-block in raw mode (force_raw) to give it up",
					 nr, l->size, BTT_ARENA_MIN);
		return nd_refuse(btt->dev, -ENXIO, reason,
				 "arena %u has sectors of %u bytes, arena 0 has %u: zero the info-block of one to give it up",
				 nr, l->external_lbasize, first->external_lbasize);
	case ND_REASON_UNSUPPORTED:
		return nd_refuse(btt->dev, -ENXIO, reason,
				 "arena %u has %u lanes, fewer than %u", nr, l->nfree, BTT_NFREE);
	default:
		return nd_refuse(btt->dev, -ENXIO, reason,
				 "arena %u belongs to another BTT, %pUb and not %pUb", nr, &l->uuid,
				 &first->uuid);
	}
}

/* Room for one more arena. The array is full at each power of two. */
static int grow_arenas(struct btt *btt)
{
	u32 nr = btt->arenas;
	struct btt_arena *more;

	if (nr & (nr - 1))
		return 0;
	more = kvmalloc_array(nr ? size_mul(nr, 2) : 1, sizeof(*more), GFP_KERNEL);
	if (!more)
		return -ENOMEM;
	if (nr)
		memcpy(more, btt->arena, size_mul(nr, sizeof(*more)));
	kvfree(btt->arena);
	btt->arena = more;
	return 0;
}

static int open_arena(struct btt *btt, const struct btt_layout *l, u64 start)
{
	u32 nr = btt->arenas, lane = 0;
	enum nd_reason reason = ND_REASON_OK;
	struct btt_arena *a;
	int rc;

	rc = check_arena(btt, l, nr ? &btt->arena[0].layout : NULL);
	if (!rc)
		rc = grow_arenas(btt);
	if (rc)
		return rc;
	a = &btt->arena[nr];
	*a = (struct btt_arena){
		.media = &btt->media, .start = start, .first = btt->nlba, .layout = *l,
		.read_only = nd_region_read_only(btt->media.region),
		.lanes = BTT_NFREE,
	};
	rc = alloc_arena(a);
	if (rc)
		return rc;
	rc = btt_arena_recover(a, &reason, &lane);
	if (rc) {
		free_arena(a);
		return nd_refuse(btt->dev, rc, reason, "arena %u at %#llx: the log of lane %u %s",
				 nr,
				 btt->media.origin + start, lane,
				 rc == -EIO ? "cannot be read or replayed" :
					    "makes no sense");
	}
	if (!nr)
		take_sector_size(btt, l->external_lbasize);
	btt->nlba += l->external_nlba;
	btt->arenas++;
	return 0;
}

/* An arena can be used by its copy alone; other kernels want the info-block itself. */
static void info_restore(struct btt *btt, u64 start, const struct nd_media_btt *info,
			 enum nd_reason lost)
{
	u64 at = btt->media.origin + start;

	if (nd_region_read_only(btt->media.region) || btt_arena_restore(&btt->media, start, info))
		dev_warn(btt->dev, "info-block at %#llx is lost (%s) and cannot be written: its copy serves\n",
			 at, nd_reason_token(lost));
	else
		dev_warn(btt->dev, "info-block at %#llx was lost (%s): restored from its copy\n",
			 at, nd_reason_token(lost));
}

/*
 * The info-block at @start, or its copy when that one cannot be used. -ENODEV: there is
 * nothing that anybody could miss. Anything else is told of, and not written to.
 */
static int find_arena(struct btt *btt, const struct btt_recipe *r, u64 start, u64 room,
		      struct nd_media_btt *info, struct btt_layout *l)
{
	const uuid_t *own = nd_dev_to_uuid(&btt->media.ndns->dev);
	u64 at = btt->media.origin + start;
	enum nd_reason reason;

	switch (btt_arena_find(&btt->media, r, own, start, room, info, l, &reason)) {
	case BTT_NOTHING:
	case BTT_FOREIGN:
		return -ENODEV;
	case BTT_WHOLE:
		return 0;
	case BTT_COPY:
		info_restore(btt, start, info, reason);
		return 0;
	case BTT_UNUSABLE:
		return nd_refuse(btt->dev, -ENXIO, reason,
				 "the info-block at %#llx cannot be used", at);
	case BTT_DAMAGED_COPY:
		return nd_refuse(btt->dev, reason == ND_REASON_MEDIA ? -EIO : -ENXIO, reason,
				 "the info-block at %#llx is damaged; its copy is of BTT %pUb, sector_size %u, not of %pUb: give that uuid to the btt device, or zero the info-block in raw mode (force_raw) to make a BTT anew",
				 at, &l->uuid, l->external_lbasize, &r->uuid);
	case BTT_DAMAGED:
		break;
	}
	return nd_refuse(btt->dev, reason == ND_REASON_MEDIA ? -EIO : -ENXIO, reason,
			 "the info-block at %#llx is damaged, and has no copy; as far as it can be read it is of BTT %pUb, sector_size %u: nothing is written; to make a BTT anew zero it in raw mode (force_raw)",
			 at, &l->uuid, l->external_lbasize);
}

/* From arena to arena. -ENODEV, without a word: there is no first one. */
static int find_arenas(struct btt *btt, const struct btt_recipe *r, u64 rawsize,
		       struct nd_media_btt *info)
{
	struct btt_layout l;
	u64 start = 0;
	int rc;

	do {
		rc = find_arena(btt, r, start, rawsize - start, info, &l);
		if (rc == -ENODEV && start)
			return nd_refuse(btt->dev, -ENXIO, ND_REASON_SIGNATURE,
					 "arena %u, at %#llx, is not there: was the namespace larger?",
					 btt->arenas, btt->media.origin + start);
		if (!rc)
			rc = open_arena(btt, &l, start);
		if (rc)
			return rc;
		start += l.next;
	} while (l.next);
	return 0;
}

static int make_arenas(struct btt *btt, const struct btt_recipe *r, u64 rawsize,
		       struct nd_media_btt *info)
{
	int rc;

	if (nd_region_read_only(btt->media.region))
		return nd_refuse(btt->dev, -EROFS, ND_REASON_READ_ONLY,
				 "%s is read-only: cannot make a BTT",
				 dev_name(&btt->media.region->dev));
	rc = btt_format(&btt->media, r, rawsize, info);
	if (rc)
		return nd_refuse(btt->dev, rc, rc == -ENOSPC ? ND_REASON_SIZE : ND_REASON_MEDIA,
				 "cannot make a BTT in %#llx bytes", rawsize);
	return find_arenas(btt, r, rawsize, info);
}

int btt_open_arenas(struct btt *btt, const struct btt_recipe *r, u64 rawsize)
{
	struct nd_media_btt *info __free(kfree) = kmalloc(sizeof(*info), GFP_KERNEL);
	int rc;

	if (!info)
		return -ENOMEM;
	rc = find_arenas(btt, r, rawsize, info);
	return rc == -ENODEV ? make_arenas(btt, r, rawsize, info) : rc;
}

/* The next attach has the medium only. */
static void repair_last(struct btt_arena *a)
{
	if (!a->failed && !a->read_only)
		btt_log_repair(a);
}

void btt_close_arenas(struct btt *btt)
{
	u32 i;

	for (i = 0; i < btt->arenas; i++) {
		/* it may have turned so since */
		btt->arena[i].read_only |= nd_region_read_only(btt->media.region);
		if (btt_arena_settle(&btt->arena[i]))
			dev_err(btt->dev,
				"the last flush failed: the next start will tell what arrived\n");
		else
			repair_last(&btt->arena[i]);
		free_arena(&btt->arena[i]);
	}
	kvfree(btt->arena);
}

/* ---- attaching ---- */

static void btt_attach_release(void *data)
{
	struct btt *btt = data;

	btt_debugfs_remove(btt);
	if (btt->disk)
		btt_disk_remove(btt);
	btt_error_exit(btt);
	btt_close_arenas(btt);
	kvfree(btt->media.lanes);
	btt->nd_btt->btt = NULL;
	WRITE_ONCE(btt->nd_btt->size, 0);
}

/* 1.1 leaves the first 4 KiB of the namespace alone, 2.0 does not. */
static struct btt_recipe recipe_of(const struct nd_btt *nd_btt, struct nd_namespace_common *ndns)
{
	const uuid_t *parent = nd_dev_to_uuid(&ndns->dev);
	bool v2 = ndns->claim_class == NVDIMM_CCLASS_BTT2;

	return (struct btt_recipe){
		.uuid = nd_btt->claim.uuid, .parent_uuid = parent ? *parent : uuid_null,
		.major = v2 ? 2 : 1, .minor = v2 ? 0 : 1,
		.lbasize = nd_btt->lbasize, .nfree = BTT_NFREE,
		.arena_min = BTT_ARENA_MIN, .arena_max = BTT_ARENA_MAX,
	};
}

static int btt_start(struct btt *btt, const struct btt_recipe *r, u64 rawsize)
{
	int rc;

	btt->media.lanes = btt_lanes_alloc();
	if (!btt->media.lanes)
		return nd_refuse(btt->dev, -ENOMEM, ND_REASON_RESOURCE, "no memory for lanes");
	rc = btt_open_arenas(btt, r, rawsize);
	if (!rc)
		rc = btt_disk_add(btt);
	if (rc)
		return rc;
	WRITE_ONCE(btt->nd_btt->size, btt->nlba * btt->sector_size);
	btt_debugfs_add(btt);
	return 0;
}

static struct btt *btt_alloc(struct nd_btt *nd_btt, struct nd_namespace_common *ndns,
			     const struct btt_recipe *r)
{
	struct device *dev = &nd_btt->claim.dev;
	struct nd_namespace_io *nsio = to_nd_namespace_io(&ndns->dev);
	struct btt *btt = devm_kzalloc(dev, sizeof(*btt), GFP_KERNEL);

	if (!btt)
		return NULL;
	nd_btt->initial_offset = btt_origin(r->major);
	nd_btt->version_major = r->major;
	nd_btt->version_minor = r->minor;
	btt->dev = dev;
	btt->nd_btt = nd_btt;
	btt->media = (struct btt_media){
		.base = nsio->addr + nd_btt->initial_offset, .bb = &nsio->bb,
		.region = to_nd_region(dev->parent), .ndns = ndns,
		.origin = nd_btt->initial_offset,
	};
	btt_error_init(btt);
	return btt;
}

/**
 * nvdimm_namespace_attach_btt() - serve the BTT of a namespace as a disk
 * @ndns: namespace that is claimed by a btt device, which is being probed
 *
 * Makes a BTT where there is none. Everything is undone with the driver of the
 * btt device.
 *
 * Context: device lock of the btt device held.
 * Return: 0, or a negative errno told with nd_refuse().
 */
int nvdimm_namespace_attach_btt(struct nd_namespace_common *ndns)
{
	struct nd_btt *nd_btt = to_nd_btt(ndns->claim);
	struct device *dev = &nd_btt->claim.dev;
	u64 size = nvdimm_namespace_capacity(ndns);
	struct btt_recipe r = recipe_of(nd_btt, ndns);
	u64 needed = btt_origin(r.major) + BTT_ARENA_MIN;
	struct btt *btt;
	int rc;

	if (!nd_btt->claim.has_uuid || !nd_btt->lbasize)
		return nd_refuse(dev, -ENODEV, ND_REASON_ARGUMENT,
				 "set uuid and sector_size first");
	if (size < needed)
		return nd_refuse(dev, -ENXIO, ND_REASON_SIZE,
				 "%s has %#llx bytes, %#llx are needed: make it larger",
				 dev_name(&ndns->dev), size, needed);
	rc = nd_ns_map(dev, ndns, size);
	if (rc)
		return rc;
	btt = btt_alloc(nd_btt, ndns, &r);
	if (!btt)
		return -ENOMEM;
	rc = devm_add_action(dev, btt_attach_release, btt);
	if (rc)
		return rc;
	nd_btt->btt = btt;
	return btt_start(btt, &r, size - btt->media.origin);
}
EXPORT_SYMBOL_GPL(nvdimm_namespace_attach_btt);

/* What was interrupted is finished before anybody writes. */
static void follow_region(struct btt *btt)
{
	bool ro = nd_region_read_only(btt->media.region);
	u32 i;

	for (i = 0; !ro && i < btt->arenas; i++)
		if (btt_arena_make_writable(&btt->arena[i])) {
			nd_remark(btt->dev, -EIO, ND_REASON_MEDIA,
				  "arena %u stays read-only: its log cannot be replayed", i);
			ro = true;
		}
	set_disk_ro(btt->disk, ro);
}

/**
 * nvdimm_namespace_btt_notify() - something around a bound BTT has changed
 * @nd_btt: btt device, attached
 * @event: bad ranges, or the region's being read-only
 *
 * Context: device lock of the btt device held.
 */
void nvdimm_namespace_btt_notify(struct nd_btt *nd_btt, enum nvdimm_event event)
{
	struct btt *btt = nd_btt->btt;
	const struct resource *res = &to_nd_namespace_io(&btt->media.ndns->dev)->res;
	const struct range range = { .start = res->start, .end = res->end };

	/* what has been told of as a failure may be over: else it is told again */
	WRITE_ONCE(btt->told, 0);
	switch (event) {
	case NVDIMM_REVALIDATE_POISON:
		nvdimm_badblocks_populate(btt->media.region, btt->media.bb, &range);
		btt_error_look(btt);
		break;
	case NVDIMM_REVALIDATE_REGION:
		follow_region(btt);
		break;
	}
}
EXPORT_SYMBOL_GPL(nvdimm_namespace_btt_notify);

static int __init nd_btt_module_init(void)
{
	btt_debugfs_init();
	return 0;
}

static void __exit nd_btt_exit(void)
{
	nd_disks_wait(&btt_disks);
	btt_debugfs_exit();
}

module_init(nd_btt_module_init);
module_exit(nd_btt_exit);

MODULE_DESCRIPTION("Sector-atomic disks on persistent memory (BTT)");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
