/* SPDX-License-Identifier: GPL-2.0 */
/* DAX devices and device pagemaps. */
#ifndef COMPAT_DAX_H
#define COMPAT_DAX_H

#include <linux/dax.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/uio.h>

#ifndef HAVE_DAX_ACCESS_MODE
/* Why the data is wanted; such a kernel does not say, and has no write that recovers. */
enum dax_access_mode {
	DAX_ACCESS,
	DAX_RECOVERY_WRITE,
};
#endif

#ifdef HAVE_DAX_DIRECT_ACCESS_PFN

#define COMPAT_DAX_DIRECT_ACCESS(fn)
#define compat_dax_direct_access(fn) (fn)

#else

#include <linux/pfn_t.h>

/* PFN_MAP: the frame has a struct page, so get_user_pages() may be asked for it. */
static inline pfn_t compat_dax_pfn(unsigned long pfn)
{
	return pfn_to_pfn_t(pfn | PFN_DEV | (pfn_valid(pfn) ? PFN_MAP : 0));
}

/* A poisoned page is -EHWPOISON to kernels that turn it into -EIO where that is meant. */
static inline long compat_dax_result(long rc)
{
#ifndef HAVE_DAX_MEM2BLK_ERR
	if (rc == -EHWPOISON)
		return -EIO;
#endif
	return rc;
}

#ifdef HAVE_DAX_ACCESS_MODE
#define COMPAT_DAX_MODE enum dax_access_mode mode,
#define COMPAT_DAX_THE_MODE mode
#else
#define COMPAT_DAX_MODE
#define COMPAT_DAX_THE_MODE DAX_ACCESS
#endif

#define COMPAT_DAX_DIRECT_ACCESS(fn)						\
static long fn##_pfn_t(struct dax_device *dax, pgoff_t pgoff, long nr_pages,	\
		       COMPAT_DAX_MODE void **kaddr, pfn_t *pfn)		\
{										\
	unsigned long frame;							\
	long rc = fn(dax, pgoff, nr_pages, COMPAT_DAX_THE_MODE, kaddr,		\
		     pfn ? &frame : NULL);					\
										\
	if (pfn && rc > 0)							\
		*pfn = compat_dax_pfn(frame);					\
	return compat_dax_result(rc);						\
}
#define compat_dax_direct_access(fn) fn##_pfn_t

#endif

/* What only newer kernels call is used all the same, as far as the compiler can see. */
#define COMPAT_OF_NEWER_KERNELS(fn)						\
static inline typeof(fn) *fn##_of_newer_kernels(void)				\
{										\
	return fn;								\
}

#ifdef HAVE_DAX_ACCESS_MODE
#define COMPAT_DAX_RECOVERY(fn)
#define COMPAT_DAX_RECOVERY_WRITE(fn) .recovery_write = (fn),
#else
#define COMPAT_DAX_RECOVERY(fn) COMPAT_OF_NEWER_KERNELS(fn)
#define COMPAT_DAX_RECOVERY_WRITE(fn)
#endif

#ifndef HAVE_DAX_SYNCHRONOUS
/* Every one is taken for synchronous, and MAP_SYNC is granted on it. */
static inline bool dax_synchronous(struct dax_device *dax)
{
	return true;
}

static inline void set_dax_synchronous(struct dax_device *dax)
{
}
#endif

/*
 * Without CONFIG_DAX older kernels return NULL, newer ones -EOPNOTSUPP, and so is one that is to be
 * not @sync to a kernel that has no such. @host is the name that the disk is going to have, by
 * which older kernels find the device of a disk.
 */
static inline struct dax_device *compat_alloc_dax(void *private, const char *host,
						  const struct dax_operations *ops, bool sync)
{
#if defined(HAVE_DAX_ADD_HOST)
	struct dax_device *dax = alloc_dax(private, ops);
#elif defined(HAVE_DAX_SYNCHRONOUS)
	struct dax_device *dax = alloc_dax(private, host, ops, 0);
#else
	struct dax_device *dax = sync ? alloc_dax(private, host, ops) : NULL;
#endif

	return dax ?: ERR_PTR(-EOPNOTSUPP);
}

#ifdef HAVE_DAX_ZERO_PAGE_RANGE
#define COMPAT_DAX_ZERO(fn)
#define COMPAT_DAX_ZERO_PAGE_RANGE(fn) .zero_page_range = (fn),
#else
#define COMPAT_DAX_ZERO(fn) COMPAT_OF_NEWER_KERNELS(fn)
#define COMPAT_DAX_ZERO_PAGE_RANGE(fn)
#endif

#ifdef HAVE_DAX_ADD_HOST

#define COMPAT_DAX_COPY

#else

/* Copies are the device's: those that bypass the cache, and that stop at poison. */
static inline size_t compat_dax_copy_from(struct dax_device *dax, pgoff_t pgoff, void *addr,
					  size_t bytes, struct iov_iter *iter)
{
	return _copy_from_iter_flushcache(addr, bytes, iter);
}

static inline size_t compat_dax_copy_to(struct dax_device *dax, pgoff_t pgoff, void *addr,
					size_t bytes, struct iov_iter *iter)
{
#ifdef HAVE_COPY_MC
	return _copy_mc_to_iter(addr, bytes, iter);
#else
	return _copy_to_iter_mcsafe(addr, bytes, iter);
#endif
}

#ifdef HAVE_DAX_SUPPORTED
static inline bool compat_dax_supported(struct dax_device *dax, struct block_device *bdev,
					int blocksize, sector_t start, sector_t sectors)
{
	return generic_fsdax_supported(dax, bdev, blocksize, start, sectors);
}

#define COMPAT_DAX_SUPPORTED .dax_supported = compat_dax_supported,
#else
#define COMPAT_DAX_SUPPORTED
#endif

#define COMPAT_DAX_COPY								\
	COMPAT_DAX_SUPPORTED							\
	.copy_from_iter = compat_dax_copy_from,					\
	.copy_to_iter = compat_dax_copy_to,

static inline void set_dax_nocache(struct dax_device *dax)
{
}

static inline void set_dax_nomc(struct dax_device *dax)
{
}

static inline int dax_add_host(struct dax_device *dax, struct gendisk *disk)
{
	return 0;
}

static inline void dax_remove_host(struct gendisk *disk)
{
}

#endif

#ifndef HAVE_DAX_HOLDER
static inline int dax_holder_notify_failure(struct dax_device *dax, u64 off, u64 len, int flags)
{
	return -EOPNOTSUPP;
}
#endif

#ifdef HAVE_PAGEMAP_MEMORY_FAILURE
#define COMPAT_PAGEMAP_FAILURE(fn)
#define COMPAT_PAGEMAP_MEMORY_FAILURE(fn) .memory_failure = (fn)
#else
/* What fails is the kernel's alone to tell: it looks for processes that have it mapped. */
#define COMPAT_PAGEMAP_FAILURE(fn) COMPAT_OF_NEWER_KERNELS(fn)
#define COMPAT_PAGEMAP_MEMORY_FAILURE(fn) .migrate_to_ram = NULL
#endif

/* Compound pages of 2^@shift pages, where the kernel has them; how many pages there are in each. */
static inline unsigned long compat_pagemap_compound(struct dev_pagemap *pgmap, unsigned long shift)
{
#ifdef HAVE_PAGEMAP_COMPOUND
	pgmap->vmemmap_shift = shift;
	return 1UL << shift;
#else
	return 1;
#endif
}

/* Has somebody it open, beside who made it? Opening takes a reference of its inode. */
#if IS_ENABLED(CONFIG_DAX)
struct inode *dax_inode(struct dax_device *dax_dev);

static inline bool compat_dax_opened(struct dax_device *dax)
{
	return atomic_read(&dax_inode(dax)->i_count) > 1;
}
#else
static inline bool compat_dax_opened(struct dax_device *dax)
{
	return false;
}
#endif

#endif
