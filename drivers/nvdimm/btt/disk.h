/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shell of nd_btt: arenas of one namespace as a disk.
 *
 * Locks, outermost first: lane (lanes.h), stripe of a map (struct btt_locks).
 * Both may be held across fences, which sleep when the medium is a service.
 */
#ifndef _ND_BTT_DISK_H
#define _ND_BTT_DISK_H

#include <linux/atomic.h>
#include <linux/blkdev.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "btt/io.h"
#include "btt/media.h"
#include "btt/ondisk.h"
#include "claim/claim.h"
#include "common/disks.h"

/*
 * struct btt - a bound BTT
 * @sector_size: 512 or 4096
 * @meta_size: bytes of integrity metadata that follow a sector in its block
 * @nlba: sectors of all arenas
 * @bad: sectors that could not be read, nor be marked so; by their number
 * @flag_failures: how often the latter has happened
 * @retry_soon: bit 0: there is reason to think that it will not happen now
 * @told: BTT_TOLD_*, bits: what was told of as a reason, and is not over
 * @parked: lanes of all arenas that were parked when somebody last looked
 */
struct btt {
	struct btt_media media;
	struct device *dev;
	struct nd_btt *nd_btt;
	struct gendisk *disk;
	u32 sector_size;
	u32 meta_size;
	u64 nlba;
	u32 arenas;
	struct btt_arena *arena;
	struct xarray bad;
	atomic64_t flag_failures;
	struct delayed_work retry;
	unsigned long retry_delay;
	unsigned long retry_soon;
	unsigned long told;
	u32 parked;
	struct dentry *debugfs;
};

#define BTT_TOLD_FAILED	0	/* an arena takes no writes any more */
#define BTT_TOLD_LANES	1	/* an arena has no lane left */
#define BTT_TOLD_LOG	2	/* the log of an arena is bad */

/* The arena of a sector, and its number there. NULL beyond the end. */
static inline struct btt_arena *btt_arena_of(const struct btt *btt, u64 sector, u32 *lba)
{
	struct btt_arena *a = btt->arena;
	u32 i;

	for (i = 0; i < btt->arenas; i++, a++) {
		if (likely(sector - a->first < a->layout.external_nlba)) {
			*lba = sector - a->first;
			return a;
		}
	}
	return NULL;
}

/* ---- attach.c ---- */

/* Find the arenas, or make them. 0 or an errno told with nd_refuse(). */
int btt_open_arenas(struct btt *btt, const struct btt_recipe *recipe, u64 rawsize);
/* All that is in the map is durable afterwards; nobody writes any more. */
void btt_close_arenas(struct btt *btt);

/* ---- disk.c ---- */

/* The disk, added; released with btt_disk_remove(). */
int btt_disk_add(struct btt *btt);
void btt_disk_remove(struct btt *btt);
/* Of all disks here. */
extern struct nd_disks btt_disks;

/* ---- error.c ---- */

void btt_error_init(struct btt *btt);
void btt_error_exit(struct btt *btt);

/* The block of a read that is under way is bad: 0: the map says so now; or a negative errno. */
int btt_error_mark(struct btt *btt, struct btt_arena *a, u32 lba, const struct btt_read *rd);
/* @sector's block cannot be read, and its error flag could not be written. */
void btt_error_remember(struct btt *btt, u64 sector);
void btt_error_forget(struct btt *btt, u64 sector);
/* More may be bad: is it the log? Context: device lock of the btt device held. */
void btt_error_look(struct btt *btt);

static inline bool btt_error_known(struct btt *btt, u64 sector)
{
	return unlikely(!xa_empty(&btt->bad)) && xa_load(&btt->bad, sector);
}

/* ---- debugfs.c ---- */

void btt_debugfs_add(struct btt *btt);
void btt_debugfs_remove(struct btt *btt);
void btt_debugfs_init(void);
void btt_debugfs_exit(void);

#endif /* _ND_BTT_DISK_H */
