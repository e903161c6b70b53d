// SPDX-License-Identifier: GPL-2.0
/*
 * Bios: memory to media, media to memory; and poison.
 *
 * The straight path is one copy per contiguous piece of the bio and a glance
 * at the number of bad sectors. Everything that is not straight is out of line.
 */
#include <linux/badblocks.h>
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/libnvdimm.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include "common/hwpoison.h"
#include "common/range.h"
#include "pmem/clear_poison.h"
#include "pmem/pmem.h"
#include "pmem/proof.h"

void pmem_badblocks_changed(struct pmem *pmem)
{
	/* pairs with publish(): a disk may be in use before the entry is known */
	struct kernfs_node *state = smp_load_acquire(&pmem->bb_state);

	if (state)
		sysfs_notify_dirent(state);
}

/* ---- poison ---- */

bool pmem_next_bad(struct pmem *pmem, u64 off, u64 len, u64 *bad, u64 *bad_len)
{
	sector_t first, nr;

	if (!nvdimm_badblocks_check(pmem->region, &pmem->bb, pmem->range.start,
				    off >> SECTOR_SHIFT, len >> SECTOR_SHIFT, &first, &nr))
		return false;
	*bad = (u64)first << SECTOR_SHIFT;
	*bad_len = (u64)nr << SECTOR_SHIFT;
	return true;
}

static noinline bool pmem_is_bad(struct pmem *pmem, u64 off, u64 len)
{
	u64 bad, bad_len;

	return nd_badblocks_any(&pmem->bb) && pmem_next_bad(pmem, off, len, &bad, &bad_len);
}

/* The kernel unmaps a page in which it has met poison: loads and stores there fault. */
bool pmem_page_unmapped(struct pmem *pmem, u64 page)
{
	unsigned long pfn;

	if (!pmem->pages)
		return false;
	pmem_frames(pmem, page, 1, &pfn);
	return nd_hwpoison_unmapped(pfn);
}

void pmem_page_restore(struct pmem *pmem, u64 page)
{
	unsigned long pfn;

	if (!pmem->pages)
		return;
	pmem_frames(pmem, page, 1, &pfn);
	nd_hwpoison_clear(pfn);
}

/* Was a page there told to fail, and has not been seen unmapped since? */
static bool pmem_is_noted(struct pmem *pmem, u64 off, u64 len)
{
	u64 page = PFN_DOWN(off), nr = PFN_UP(off + len) - page;
	unsigned long pfn;

	if (!pmem->pages || !nd_hwpoison_expected() || !nr)
		return false;
	pmem_frames(pmem, page, nr, &pfn);
	return nd_hwpoison_noted(pfn, nr);
}

static bool pmem_all_present(struct pmem *pmem, u64 off, u64 len)
{
	u64 page = PFN_DOWN(off), end = PFN_UP(off + len);

	/* no sector is bad: unmapped are pages of which there is a note */
	if (!nd_badblocks_any(&pmem->bb) && !pmem_is_noted(pmem, off, len))
		return true;
	for (; pmem->pages && page < end; page++)
		if (pmem_page_unmapped(pmem, page))
			return false;
	return true;
}

noinline bool pmem_is_unusable(struct pmem *pmem, u64 off, u64 len)
{
	return pmem_needs_care(pmem) &&
	       (pmem_is_bad(pmem, off, len) || !pmem_all_present(pmem, off, len));
}

/* ---- clearing: clear_poison.h ---- */

bool pmem_clear(struct pmem *pmem, u64 off, u64 len)
{
	return nvdimm_clear_poison(pmem->dev, pmem->range.start + off, len) == len;
}

void pmem_clear_failed(struct pmem *pmem, u64 off, u64 len)
{
	nvdimm_found_bad(pmem->region, &pmem->bb, &pmem->range, off, len);
}

bool pmem_pages_return(struct pmem *pmem)
{
	return nd_hwpoison_ends();
}

void pmem_invalidate(struct pmem *pmem, u64 off, u64 len)
{
	if (unlikely(nd_hwpoison_expected()))
		nd_hwpoison_invalidate(pmem->data + off, len);
	else
		arch_invalidate_pmem(pmem->data + off, len);
}

blk_status_t pmem_clear_poison(struct pmem *pmem, u64 off, u64 len)
{
	enum pmem_clear_end end = pmem_clear_bytes(pmem, off, len, PAGE_SIZE);

	if (end == PMEM_CLEAR_PART)
		nd_note(pmem->dev, -EIO, ND_REASON_MEDIA,
			"%u bytes at byte %llu of the disk: poison has made the kernel unmap a page of which that is a part; write whole pages of %lu bytes",
			(u32)len, off, PAGE_SIZE);
	if (end == PMEM_CLEAR_GONE)
		nd_note(pmem->dev, -EIO, ND_REASON_MEDIA,
			"%u bytes at byte %llu of the disk: poison has made the kernel unmap a page there, and this one maps none again until it is booted",
			(u32)len, off);
	return end == PMEM_CLEARED ? BLK_STS_OK : BLK_STS_IOERR;
}

void pmem_not_stored(struct pmem *pmem, u64 off, u64 len)
{
	u64 end = off + len, bad, bad_len, from;

	while (off < end && pmem_next_bad(pmem, off, end - off, &bad, &bad_len)) {
		from = max(bad, off);
		off = min(bad + bad_len, end);
		pmem_clear_failed(pmem, from, off - from);
	}
}

void pmem_cleared(struct pmem *pmem, u64 off, u64 len)
{
	nvdimm_badblocks_cleared(pmem->region, &pmem->bb, &pmem->range, off >> SECTOR_SHIFT,
				 len >> SECTOR_SHIFT);
	pmem_badblocks_changed(pmem);
}

/*
 * What of a page is bad its bus may know to the byte; where nobody does it is
 * the page. It is listed before it is unmapped: as long as the list is empty, no
 * page is unmapped.
 */
static void list_failed(struct pmem *pmem, u64 off, u64 len)
{
	u64 pos = ALIGN_DOWN(off, PAGE_SIZE);
	struct range phys, bad;
	unsigned long pfn;

	for (; pos < off + len; pos += PAGE_SIZE) {
		pmem_frames(pmem, PHYS_PFN(pos), 1, &pfn);
		nd_hwpoison_report(pfn, 1);
		phys.start = pmem->range.start + pos;
		phys.end = phys.start + PAGE_SIZE - 1;
		if (!nd_range_next_bad(pmem->dev, &phys, &bad))
			nvdimm_found_bad(pmem->region, &pmem->bb, &pmem->range, pos, PAGE_SIZE);
	}
	nvdimm_badblocks_populate(pmem->region, &pmem->bb, &pmem->range);
}

void pmem_pages_failed(struct pmem *pmem, u64 off, u64 len)
{
	/* pairs with alloc_disk(), before which there are no bios; pmem_release() puts it last */
	struct gendisk *disk = smp_load_acquire(&pmem->disk);
	unsigned int noio = memalloc_noio_save();
	unsigned int memflags = disk ? blk_mq_freeze_queue(disk->queue) : 0;

	/* none of those that are waited for waits for this handler: the note comes with the list */
	list_failed(pmem, off, len);
	if (disk)
		blk_mq_unfreeze_queue(disk->queue, memflags);
	memalloc_noio_restore(noio);
	pmem_badblocks_changed(pmem);
}

/* A copy of @bio has stopped at @media. To record that may sleep, and is left to a bio that may. */
static noinline blk_status_t found_poison(struct pmem *pmem, const struct bio *bio,
					  const void *media)
{
	if (bio->bi_opf & REQ_NOWAIT)
		return BLK_STS_AGAIN;
	nvdimm_found_poison(pmem->region, &pmem->bb, &pmem->range, media - pmem->data);
	pmem_badblocks_changed(pmem);
	return BLK_STS_IOERR;
}

/* ---- data ---- */

/* Pieces of a bio: physically contiguous, and mapped so unless there is high memory. */
#ifdef CONFIG_HIGHMEM
#define for_each_piece bio_for_each_segment
#else
#define for_each_piece bio_for_each_bvec
#endif

/* Caches that alias, on machines that have such, see the kernel's view of the page. */
static inline void flush_piece(const struct bio_vec *bv)
{
#if ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE
	struct page *page = bv->bv_page + bv->bv_offset / PAGE_SIZE;
	unsigned int nr = DIV_ROUND_UP(offset_in_page(bv->bv_offset) + bv->bv_len, PAGE_SIZE);

	while (nr--)
		flush_dcache_page(page++);
#endif
}

static inline u64 first_byte(const struct bio *bio)
{
	return (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;
}

static inline blk_status_t pmem_read(struct pmem *pmem, struct bio *bio)
{
	void *media = pmem->data + first_byte(bio);
	struct bvec_iter iter;
	struct bio_vec bv;

	if (unlikely(pmem_needs_care(pmem)) &&
	    pmem_is_unusable(pmem, first_byte(bio), bio->bi_iter.bi_size))
		return BLK_STS_IOERR;
	for_each_piece(bv, bio, iter) {
		void *mem = bvec_kmap_local(&bv);
		unsigned long left = copy_mc_to_kernel(mem, media, bv.bv_len);

		kunmap_local(mem);
		media += bv.bv_len;
		if (unlikely(left))
			return found_poison(pmem, bio, media - left);
		flush_piece(&bv);
	}
	return BLK_STS_OK;
}

/* @may_fault: false: none of its pages is noted. Return: false as pmem_store() does */
static __always_inline bool write_pieces(struct bio *bio, void *media, bool may_fault)
{
	struct bvec_iter iter;
	struct bio_vec bv;
	bool stored = true;

	for_each_piece(bv, bio, iter) {
		void *mem;

		flush_piece(&bv);
		mem = bvec_kmap_local(&bv);
		if (may_fault)
			stored = pmem_store(media, mem, bv.bv_len);
		else
			memcpy_flushcache(media, mem, bv.bv_len);
		kunmap_local(mem);
		if (!stored)
			return false;
		media += bv.bv_len;
	}
	return true;
}

/*
 * Perhaps some sector of the disk is bad, perhaps one of those to be stored to. @bad:
 * there are such, and pmem_cleared() is due when they have their new contents.
 */
static noinline blk_status_t make_storable(struct pmem *pmem, u64 off, u64 len, bool *bad)
{
	*bad = pmem_is_bad(pmem, off, len);
	if (*bad || !pmem_all_present(pmem, off, len))
		return pmem_clear_poison(pmem, off, len);
	return BLK_STS_OK;
}

/* ---- media that a host has mapped read-only ---- */

static bool proof_load(void *to, const void *media, size_t len)
{
	return !copy_mc_to_kernel(to, media, len);
}

static bool proof_write(void *media, const void *bytes, size_t len)
{
	bool stored = pmem_store(media, bytes, len);

	/* past the caches before it is loaded */
	pmem_wmb();
	return stored;
}

static const struct pmem_proof_ops pmem_proof_ops = {
	.load = proof_load,
	.store = proof_write,
};

/*
 * A host may map a read-only file, and virtio-pmem cannot report it (Virtio 1.2 §5.19): stores are
 * dropped by the hypervisor. As long as none has changed a byte, the first bytes of each write are
 * stored and loaded again, so that the write fails and is not lost.
 */
static noinline blk_status_t prove_bytes(struct pmem *pmem, void *media, const void *data,
					 size_t len)
{
	u8 bytes[PMEM_PROOF];
	enum pmem_proof proof;

	/* the submitter may change them at any time */
	len = min_t(size_t, len, PMEM_PROOF);
	memcpy(bytes, data, len);
	proof = pmem_prove(&pmem_proof_ops, media, bytes, len);
	if (proof == PMEM_PROOF_ARRIVES)
		WRITE_ONCE(pmem->unproven, false);
	if (proof != PMEM_PROOF_DROPPED)
		return BLK_STS_OK;
	if (!xchg(&pmem->dropped, true))
		nd_remark(pmem->dev, -EIO, ND_REASON_MEDIA,
			  "the host drops what is stored to %s: its file is read-only; write 1 to read_only of %s",
			  pmem->disk->disk_name, dev_name(&pmem->region->dev));
	return BLK_STS_IOERR;
}

static noinline blk_status_t prove_bio(struct pmem *pmem, struct bio *bio)
{
	struct bio_vec bv = bio_iter_iovec(bio, bio->bi_iter);
	void *mem = bvec_kmap_local(&bv);
	blk_status_t status = prove_bytes(pmem, pmem->data + first_byte(bio), mem, bv.bv_len);

	kunmap_local(mem);
	return status;
}

/* A page that is unmapped meanwhile is mapped again, or fails the bio; each at most once. */
static noinline blk_status_t write_carefully(struct pmem *pmem, struct bio *bio)
{
	u64 off = first_byte(bio);
	u32 len = bio->bi_iter.bi_size;
	blk_status_t status;
	bool bad;

	for (;;) {
		status = make_storable(pmem, off, len, &bad);
		if (!status && unlikely(READ_ONCE(pmem->unproven)))
			status = prove_bio(pmem, bio);
		if (status)
			return status;
		if (write_pieces(bio, pmem->data + off, true))
			break;
		pmem_not_stored(pmem, off, len);
	}
	if (bad)
		pmem_cleared(pmem, off, len);
	return BLK_STS_OK;
}

static inline blk_status_t pmem_write(struct pmem *pmem, struct bio *bio)
{
	/* a disk that was opened before is only called so, and warned of, by the block layer */
	if (unlikely(nd_region_read_only(pmem->region)))
		return BLK_STS_IOERR;
	if (unlikely(pmem_needs_care(pmem) || READ_ONCE(pmem->unproven)))
		return write_carefully(pmem, bio);
	write_pieces(bio, pmem->data + first_byte(bio), false);
	return BLK_STS_OK;
}

static bool zero_pages(struct pmem *pmem, u64 off, u64 end)
{
	for (; off < end; off += PAGE_SIZE)
		if (!pmem_store(pmem->data + off, page_address(ZERO_PAGE(0)), PAGE_SIZE))
			return false;
	return true;
}

blk_status_t pmem_zero(struct pmem *pmem, u64 off, u64 len)
{
	blk_status_t status = BLK_STS_OK;
	bool bad = false;

	if (nd_region_read_only(pmem->region))
		return BLK_STS_IOERR;
	for (;;) {
		if (pmem_needs_care(pmem))
			status = make_storable(pmem, off, len, &bad);
		if (!status && READ_ONCE(pmem->unproven))
			status = prove_bytes(pmem, pmem->data + off, page_address(ZERO_PAGE(0)),
					     len);
		if (status)
			return status;
		if (zero_pages(pmem, off, off + len))
			break;
		pmem_not_stored(pmem, off, len);
	}
	if (bad)
		pmem_cleared(pmem, off, len);
	return BLK_STS_OK;
}

/* ---- bios ---- */

static inline blk_status_t pmem_transfer(struct pmem *pmem, struct bio *bio)
{
	return op_is_write(bio_op(bio)) ? pmem_write(pmem, bio) : pmem_read(pmem, bio);
}

static noinline blk_status_t pmem_transfer_accounted(struct pmem *pmem, struct bio *bio)
{
	unsigned long start = bio_start_io_acct(bio);
	blk_status_t status = pmem_transfer(pmem, bio);

	bio_end_io_acct(bio, start);
	return status;
}

/* End @bio as its flush went; a provider that took it over ends it itself. */
static void end_flushed(struct bio *bio, int rc)
{
	if (rc > 0)
		return;
	if (rc)
		bio->bi_status = errno_to_blk_status(rc);
	bio_endio(bio);
}

/*
 * What was written before has to be durable before this bio writes anything:
 * when it cannot be made so, nothing is written. With data to come the flush is
 * waited for; without, the bio is the flush. True: the bio is dealt with.
 */
static noinline bool pmem_preflush(struct pmem *pmem, struct bio *bio)
{
	bool has_data = bio->bi_iter.bi_size;
	int rc = nd_region_flush(pmem->region, has_data ? NULL : bio);

	if (has_data && !rc)
		return false;
	end_flushed(bio, rc);
	return true;
}

/*
 * Must @bio wait before it is done? The driver waits for a flush that a provider does if data
 * follow it, waits for the machine-check handler if a page has just failed, and clears poison
 * before it writes there. It asks before it stores anything, because a bio that gives up is
 * repeated as a whole.
 */
static noinline bool pmem_must_wait(struct pmem *pmem, const struct bio *bio)
{
	u32 len = bio->bi_iter.bi_size;

	if ((bio->bi_opf & REQ_PREFLUSH) && len && pmem->region->flush.ask)
		return true;
	if (unlikely(pmem_is_noted(pmem, first_byte(bio), len)))
		return true;
	return op_is_write(bio_op(bio)) && pmem_is_unusable(pmem, first_byte(bio), len);
}

static void pmem_submit_bio(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct pmem *pmem = disk->private_data;
	blk_status_t status;

	if ((bio->bi_opf & REQ_NOWAIT) && unlikely(pmem_must_wait(pmem, bio)))
		return bio_wouldblock_error(bio);
	if (unlikely(bio->bi_opf & REQ_PREFLUSH) && pmem_preflush(pmem, bio))
		return;
	if (unlikely(blk_queue_io_stat(disk->queue)))
		status = pmem_transfer_accounted(pmem, bio);
	else
		status = pmem_transfer(pmem, bio);
	if (unlikely(status))
		bio->bi_status = status;
	else if (unlikely(bio->bi_opf & REQ_FUA))
		return end_flushed(bio, nd_region_flush(pmem->region, bio));
	bio_endio(bio);
}
COMPAT_SUBMIT_BIO(pmem_submit_bio)

struct nd_disks pmem_disks = {
	.ops = {
		.owner = THIS_MODULE,
		COMPAT_DISK_SUBMIT_BIO(pmem_submit_bio),
		COMPAT_DISK_FREE(nd_disk_gone),
	},
};

void pmem_set_disk_ops(struct gendisk *disk)
{
	compat_disk_fops(disk, &pmem_disks.ops, pmem_submit_bio);
}
