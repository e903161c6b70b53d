// SPDX-License-Identifier: GPL-2.0
/*
 * Poison under a BTT, and sectors that are bad although the map does not say so:
 * the map entry itself could not be written (requirements E5, X14). Those are
 * kept in memory, so that reads go on failing, and tried again; after a reboot
 * the first read finds them anew.
 */
#include <linux/badblocks.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "btt/disk.h"
#include "poison/badblocks.h"

#define RETRY_SOON	HZ
#define RETRY_FIRST	(10 * HZ)
#define RETRY_LAST	(600 * HZ)

/* ---- media ---- */

bool btt_media_listed_bad(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;
	sector_t first = from >> SECTOR_SHIFT, bad, nr;

	return nvdimm_badblocks_check(m->region, m->bb,
				      to_nd_namespace_io(&m->ndns->dev)->res.start, first,
				      DIV_ROUND_UP(from + len, SECTOR_SIZE) - first, &bad, &nr);
}

/* A copy has stopped at @at: poison comes by the cache line. */
void btt_media_poisoned(struct btt_media *m, u64 at)
{
	const struct resource *res = &to_nd_namespace_io(&m->ndns->dev)->res;
	u64 off = ALIGN_DOWN(m->origin + at, L1_CACHE_BYTES);

	badblocks_set(m->bb, off >> SECTOR_SHIFT, 1, 1);
	nvdimm_record_poison(m->region, res->start + off, L1_CACHE_BYTES);
}

void btt_media_wait(unsigned int tries)
{
	cpu_relax();
	/* the task that is waited for may have been preempted by us */
	if (tries < 1000)
		cond_resched();
	else
		usleep_range(50, 200);
}

/*
 * Poison is cleared by whole sectors. A block that is not made of such shares
 * some with its neighbours, whose poison must not turn into zeros. What no list
 * has yet is cleared as well.
 */
int btt_media_cure(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;

	if (!IS_ALIGNED(from, SECTOR_SIZE))
		return -EIO;
	if (!btt_media_bad(m, at, len))
		nvdimm_clear_poison(&m->ndns->dev,
				    to_nd_namespace_io(&m->ndns->dev)->res.start + from,
				    ALIGN_DOWN(len, SECTOR_SIZE));
	return nvdimm_write_bytes(m->ndns, from, page_address(ZERO_PAGE(0)),
				  ALIGN_DOWN(len, SECTOR_SIZE), 0);
}

/* The log, whose good parts are not to be written over. */
int btt_media_clear(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;
	int rc;

	if (!IS_ALIGNED(from | len, SECTOR_SIZE))
		return -EIO;
	rc = nd_ns_cure(m->ndns, from, len);
	if (!rc)
		dev_warn_ratelimited(&m->ndns->dev,
				     "the log of the BTT was bad at %#llx: it is written anew\n",
				     from);
	return rc;
}

/* ---- sectors ---- */

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

static void error_retry(struct work_struct *work)
{
	struct btt *btt = container_of(to_delayed_work(work), struct btt, retry);
	void *scratch = kmalloc(btt->sector_size, GFP_KERNEL);
	unsigned long sector;
	void *entry;

	clear_bit(0, &btt->retry_soon);
	xa_for_each(&btt->bad, sector, entry) {
		if (scratch && is_settled(btt, sector, scratch))
			xa_erase(&btt->bad, sector);
		cond_resched();
	}
	kfree(scratch);
	if (xa_empty(&btt->bad)) {
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
