// SPDX-License-Identifier: GPL-2.0
/*
 * The dax device: frames and addresses for filesystems, which then load and
 * store without us.
 *
 * read(2) and write(2) on a dax file are copied by the dax core, with the
 * copies that stop at poison and that bypass the cache (nomc, nocache); they
 * take no look at the struct page of the media, which may be slow media itself
 * (requirements D1).
 */
#include <linux/dax.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/uio.h>
#include "pmem/clear_poison.h"
#include "pmem/pmem.h"

/* Pages from @pgoff that may be handed out; a negative errno when the first may not. */
static long good_pages(struct pmem *pmem, pgoff_t pgoff, long nr, enum dax_access_mode mode)
{
	u64 off = PFN_PHYS(pgoff), len = PFN_PHYS((u64)nr), bad, bad_len;

	if (!pmem_is_unusable(pmem, off, len))
		return nr;
	if (mode != DAX_RECOVERY_WRITE)
		return -EHWPOISON;
	/* listed by what is known of a page: one that is unmapped need not be listed itself */
	if (!pmem_next_bad(pmem, off, len, &bad, &bad_len))
		return 1;
	return pmem_pages_to_recover(off, bad, PAGE_SIZE);
}

static long pmem_direct_access(struct dax_device *dax, pgoff_t pgoff, long nr_pages,
			       enum dax_access_mode mode, void **kaddr, unsigned long *pfn)
{
	struct pmem *pmem = dax_get_private(dax);
	u64 pages;
	long nr;

	/* killed since the caller saw it alive, which kill_dax() waits for */
	if (unlikely(!pmem))
		return -ENXIO;
	pages = range_len(&pmem->range) >> PAGE_SHIFT;
	nr = pages - pgoff;
	if (unlikely(pgoff >= pages))
		return -ERANGE;
	if (kaddr)
		*kaddr = pmem->data + PFN_PHYS(pgoff);
	if (pfn) {
		nr = pmem_frames(pmem, pgoff, nr, pfn);
		if (pmem->pages)
			nd_pages_touched(pmem->pages, pgoff, min(nr_pages, nr));
	}
	if (unlikely(pmem_needs_care(pmem)))
		return good_pages(pmem, pgoff, min(nr_pages, nr), mode);
	return nr;
}
COMPAT_DAX_DIRECT_ACCESS(pmem_direct_access)

static int pmem_zero_page_range(struct dax_device *dax, pgoff_t pgoff, size_t nr_pages)
{
	struct pmem *pmem = dax_get_private(dax);

	if (!pmem)
		return -ENXIO;
	return blk_status_to_errno(pmem_zero(pmem, PFN_PHYS(pgoff), PFN_PHYS((u64)nr_pages)));
}
COMPAT_DAX_ZERO(pmem_zero_page_range)

/*
 * Replace a page at @off that is bad. All of its new contents have to be in hand
 * before poison is cleared, which takes the old: a source that cannot be read
 * leaves the page as bad as it was. Readers are held off by the list of bad
 * sectors until the new contents are there, other writers by the filesystem.
 */
static size_t replace_page(struct pmem *pmem, u64 off, struct iov_iter *iter)
{
	unsigned int noio = memalloc_noio_save();
	void *page __free(kfree) = kmalloc(PAGE_SIZE, GFP_KERNEL);
	size_t got;

	memalloc_noio_restore(noio);
	if (!page)
		return 0;
	got = copy_from_iter(page, PAGE_SIZE, iter);
	for (;;) {
		if (got < PAGE_SIZE || pmem_clear_poison(pmem, off, PAGE_SIZE)) {
			iov_iter_revert(iter, got);
			return 0;
		}
		if (pmem_store(pmem->data + off, page, PAGE_SIZE))
			break;
		pmem_not_stored(pmem, off, PAGE_SIZE);
	}
	pmem_cleared(pmem, off, PAGE_SIZE);
	return PAGE_SIZE;
}

/* A write to pages that direct_access refused; part of a bad one cannot replace it. */
static size_t pmem_recovery_write(struct dax_device *dax, pgoff_t pgoff, void *addr,
				  size_t bytes, struct iov_iter *iter)
{
	struct pmem *pmem = dax_get_private(dax);
	size_t done = 0, part, got;
	u64 page, skip;

	if (!pmem || nd_region_read_only(pmem->region))
		return 0;
	for (; done < bytes; done += got) {
		page = PFN_PHYS(pgoff) + ALIGN_DOWN(offset_in_page(addr) + done, PAGE_SIZE);
		skip = offset_in_page(addr + done);
		part = min_t(size_t, bytes - done, PAGE_SIZE - skip);
		if (!pmem_is_unusable(pmem, page, PAGE_SIZE))
			got = _copy_from_iter_flushcache(addr + done, part, iter);
		else
			got = part == PAGE_SIZE ? replace_page(pmem, page, iter) : 0;
		if (got < part)
			return done + got;
	}
	return done;
}
COMPAT_DAX_RECOVERY(pmem_recovery_write)

static const struct dax_operations pmem_dax_ops = {
	.direct_access = compat_dax_direct_access(pmem_direct_access),
	COMPAT_DAX_ZERO_PAGE_RANGE(pmem_zero_page_range)
	COMPAT_DAX_RECOVERY_WRITE(pmem_recovery_write)
	COMPAT_DAX_COPY
};

/* A dax device that is of no use, and must not be handed out again yet. */
struct stale_dax {
	struct stale_dax *next;
	struct dax_device *dax;
};

static bool put_aside(struct stale_dax **list, struct dax_device *dax)
{
	struct stale_dax *stale = kmalloc(sizeof(*stale), GFP_KERNEL);

	if (!stale)
		return false;
	*stale = (struct stale_dax) { .next = *list, .dax = dax };
	*list = stale;
	return true;
}

static void drop_dax(struct dax_device *dax)
{
	kill_dax(dax);
	put_dax(dax);
}

/*
 * The dax core hands out its devices as their last owner left them, and nobody
 * can take back that one is synchronous. For a region that is not, ask until
 * one comes that is not either: MAP_SYNC would be granted, and data lost
 * (requirements I2).
 */
static struct dax_device *alloc_clean_dax(struct pmem *pmem, const char *host)
{
	bool sync = is_nvdimm_sync(pmem->region);
	struct stale_dax *list = NULL, *next;
	struct dax_device *dax;

	while (true) {
		dax = compat_alloc_dax(pmem, host, &pmem_dax_ops, sync);
		if (IS_ERR(dax) || sync || !dax_synchronous(dax))
			break;
		if (!put_aside(&list, dax)) {
			drop_dax(dax);
			dax = ERR_PTR(-ENOMEM);
			break;
		}
	}
	for (; list; list = next) {
		next = list->next;
		drop_dax(list->dax);
		kfree(list);
	}
	return dax;
}

int pmem_dax_create(struct pmem *pmem, struct nd_namespace_common *ndns)
{
	char host[DISK_NAME_LEN];
	struct dax_device *dax;

	nvdimm_namespace_disk_name(ndns, host);
	dax = alloc_clean_dax(pmem, host);
	if (IS_ERR(dax)) {
		if (PTR_ERR(dax) == -EOPNOTSUPP)
			return 0;
		return nd_refuse(pmem->dev, PTR_ERR(dax), ND_REASON_RESOURCE,
				 "cannot allocate a dax device");
	}
	set_dax_nocache(dax);
	set_dax_nomc(dax);
	if (is_nvdimm_sync(pmem->region))
		set_dax_synchronous(dax);
	dax_write_cache(dax, nvdimm_has_cache(pmem->region));
	WRITE_ONCE(pmem->dax, dax);
	return 0;
}

/*
 * The kernel has met poison in one of our pages. The filesystem knows whose
 * data that was; where there is none, the core kills the processes that map it.
 * What a program only says of memory that is good they are told, too, and no more.
 */
int pmem_memory_failure(void *data, u64 off, u64 len, int flags)
{
	struct pmem *pmem = data;
	struct dax_device *dax;

	if (!compat_failure_simulated(flags))
		pmem_pages_failed(pmem, off, len);
	dax = READ_ONCE(pmem->dax);
	return dax ? dax_holder_notify_failure(dax, off, len, flags) : -EOPNOTSUPP;
}

/* ---- <disk>/dax/write_cache ---- */

static struct dax_device *disk_dax(struct device *dev)
{
	const struct pmem *pmem = dev_to_disk(dev)->private_data;

	return pmem->dax;
}

static ssize_t write_cache_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dax_write_cache_enabled(disk_dax(dev)));
}

static ssize_t write_cache_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len)
{
	bool on;
	int rc = kstrtobool(buf, &on);

	if (rc)
		return rc;
	dax_write_cache(disk_dax(dev), on);
	return len;
}
static DEVICE_ATTR_RW(write_cache);

static umode_t dax_visible(struct kobject *kobj, struct attribute *attr, int n)
{
	if (!IS_ENABLED(CONFIG_ARCH_HAS_PMEM_API) || !disk_dax(kobj_to_dev(kobj)))
		return 0;
	return attr->mode;
}

static struct attribute *dax_attributes[] = {
	&dev_attr_write_cache.attr,
	NULL
};

static const struct attribute_group dax_group = {
	.name = "dax",
	.attrs = dax_attributes,
	.is_visible = dax_visible,
};

const struct attribute_group *pmem_disk_groups[] = {
	&dax_group,
	NULL
};
