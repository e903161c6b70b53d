// SPDX-License-Identifier: GPL-2.0
/*
 * Sectors that are bad although the map does not say so: the map entry itself could
 * not be written (requirements E5, X14). They are kept in memory, so that reads go on
 * failing, and tried again; after a reboot the first read finds them anew.
 *
 * And a log that is bad: the BTT could not be attached if power failed now. The next write repairs
 * it, and this file if there is no write.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "btt/disk.h"
#include "btt/log_repair.h"

#define RETRY_SOON	HZ
#define RETRY_FIRST	(10 * HZ)
#define RETRY_LAST	(600 * HZ)

void btt_error_remember(struct btt *btt, u64 sector)
{
	atomic64_inc(&btt->flag_failures);
	dev_err_ratelimited(btt->dev,
			    "sector %llu of %s is bad and its error flag cannot be written: kept in memory\n",
			    sector, btt->disk->disk_name);
	/* without memory for it the next read finds it again */
	xa_store(&btt->bad, sector, xa_mk_value(1), GFP_NOIO | __GFP_NOWARN);
	queue_delayed_work(system_long_wq, &btt->retry, READ_ONCE(btt->retry_delay));
}

void btt_error_forget(struct btt *btt, u64 sector)
{
	xa_erase(&btt->bad, sector);
	/* the medium takes writes: others may be luckier now, too; one hint will do */
	if (!xa_empty(&btt->bad) && !test_and_set_bit(0, &btt->retry_soon))
		mod_delayed_work(system_long_wq, &btt->retry, RETRY_SOON);
}

int btt_error_mark(struct btt *btt, struct btt_arena *a, u32 lba, const struct btt_read *rd)
{
	/* not even that much is written to a medium that is read-only */
	return nd_region_read_only(btt->media.region) ? -EROFS : btt_read_failed(a, lba, rd);
}

/* Does the sector fail without our help, or no longer at all? */
static bool is_settled(struct btt *btt, u64 sector, void *scratch)
{
	struct btt_read rd;
	struct btt_arena *a;
	bool settled = true;
	u32 lba;

	a = btt_arena_of(btt, sector, &lba);
	if (!a || btt_read_begin(a, lba, &rd))
		return true;
	if (!rd.zero && (btt_media_bad(a->media, rd.at, btt->sector_size) ||
			 copy_mc_to_kernel(scratch, a->media->base + rd.at, btt->sector_size)))
		settled = !btt_error_mark(btt, a, lba, &rd);
	btt_read_end(&rd);
	return settled;
}

static bool log_needs_repair(const struct btt *btt, struct btt_arena *a)
{
	return !READ_ONCE(a->failed) && !nd_region_read_only(btt->media.region) && btt_log_bad(a);
}

/* Return: whether all are good. Writes report an arena that has failed. */
static bool repair_logs(struct btt *btt)
{
	bool repaired = true;
	u32 i;

	for (i = 0; i < btt->arenas; i++)
		if (log_needs_repair(btt, &btt->arena[i]) &&
		    btt_log_repair(&btt->arena[i]) == -ENXIO)
			repaired = false;
	return repaired;
}

void btt_error_look(struct btt *btt)
{
	u32 i;

	for (i = 0; i < btt->arenas; i++)
		if (log_needs_repair(btt, &btt->arena[i])) {
			mod_delayed_work(system_long_wq, &btt->retry, 0);
			return;
		}
}

static void error_retry(struct work_struct *work)
{
	struct btt *btt = container_of(to_delayed_work(work), struct btt, retry);
	void *scratch = kmalloc(btt->sector_size, GFP_KERNEL);
	unsigned long sector;
	void *entry;
	bool repaired = repair_logs(btt);

	clear_bit(0, &btt->retry_soon);
	xa_for_each(&btt->bad, sector, entry) {
		if (scratch && is_settled(btt, sector, scratch))
			xa_erase(&btt->bad, sector);
		cond_resched();
	}
	kfree(scratch);
	if (repaired && xa_empty(&btt->bad)) {
		WRITE_ONCE(btt->retry_delay, RETRY_FIRST);
		return;
	}
	WRITE_ONCE(btt->retry_delay, min_t(unsigned long, btt->retry_delay * 2, RETRY_LAST));
	queue_delayed_work(system_long_wq, &btt->retry, btt->retry_delay);
}

void btt_error_init(struct btt *btt)
{
	xa_init(&btt->bad);
	INIT_DELAYED_WORK(&btt->retry, error_retry);
	btt->retry_delay = RETRY_FIRST;
}

void btt_error_exit(struct btt *btt)
{
	cancel_delayed_work_sync(&btt->retry);
	xa_destroy(&btt->bad);
}
