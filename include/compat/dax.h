/* SPDX-License-Identifier: GPL-2.0 */
/* DAX devices and device pagemaps. */
#ifndef COMPAT_DAX_H
#define COMPAT_DAX_H

#include <linux/dax.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/memremap.h>
#include <linux/mm.h>

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

#define COMPAT_DAX_DIRECT_ACCESS(fn)						\
static long fn##_pfn_t(struct dax_device *dax, pgoff_t pgoff, long nr_pages,	\
		       enum dax_access_mode mode, void **kaddr, pfn_t *pfn)	\
{										\
	unsigned long frame;							\
	long rc = fn(dax, pgoff, nr_pages, mode, kaddr, pfn ? &frame : NULL);	\
										\
	if (pfn && rc > 0)							\
		*pfn = compat_dax_pfn(frame);					\
	return compat_dax_result(rc);						\
}
#define compat_dax_direct_access(fn) fn##_pfn_t

#endif

/* Without CONFIG_DAX older kernels return NULL, newer ones -EOPNOTSUPP. */
static inline struct dax_device *compat_alloc_dax(void *private, const struct dax_operations *ops)
{
	struct dax_device *dax = alloc_dax(private, ops);

	return dax ?: ERR_PTR(-EOPNOTSUPP);
}

#define alloc_dax compat_alloc_dax

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

#ifndef HAVE_GET_DEV_PAGEMAP_ONE
#define get_dev_pagemap(pfn) get_dev_pagemap(pfn, NULL)
#endif

#endif
