/* SPDX-License-Identifier: GPL-2.0 */
/* Disks of bio-based drivers. */
#ifndef COMPAT_BLOCK_H
#define COMPAT_BLOCK_H

#include <linux/backing-dev.h>
#include <linux/bio.h>
#include <linux/blk-integrity.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/err.h>

#ifndef HAVE_ALLOC_DISK_QUEUE

/* Of a disk's flags, which are the kernel's: one that it does not have. */
#define COMPAT_DISK_WAS_ADDED	(1 << 30)

#ifdef HAVE_SUBMIT_BIO
static inline struct request_queue *compat_bio_queue(int node)
{
	return blk_alloc_queue(node);
}
#else
static inline blk_qc_t compat_bio_refused(struct request_queue *q, struct bio *bio)
{
	bio_io_error(bio);
	return BLK_QC_T_NONE;
}

/*
 * Told who takes its bios before it has limits, which that sets anew; who really does is
 * compat_disk_fops()'s to tell.
 */
static inline struct request_queue *compat_bio_queue(int node)
{
#if defined(HAVE_ALLOC_QUEUE_RH)
	struct request_queue *q = blk_alloc_queue_rh(compat_bio_refused, node);
#elif defined(HAVE_ALLOC_QUEUE_LOCK)
	struct request_queue *q = blk_alloc_queue_node(GFP_KERNEL, node, NULL);
#else
	struct request_queue *q = blk_alloc_queue_node(GFP_KERNEL, node);
#endif

	if (q)
		blk_queue_make_request(q, compat_bio_refused);
	return q;
}
#endif

/* Disk and queue are made apart; any number of partitions, without minors of their own. */
static inline struct gendisk *compat_disk_with_queue(struct gendisk *disk, int node)
{
	if (!disk)
		return NULL;
	disk->flags = GENHD_FL_EXT_DEVT;
	disk->queue = compat_bio_queue(node);
	if (disk->queue)
		return disk;
	put_disk(disk);
	return NULL;
}

static inline int compat_add_disk(struct device *parent, struct gendisk *disk,
				  const struct attribute_group **groups)
{
#ifdef HAVE_ADD_DISK_GROUPS
	device_add_disk(parent, disk, groups);
#else
	disk_to_dev(disk)->groups = groups;
	device_add_disk(parent, disk);
#endif
	return 0;
}

/* Who has the device open may ask still: no I/O is under way, or begins, after this. */
static inline void compat_del_disk(struct gendisk *disk)
{
	del_gendisk(disk);
	blk_cleanup_queue(disk->queue);
	disk->flags |= COMPAT_DISK_WAS_ADDED;
}

/* A disk that was added has a reference of its own on its queue. */
static inline void compat_put_disk(struct gendisk *disk)
{
	if (disk && !(disk->flags & COMPAT_DISK_WAS_ADDED)) {
		blk_cleanup_queue(disk->queue);
		disk->queue = NULL;
	}
	put_disk(disk);
}

/* a name that a driver may want for itself */
#undef alloc_disk
#define device_add_disk compat_add_disk
#define del_gendisk compat_del_disk
#define put_disk compat_put_disk

#endif

static inline struct gendisk *compat_bio_disk(const struct bio *bio)
{
#ifdef HAVE_BIO_BDEV
	return bio->bi_bdev->bd_disk;
#else
	return bio->bi_disk;
#endif
}

/* Who takes a disk's bios is told by its operations, and before v5.9 by its queue. */
#if defined(HAVE_SUBMIT_BIO_VOID)
#define COMPAT_SUBMIT_BIO(fn)
#define COMPAT_DISK_SUBMIT_BIO(fn) .submit_bio = (fn)
#elif defined(HAVE_SUBMIT_BIO)
#define COMPAT_SUBMIT_BIO(fn)							\
static blk_qc_t fn##_cookie(struct bio *bio)					\
{										\
	fn(bio);								\
	return BLK_QC_T_NONE;							\
}
#define COMPAT_DISK_SUBMIT_BIO(fn) .submit_bio = fn##_cookie
#else
#define COMPAT_SUBMIT_BIO(fn)							\
static blk_qc_t fn##_of_queue(struct request_queue *q, struct bio *bio)		\
{										\
	fn(bio);								\
	return BLK_QC_T_NONE;							\
}
/* An empty initialiser of a member that stays what it was. */
#define COMPAT_DISK_SUBMIT_BIO(fn) .check_events = NULL
#define compat_disk_fops(disk, ops, fn)						\
do {										\
	(disk)->fops = (ops);							\
	(disk)->queue->make_request_fn = fn##_of_queue;				\
} while (0)
#endif

#ifndef compat_disk_fops
#define compat_disk_fops(disk, ops, fn) ((void)((disk)->fops = (ops)))
#endif

/* Where there is none, no operation of a disk is asked for once it is closed. */
#ifdef HAVE_FREE_DISK
#define COMPAT_DISK_FREE(fn) .free_disk = (fn)
#define compat_disk_is_freed_by_ops() true
#else
#define COMPAT_DISK_FREE(fn) .getgeo = NULL
#define compat_disk_is_freed_by_ops() false
#endif

#ifndef HAVE_BIO_IO_ACCT
static inline unsigned long compat_start_io_acct(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);

	generic_start_io_acct(disk->queue, bio_op(bio), bio_sectors(bio), &disk->part0);
	return jiffies;
}

/* What it was is told by its opf, which stays. */
static inline void compat_end_io_acct(struct bio *bio, unsigned long start)
{
	struct gendisk *disk = compat_bio_disk(bio);

	generic_end_io_acct(disk->queue, bio_op(bio), &disk->part0, start);
}

#define bio_start_io_acct compat_start_io_acct
#define bio_end_io_acct compat_end_io_acct
#endif

#ifndef HAVE_BVEC_KMAP_LOCAL
#ifdef CONFIG_HIGHMEM
#error "This kernel maps its memory by pages for a moment, and not so that one may sleep"
#endif
static inline void *bvec_kmap_local(struct bio_vec *bv)
{
	return page_address(bv->bv_page) + bv->bv_offset;
}

#define kunmap_local(addr) ((void)(addr))

static inline void memzero_bvec(struct bio_vec *bv)
{
	memset(bvec_kmap_local(bv), 0, bv->bv_len);
}
#endif

/* Pieces are of one page there: v5.1, d18d91740ad2 */
#ifndef bio_for_each_bvec
#define bio_for_each_bvec bio_for_each_segment
#endif

#ifndef HAVE_BVEC_ITER_ADVANCE_SINGLE
static inline void bvec_iter_advance_single(const struct bio_vec *bv, struct bvec_iter *iter,
					    unsigned int bytes)
{
	bvec_iter_advance(bv, iter, bytes);
}
#endif

#ifndef HAVE_QUEUE_LIMITS_FEATURES

typedef unsigned int __bitwise blk_features_t;

#define BLK_FEAT_WRITE_CACHE	((__force blk_features_t)(1u << 0))
#define BLK_FEAT_FUA		((__force blk_features_t)(1u << 1))
#define BLK_FEAT_ROTATIONAL	((__force blk_features_t)(1u << 2))
#define BLK_FEAT_STABLE_WRITES	((__force blk_features_t)(1u << 5))
#define BLK_FEAT_SYNCHRONOUS	((__force blk_features_t)(1u << 6))
#define BLK_FEAT_NOWAIT		((__force blk_features_t)(1u << 7))
#define BLK_FEAT_DAX		((__force blk_features_t)(1u << 8))

/*
 * The newer structure's members that a bio-based driver sets; 0 keeps the block
 * layer's default. This kernel's own queue_limits has no features; after this
 * header the name means ours.
 */
struct compat_queue_limits {
	blk_features_t	features;
	unsigned int	logical_block_size;
	unsigned int	physical_block_size;
	unsigned int	io_min;
	unsigned int	io_opt;
	unsigned int	max_hw_sectors;
	unsigned short	max_segments;
	struct {
		unsigned char metadata_size, tag_size;
	} integrity;
};

static inline void compat_queue_flag(struct request_queue *q, unsigned int flag, blk_features_t on)
{
	if (on)
		blk_queue_flag_set(flag, q);
	else
		blk_queue_flag_clear(flag, q);
}

/* SYNCHRONOUS is not told to such a kernel: it only steers swap, by rw_page. */
static inline struct gendisk *compat_disk_limit(struct gendisk *disk,
						const struct compat_queue_limits *lim)
{
	struct request_queue *q;

	if (!disk)
		return ERR_PTR(-ENOMEM);
	q = disk->queue;
	if (lim->logical_block_size)
		blk_queue_logical_block_size(q, lim->logical_block_size);
	if (lim->physical_block_size)
		blk_queue_physical_block_size(q, lim->physical_block_size);
	if (lim->io_min)
		blk_queue_io_min(q, lim->io_min);
	if (lim->io_opt)
		blk_queue_io_opt(q, lim->io_opt);
	if (lim->max_hw_sectors)
		blk_queue_max_hw_sectors(q, lim->max_hw_sectors);
	if (lim->max_segments)
		blk_queue_max_segments(q, lim->max_segments);
	blk_queue_write_cache(q, !!(lim->features & BLK_FEAT_WRITE_CACHE),
			      !!(lim->features & BLK_FEAT_FUA));
	if (!(lim->features & BLK_FEAT_ROTATIONAL))
		blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
#ifdef QUEUE_FLAG_STABLE_WRITES
	compat_queue_flag(q, QUEUE_FLAG_STABLE_WRITES, lim->features & BLK_FEAT_STABLE_WRITES);
#else
	if (lim->features & BLK_FEAT_STABLE_WRITES)
		q->backing_dev_info->capabilities |= BDI_CAP_STABLE_WRITES;
#endif
#ifdef QUEUE_FLAG_NOWAIT
	compat_queue_flag(q, QUEUE_FLAG_NOWAIT, lim->features & BLK_FEAT_NOWAIT);
#endif
	compat_queue_flag(q, QUEUE_FLAG_DAX, lim->features & BLK_FEAT_DAX);
	if (lim->integrity.metadata_size) {
		struct blk_integrity bi = {
			.tuple_size = lim->integrity.metadata_size,
			.tag_size = lim->integrity.tag_size,
		};

		blk_integrity_register(disk, &bi);
		blk_queue_max_integrity_segments(q, 1);
	}
	return disk;
}

#undef blk_alloc_disk
#ifdef HAVE_ALLOC_DISK_QUEUE
#define blk_alloc_disk(lim, node)						\
({										\
	static struct lock_class_key _key;					\
										\
	compat_disk_limit(__blk_alloc_disk(node, &_key), lim);			\
})
#else
#define blk_alloc_disk(lim, node)						\
	compat_disk_limit(compat_disk_with_queue(alloc_disk_node(0, node), node), lim)
#endif

#define queue_limits compat_queue_limits

#endif

/* Sectors are followed by @size bytes of opaque metadata; 0: by none. */
static inline void compat_integrity_limit(struct queue_limits *lim, unsigned char size)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_INTEGRITY) || !size)
		return;
#if defined(HAVE_QUEUE_LIMITS_FEATURES) && !defined(HAVE_INTEGRITY_METADATA_SIZE)
	lim->integrity.tuple_size = size;
#else
	lim->integrity.metadata_size = size;
#endif
	lim->integrity.tag_size = size;
}

/* Writes of @size aligned bytes, no more and no less, are atomic across power failures. */
static inline void compat_atomic_limit(struct queue_limits *lim, unsigned int size)
{
#ifdef HAVE_QUEUE_LIMITS_ATOMIC
	lim->atomic_write_hw_max = size;
	lim->atomic_write_hw_unit_min = size;
	lim->atomic_write_hw_unit_max = size;
#endif
#ifdef BLK_FEAT_ATOMIC_WRITES
	lim->features |= BLK_FEAT_ATOMIC_WRITES;
#endif
}

/* Give a bio room for its metadata, where the submitter has brought none. False: it has ended. */
static inline bool compat_integrity_prep(struct bio *bio)
{
#ifdef HAVE_INTEGRITY_PREP_ACTION
	unsigned int action = bio_integrity_action(bio);

	if (action)
		bio_integrity_prep(bio, action);
	return true;
#else
	return bio_integrity_prep(bio);
#endif
}

#ifndef HAVE_FREEZE_MEMFLAGS

static inline unsigned int compat_freeze_queue(struct request_queue *q)
{
	blk_mq_freeze_queue(q);
	return 0;
}

static inline void compat_unfreeze_queue(struct request_queue *q, unsigned int memflags)
{
	blk_mq_unfreeze_queue(q);
}

#define blk_mq_freeze_queue compat_freeze_queue
#define blk_mq_unfreeze_queue compat_unfreeze_queue

#endif

#ifdef HAVE_BLK_MODE_T

#define COMPAT_BLK_OPEN(fn)
#define COMPAT_BLK_RELEASE(fn)
#define compat_blk_open(fn) (fn)
#define compat_blk_release(fn) (fn)

#else

typedef fmode_t blk_mode_t;

#define BLK_OPEN_READ	FMODE_READ
#define BLK_OPEN_WRITE	FMODE_WRITE
#define BLK_OPEN_EXCL	FMODE_EXCL

#define COMPAT_BLK_OPEN(fn)							\
static int fn##_by_bdev(struct block_device *bdev, fmode_t mode)		\
{										\
	return fn(bdev->bd_disk, mode);						\
}
#define COMPAT_BLK_RELEASE(fn)							\
static void fn##_by_mode(struct gendisk *disk, fmode_t mode)			\
{										\
	fn(disk);								\
}
#define compat_blk_open(fn) fn##_by_bdev
#define compat_blk_release(fn) fn##_by_mode

#endif
#endif
