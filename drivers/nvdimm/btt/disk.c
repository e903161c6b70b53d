// SPDX-License-Identifier: GPL-2.0
/*
 * The disk of a BTT: bios, cut into sectors. A sector may come in pieces; its
 * integrity metadata, if the bio brings any, lies behind it in the same block.
 */
#include <linux/bio.h>
#include <linux/blk-integrity.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/mm.h>
#include <linux/module.h>
#include "btt/disk.h"
#include "btt/log_repair.h"

/* Memory of a bio, or of its integrity payload, that has not been dealt with. */
struct cursor {
	const struct bio_vec *vec;
	struct bvec_iter iter;
};

/* The next piece within one page, at most @left bytes. */
static inline struct bio_vec next_piece(struct cursor *c, u32 left)
{
	struct bio_vec bv = bvec_iter_bvec(c->vec, c->iter);

	bv.bv_len = min(bv.bv_len, left);
	bvec_iter_advance_single(c->vec, &c->iter, bv.bv_len);
	return bv;
}

/* ---- media to memory and back ---- */

static inline void write_bytes(u8 *media, struct cursor *c, u32 len)
{
	while (len) {
		struct bio_vec bv = next_piece(c, len);
		void *mem;

		flush_dcache_page(bv.bv_page);
		mem = bvec_kmap_local(&bv);
		memcpy_flushcache(media, mem, bv.bv_len);
		kunmap_local(mem);
		media += bv.bv_len;
		len -= bv.bv_len;
	}
}

/* Of a block that had another sector's. */
static noinline void zero_media(u8 *media, u32 len)
{
	memcpy_flushcache(media, page_address(ZERO_PAGE(0)), len);
}

/* Bytes left where poison was met. */
static inline u32 read_bytes(const u8 *media, struct cursor *c, u32 len)
{
	while (len) {
		struct bio_vec bv = next_piece(c, len);
		void *mem = bvec_kmap_local(&bv);
		u32 left = copy_mc_to_kernel(mem, media, bv.bv_len);

		kunmap_local(mem);
		flush_dcache_page(bv.bv_page);
		len -= bv.bv_len - left;
		if (unlikely(left))
			return len;
		media += bv.bv_len;
	}
	return 0;
}

static void zero_bytes(struct cursor *c, u32 len)
{
	while (len) {
		struct bio_vec bv = next_piece(c, len);

		memzero_bvec(&bv);
		len -= bv.bv_len;
	}
}

/* ---- sectors ---- */

/* Once, until it works again: why all writes to an arena fail. */
static void arena_report(struct btt *btt, struct btt_arena *a, int what, const char *reason)
{
	if (!test_and_set_bit(what, &btt->told))
		nd_remark(btt->dev, -EIO, ND_REASON_MEDIA, "%s: arena %u takes no writes: %s",
			  btt->disk->disk_name, (u32)(a - btt->arena), reason);
}

static noinline void report_failed(struct btt *btt, struct btt_arena *a)
{
	arena_report(btt, a, BTT_TOLD_FAILED,
		     READ_ONCE(a->read_only) ?
		     "the region is read-only, or was when it was attached" :
		     a->layout.flags & BTT_FLAG_ERROR ? "its info-block says that it has an error" :
		     "a flush has failed: attach it anew to go on from what is durable");
}

/* When more are parked than when it was last looked: each write of a CPU may meet the same one. */
static void report_parked(struct btt *btt, struct btt_arena *a, unsigned int lane)
{
	u32 parked = 0, i;

	for (i = 0; i < btt->arenas; i++)
		parked += btt_lanes_parked(&btt->arena[i]);
	if (parked > xchg(&btt->parked, parked))
		dev_warn_ratelimited(btt->dev, "%s: lane %u of arena %u is parked: its free block, or the map of its last sector, is bad (%u of %u are)\n",
				     btt->disk->disk_name, lane, (u32)(a - btt->arena),
				     btt_lanes_parked(a), a->lanes);
}

/*
 * @lane, which is held, is parked: hold another one instead. That one and no neighbour, which
 * may be parked and free when all others are in use: it would be taken time and again.
 */
static noinline int change_lane(struct btt *btt, struct btt_arena *a, unsigned int *lane)
{
	u32 next = btt_lane_next(a, *lane);

	if (next == *lane) {
		arena_report(btt, a, BTT_TOLD_LANES,
			     "what each lane needs is bad, and cannot be cured");
		return -EIO;
	}
	report_parked(btt, a, *lane);
	btt_lane_release(btt->media.lanes, *lane);
	btt_lane_wait(btt->media.lanes, next);
	*lane = next;
	return 0;
}

/* The log is bad: its repair waits for lanes, so it begins with none. */
static noinline int wait_for_repair(struct btt *btt, struct btt_arena *a, unsigned int *lane)
{
	int rc;

	btt_lane_release(btt->media.lanes, *lane);
	rc = btt_log_repair(a);
	*lane = btt_lane_acquire(btt->media.lanes);
	if (rc == -ENXIO)
		arena_report(btt, a, BTT_TOLD_LOG,
			     "its log is bad and cannot be cleared: copy the data before it is detached, it cannot be attached again");
	return rc ? -EIO : 0;
}

/* What one write does for a log that turns bad again and again. */
#define REPAIRS	3

static noinline int begin_anew(struct btt *btt, struct btt_arena *a, unsigned int *lane, u64 *at,
			       int rc)
{
	int repairs = 0;

	while (rc == -EAGAIN || rc == -EUCLEAN) {
		if (rc == -EAGAIN)
			rc = change_lane(btt, a, lane);
		else
			rc = repairs++ < REPAIRS ? wait_for_repair(btt, a, lane) : -EIO;
		if (!rc)
			rc = btt_write_begin(a, *lane, at);
	}
	return rc;
}

/* The block to write to, in this lane or, unless @nowait, in another one. */
static inline int begin_write(struct btt *btt, struct btt_arena *a, unsigned int *lane, u64 *at,
			      bool nowait)
{
	int rc;

	if (nowait)
		return btt_write_try_begin(a, *lane, at);
	rc = btt_write_begin(a, *lane, at);
	return likely(!rc) ? 0 : begin_anew(btt, a, lane, at, rc);
}

/* -EAGAIN, only with @nowait: the sector is as it was. */
static inline int write_sector(struct btt *btt, u64 sector, unsigned int *lane,
			       struct cursor *data, struct cursor *meta, bool nowait)
{
	struct btt_arena *a;
	u32 lba;
	u64 at;
	int rc;

	a = btt_arena_of(btt, sector, &lba);
	if (unlikely(!a))
		return -EIO;
	rc = begin_write(btt, a, lane, &at, nowait);
	if (likely(!rc)) {
		write_bytes(btt->media.base + at, data, btt->sector_size);
		if (unlikely(meta))
			write_bytes(btt->media.base + at + btt->sector_size, meta, btt->meta_size);
		else if (unlikely(btt->meta_size))
			zero_media(btt->media.base + at + btt->sector_size, btt->meta_size);
		rc = nowait ? btt_write_try_commit(a, *lane, lba) :
			      btt_write_commit(a, *lane, lba);
	}
	if (unlikely(rc) && READ_ONCE(a->failed))
		report_failed(btt, a);
	if (unlikely(!xa_empty(&btt->bad)) && !rc)
		btt_error_forget(btt, sector);
	return rc;
}

/* 0, or -EIO when the block cannot be read. To record poison may sleep: not if @nowait. */
static inline int read_block(struct btt *btt, u64 at, struct cursor *data, struct cursor *meta,
			     bool nowait)
{
	u32 left, len = btt->sector_size + (meta ? btt->meta_size : 0);

	if (btt_media_bad(&btt->media, at, len))
		return -EIO;
	left = read_bytes(btt->media.base + at, data, btt->sector_size);
	if (unlikely(left))
		left += len - btt->sector_size;
	else if (unlikely(meta))
		left = read_bytes(btt->media.base + at + btt->sector_size, meta, btt->meta_size);
	if (likely(!left))
		return 0;
	if (!nowait)
		btt_media_poisoned(&btt->media, at + len - left);
	return -EIO;
}

/* -EAGAIN, only with @nowait: the block is bad, and its sector is not marked yet. */
static inline int read_sector(struct btt *btt, u64 sector, struct cursor *data,
			      struct cursor *meta, bool nowait)
{
	struct btt_arena *a;
	struct btt_read rd;
	u32 lba;
	int rc;

	a = btt_arena_of(btt, sector, &lba);
	if (unlikely(!a) || btt_error_known(btt, sector))
		return -EIO;
	rc = btt_read_begin(a, lba, &rd);
	if (unlikely(rc))
		return rc;
	if (unlikely(rd.zero)) {
		zero_bytes(data, btt->sector_size);
		if (meta)
			zero_bytes(meta, btt->meta_size);
	} else {
		rc = read_block(btt, rd.at, data, meta, nowait);
		if (unlikely(rc) && nowait)
			rc = -EAGAIN;
		else if (unlikely(rc) && btt_error_mark(btt, a, lba, &rd))
			btt_error_remember(btt, sector);
	}
	btt_read_end(&rd);
	return rc;
}

/* ---- bios ---- */

static noinline blk_status_t sector_failed(struct btt *btt, const struct bio *bio, u64 sector)
{
	dev_err_ratelimited(btt->dev, "%s: sector %llu cannot be %s\n", btt->disk->disk_name,
			    sector, op_is_write(bio_op(bio)) ? "written" : "read");
	return BLK_STS_IOERR;
}

/* The metadata that @bio brings or wants: @c, or NULL. */
static inline struct cursor *integrity_of(const struct bio *bio, struct cursor *c)
{
#ifdef CONFIG_BLK_DEV_INTEGRITY
	const struct bio_integrity_payload *bip = bio_integrity((struct bio *)bio);

	if (unlikely(bip)) {
		*c = (struct cursor){ bip->bip_vec, bip->bip_iter };
		return c;
	}
#endif
	return NULL;
}

/* A lane to write in; -EAGAIN, only if @nowait: it, or a fence, would have to be waited for. */
static inline int begin_writes(struct btt *btt, bool nowait)
{
	struct btt_lanes *lanes = btt->media.lanes;

	if (likely(!nowait))
		return btt_lane_acquire(lanes);
	return btt_media_fence_sleeps(&btt->media) ? -EAGAIN : btt_lane_try(lanes);
}

/*
 * A bio that must not wait gives up before it has stored a sector, or not at all: what it gave up
 * is repeated as a whole. Once a sector is stored the others are waited for, if need be.
 */
static blk_status_t btt_transfer(struct btt *btt, struct bio *bio)
{
	struct cursor data = { bio->bi_io_vec, bio->bi_iter }, integrity;
	struct cursor *meta = integrity_of(bio, &integrity);
	u64 sector = bio->bi_iter.bi_sector >> (ilog2(btt->sector_size) - SECTOR_SHIFT);
	u32 nr = bio->bi_iter.bi_size / btt->sector_size;
	bool write = op_is_write(bio_op(bio)), nowait = !!(bio->bi_opf & REQ_NOWAIT);
	unsigned int lane = 0;
	int rc = 0;

	/* the block layer sees to whole sectors; others would end in somebody else's data */
	if (unlikely(!IS_ALIGNED(bio->bi_iter.bi_sector << SECTOR_SHIFT | bio->bi_iter.bi_size,
				 btt->sector_size)))
		return BLK_STS_IOERR;
	if (unlikely(meta) && meta->iter.bi_size < nr * btt->meta_size)
		return BLK_STS_IOERR;
	/* of a disk that was opened before that it is only told by the block layer */
	if (write && unlikely(nd_region_read_only(btt->media.region)))
		return sector_failed(btt, bio, sector);
	if (write) {
		rc = begin_writes(btt, nowait);
		if (unlikely(rc < 0))
			return BLK_STS_AGAIN;
		lane = rc;
	}
	for (; nr; nr--, sector++) {
		rc = write ? write_sector(btt, sector, &lane, &data, meta, nowait) :
			     read_sector(btt, sector, &data, meta, nowait);
		if (unlikely(rc))
			break;
		nowait = nowait && !write;
	}
	if (write)
		btt_lane_release(btt->media.lanes, lane);
	if (likely(!rc))
		return BLK_STS_OK;
	return rc == -EAGAIN ? BLK_STS_AGAIN : sector_failed(btt, bio, sector);
}

static noinline blk_status_t btt_transfer_accounted(struct btt *btt, struct bio *bio)
{
	unsigned long start = bio_start_io_acct(bio);
	blk_status_t status = btt_transfer(btt, bio);

	bio_end_io_acct(bio, start);
	return status;
}

/* No flushes come here: the queue has no write cache, a bio that ended is durable. */
static void btt_submit_bio(struct bio *bio)
{
	struct btt *btt = compat_bio_disk(bio)->private_data;

	if (unlikely(btt->meta_size) && !compat_integrity_prep(bio))
		return;
	if (unlikely(blk_queue_io_stat(btt->disk->queue)))
		bio->bi_status = btt_transfer_accounted(btt, bio);
	else
		bio->bi_status = btt_transfer(btt, bio);
	if (unlikely(bio->bi_status == BLK_STS_AGAIN))
		return bio_wouldblock_error(bio);
	bio_endio(bio);
}
COMPAT_SUBMIT_BIO(btt_submit_bio)

struct nd_disks btt_disks = {
	.ops = {
		.owner = THIS_MODULE,
		COMPAT_DISK_SUBMIT_BIO(btt_submit_bio),
		COMPAT_DISK_FREE(nd_disk_gone),
	},
};

/* ---- the disk ---- */

int btt_disk_add(struct btt *btt)
{
	struct queue_limits lim = {
		.logical_block_size = btt->sector_size,
		.max_hw_sectors = UINT_MAX,
		.features = BLK_FEAT_SYNCHRONOUS,
	};
	struct gendisk *disk;
	int rc;

	/* room for metadata that a bio does not bring is allocated, which may sleep */
	if (!btt->meta_size)
		lim.features |= BLK_FEAT_NOWAIT;
	compat_integrity_limit(&lim, btt->meta_size);
	compat_atomic_limit(&lim, btt->sector_size);
	disk = blk_alloc_disk(&lim, dev_to_node(btt->dev));
	if (IS_ERR(disk))
		return nd_refuse(btt->dev, PTR_ERR(disk), ND_REASON_RESOURCE,
				 "cannot create the disk");
	btt->disk = disk;
	compat_disk_fops(disk, &btt_disks.ops, btt_submit_bio);
	disk->private_data = btt;
	nvdimm_namespace_disk_name(btt->media.ndns, disk->disk_name);
	set_capacity(disk, btt->nlba * (btt->sector_size >> SECTOR_SHIFT));
	set_disk_ro(disk, nd_region_read_only(btt->media.region));
	rc = device_add_disk(btt->dev, disk, NULL);
	if (!rc) {
		nd_disk_added(disk);
		return 0;
	}
	rc = nd_refuse(btt->dev, rc, ND_REASON_RESOURCE, "cannot add the disk %s", disk->disk_name);
	put_disk(disk);
	btt->disk = NULL;
	return rc;
}

void btt_disk_remove(struct btt *btt)
{
	del_gendisk(btt->disk);
	put_disk(btt->disk);
}
