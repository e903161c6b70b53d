/* SPDX-License-Identifier: GPL-2.0 */
/* media.h for the module: loads and stores straight to the mapped namespace. */
#ifndef _ND_BTT_MEDIA_KERNEL_H
#define _ND_BTT_MEDIA_KERNEL_H

#include <linux/atomic.h>
#include <linux/badblocks.h>
#include <linux/cache.h>
#include <linux/libnvdimm.h>
#include <linux/mutex.h>
#include <linux/nd.h>
#include <linux/uaccess.h>
#include "btt/arena.h"
#include "btt/lanes.h"
#include "poison/badblocks.h"
#include "region/region.h"

/*
 * struct btt_media - a namespace that holds a BTT
 * @base: the first arena's first byte, mapped write-back
 * @origin: where that is in the namespace, bytes
 * @lanes: of all its arenas
 * @bb: bad sectors, counted from the start of the namespace
 */
struct btt_media {
	u8 *base;
	struct badblocks *bb;
	struct nd_region *region;
	struct nd_namespace_common *ndns;
	u64 origin;
	struct btt_lanes *lanes;
};

/* Of an arena's map: an entry is exchanged under the lock of its stripe. */
struct btt_locks {
	struct {
		struct mutex lock;
	} ____cacheline_aligned_in_smp stripe[BTT_MAP_STRIPES];
};

/* Out of line: what is rare. */
bool btt_media_listed_bad(struct btt_media *m, u64 at, size_t len);
void btt_media_poisoned(struct btt_media *m, u64 at);
void btt_media_wait(unsigned int tries);
int btt_media_repair(struct btt_media *m, u64 at, size_t len);
int btt_media_clear(struct btt_media *m, u64 at, size_t len);

static inline int btt_media_read(struct btt_media *m, u64 at, void *buf, size_t len)
{
	return nvdimm_read_bytes(m->ndns, m->origin + at, buf, len, 0);
}

static inline bool btt_media_bad(struct btt_media *m, u64 at, size_t len)
{
	return unlikely(nd_badblocks_any(m->bb)) && btt_media_listed_bad(m, at, len);
}

static inline bool btt_media_any_bad(struct btt_media *m)
{
	return nd_badblocks_any(m->bb);
}

static inline int btt_media_write(struct btt_media *m, u64 at, const void *buf, size_t len)
{
	if (btt_media_bad(m, at, len))
		return nvdimm_write_bytes(m->ndns, m->origin + at, (void *)buf, len, 0);
	memcpy_flushcache(m->base + at, buf, len);
	return 0;
}

/* The copy survives poison but may come in bytes; what it has brought is then loaded whole. */
static inline int btt_media_load32(struct btt_media *m, u64 at, u32 *out)
{
	__le32 *word = (__le32 *)(m->base + at), copy;

	if (btt_media_bad(m, at, sizeof(*word)))
		return -EIO;
	if (unlikely(copy_mc_to_kernel(&copy, word, sizeof(copy)))) {
		btt_media_poisoned(m, at);
		return -EIO;
	}
	*out = le32_to_cpu(READ_ONCE(*word));
	return 0;
}

/* Acquire: the data is read after it. */
static inline u32 btt_media_reload32(struct btt_media *m, u64 at)
{
	/* pairs with the fence before the entry was stored */
	return le32_to_cpu(smp_load_acquire((__le32 *)(m->base + at)));
}

static inline void btt_media_store32(struct btt_media *m, u64 at, u32 value)
{
	WRITE_ONCE(*(__le32 *)(m->base + at), cpu_to_le32(value));
}

static inline void btt_media_store64(struct btt_media *m, u64 at, __le32 low, __le32 high)
{
	__le32 word[2] = { low, high };

	memcpy_flushcache(m->base + at, word, sizeof(u64));
}

static inline void btt_media_writeback(struct btt_media *m, u64 at)
{
	arch_wb_cache_pmem(m->base + at, sizeof(__le32));
}

static inline int btt_media_fence(struct btt_media *m)
{
	return nd_region_flush(m->region, NULL);
}

/* Does a fence wait for the medium, because it is a service? */
static inline bool btt_media_fence_sleeps(const struct btt_media *m)
{
	return m->region->flush.ask;
}

static inline u32 btt_media_losses(struct btt_media *m)
{
	return atomic_read(&m->region->flush.losses);
}

static inline void btt_media_pause(struct btt_media *m, unsigned int tries)
{
	btt_media_wait(tries);
}

static inline void btt_media_begin_repair(struct btt_media *m)
{
	mutex_lock(&m->lanes->repair);
}

static inline void btt_media_hold(struct btt_media *m, u32 lane)
{
	mutex_lock_nest_lock(&m->lanes->lane[lane].lock, &m->lanes->repair);
}

static inline void btt_media_release(struct btt_media *m, u32 lane)
{
	btt_lane_release(m->lanes, lane);
}

static inline void btt_media_end_repair(struct btt_media *m)
{
	mutex_unlock(&m->lanes->repair);
}

static inline void btt_media_lock(struct btt_locks *locks, u32 i)
{
	mutex_lock(&locks->stripe[i].lock);
}

static inline bool btt_media_trylock(struct btt_locks *locks, u32 i)
{
	return mutex_trylock(&locks->stripe[i].lock);
}

static inline void btt_media_unlock(struct btt_locks *locks, u32 i)
{
	mutex_unlock(&locks->stripe[i].lock);
}

#endif /* _ND_BTT_MEDIA_KERNEL_H */
