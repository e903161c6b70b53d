/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nd_pmem: a namespace as a disk, /dev/pmemN, with a dax device beside it.
 *
 *	nd_pmem.c	the driver: maps a namespace, one of three ways; disk and dax device
 *	io.c		bios; poison found and cured
 *	clear_poison.c	how it is cured (pure)
 *	proof.h		does a host keep what is stored? (pure)
 *	dax.c		direct access
 *
 * All offsets are bytes from the first data byte, LBA 0: what precedes it
 * (pads, info-block, memmap) is no concern of the data path. LBA n lies at
 * @data + 512 n and @range.start + 512 n (requirements A17).
 */
#ifndef _ND_PMEM_H
#define _ND_PMEM_H

#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/dax.h>
#include <linux/range.h>
#include "common/hwpoison.h"
#include "common/disks.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "poison/badblocks.h"

struct nd_pfn;

/*
 * struct pmem - a bound namespace
 * @data: LBA 0, mapped write-back
 * @region: region it is part of
 * @bb: bad sectors of the data
 * @range: physical range of the data
 * @pages: the data's struct pages, or NULL: there are none
 * @dev: the namespace, or the pfn device over it
 * @bb_state: poll(2) on the disk's badblocks; NULL until the disk is there
 * @live: the disk has been added
 * @unproven: no store has been seen to arrive: a host may drop what is stored
 * @dropped: it was found to
 */
struct pmem {
	void *data;
	struct nd_region *region;
	struct badblocks bb;
	struct range range;
	bool live;
	bool unproven;
	bool dropped;
	struct nd_pages *pages;
	struct device *dev;
	struct gendisk *disk;
	struct dax_device *dax;
	struct kernfs_node *bb_state;
};

/* ---- nd_pmem.c ---- */

/*
 * pmem_frames() - page frames of the data
 * @pgoff: first page
 * @nr: pages wanted, within the data
 * @first: set to the frame of the first
 *
 * Return: how many pages from @pgoff on, at most @nr, have frames that follow each other.
 */
long pmem_frames(const struct pmem *pmem, pgoff_t pgoff, long nr, unsigned long *first);

/* ---- io.c ---- */

/* Of all disks here. */
extern struct nd_disks pmem_disks;

/* A new disk: who takes its bios. */
void pmem_set_disk_ops(struct gendisk *disk);

/* Zero [off, off + len) durably once flushed, curing what is bad. */
blk_status_t pmem_zero(struct pmem *pmem, u64 off, u64 len);

/* Is a sector of [off, off + len) known to be bad, or in a page that the kernel has unmapped? */
bool pmem_is_unusable(struct pmem *pmem, u64 off, u64 len);

/*
 * The kernel has met poison in whole pages of the data, and may be about to unmap them. Bios under
 * way, which have looked before, are waited for: a store to a page that is unmapped is fatal. No
 * bio pays for that, as each holds a reference of its queue anyhow. What dax stores has none, and
 * is not waited for. Context: process, no bio.
 */
void pmem_pages_failed(struct pmem *pmem, u64 off, u64 len);

/*
 * pmem_clear_poison() - have the platform clear the poison of a range to be overwritten
 *
 * Refused, and nothing is changed, where that is part of a page that the kernel
 * has unmapped: it cannot be stored to. The bad sectors stay listed, and readers
 * refused, until pmem_cleared(), to be called when the new contents are there.
 */
blk_status_t pmem_clear_poison(struct pmem *pmem, u64 off, u64 len);
void pmem_cleared(struct pmem *pmem, u64 off, u64 len);

/* The kernel unmapped a page there before all was stored: what was cleared for it is bad still. */
void pmem_not_stored(struct pmem *pmem, u64 off, u64 len);

/* Tell those that poll the badblocks attribute. */
void pmem_badblocks_changed(struct pmem *pmem);

/* ---- dax.c ---- */

/* Make pmem->dax; leaves it NULL when the kernel has no dax. */
int pmem_dax_create(struct pmem *pmem, struct nd_namespace_common *ndns);

/* For nd_pages_create(): the kernel has met poison in the data of @pmem. */
int pmem_memory_failure(void *pmem, u64 off, u64 len, int flags);

extern const struct attribute_group *pmem_disk_groups[];

/* Are there bad sectors, or pages that may be unmapped at any time? */
static inline bool pmem_needs_care(const struct pmem *pmem)
{
	return nd_badblocks_any(&pmem->bb) || nd_hwpoison_expected();
}

/* Store past the caches. False: the kernel has unmapped a page there since it was looked at. */
static inline bool pmem_store(void *media, const void *bytes, size_t len)
{
	if (unlikely(nd_hwpoison_expected()))
		return nd_hwpoison_write(media, bytes, len);
	memcpy_flushcache(media, bytes, len);
	return true;
}

#endif /* _ND_PMEM_H */
