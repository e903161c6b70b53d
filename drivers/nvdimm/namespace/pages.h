/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The struct pages of a namespace that is served as a disk, from their making to
 * the last user.
 *
 *	pages.c		making them, and their end: at once, or by draining; what outlives a driver
 *	pages_files.c	the files whose pages they are
 *	pages_users.c	who uses them still
 *	pages_touch.h	where somebody can (pure)
 *
 * Unbinding a driver cannot be refused, and its pages can have users then: a
 * program that has one pinned (direct I/O, vmsplice, RDMA), or a filesystem that
 * is mounted -o dax, which keeps a note in the page of each file that it has
 * handed out, and writes there when the file goes. That no page has users is not
 * for the kernel to say: its memunmap_pages() waits for them on some versions,
 * without bound, and frees the struct pages under them on others.
 *
 * So nd_pages_kill() takes the pages away from programs: with the dax device dead
 * there are no new mappings, and those of files are zapped, so that a store is a
 * SIGBUS from then on. Users that are left have a moment of grace; then
 * nd_pages_end() leaves the pages *draining*. They are looked at now and then, and
 * unmapped once nobody uses them. Until then they stay reserved in /proc/iomem and
 * on the range map, their claim is held, and this module stays. Whoever wants their
 * range is refused with -EBUSY, and told by whom it is used (requirements C2, J2,
 * X7). No task ever waits for a user.
 *
 * All of it is libnvdimm's, so that nd_pmem and the provider can be unloaded
 * meanwhile.
 */
#ifndef _ND_PAGES_H
#define _ND_PAGES_H

#include <linux/list.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "namespace/pages_touch.h"
#include "region/range_map.h"

struct dax_device;
struct device;
struct nd_namespace_common;
struct nd_ns;
struct pfn_layout;

#define ND_PAGES_WHO	320
#define ND_FS_NAME	56

/**
 * struct nd_pages - the struct pages of a namespace
 * @pgmap: the kernel's
 * @addr: first byte of the data, mapped write-back
 * @data: physical range of the data
 * @dev: claim or namespace they were made for; a reference is held
 * @held: it is a claim, and held
 * @ns: the namespace, until the end of the binding
 * @reserved: in /proc/iomem, under @name
 * @lock: protects @failed and @owner
 * @failed: told of poison, until the end of the binding: offset in the data, bytes, MF_ flags
 * @name: as in /proc/iomem
 * @owner: handed to @failed
 * @touched: where a page was handed out to be mapped
 * @on_map: in the range map while draining, unless it is the claim that is
 * @dax: handed the pages out; dead, a reference is held. NULL until nd_pages_kill()
 * @unmap: memunmap_pages(), beside what else ends
 * @pin: of @pgmap, while @unmap waits
 * @drain: looks whether somebody uses them still
 * @draining: entry of the list of those that do
 * @looks: how often that was done
 * @opened: @dax was open by then
 * @files: of pinned pages, by inode: see below
 * @whose: the same, by page
 * @fs: filesystem that had one of the pages, as last seen
 * @who: uses them, as last seen; under the lock of that list
 */
struct nd_pages {
	struct dev_pagemap pgmap;
	void *addr;
	struct range data;
	struct device *dev;
	bool held;
	struct nd_ns *ns;
	struct range reserved;
	char *name;
	struct mutex lock;	/* see above */
	int (*failed)(void *owner, u64 off, u64 len, int flags);
	void *owner;
	struct pages_touch touched;
	struct nd_range_owner on_map;
	struct dax_device *dax;
	struct work_struct unmap;
	struct dev_pagemap *pin;
	struct delayed_work drain;
	struct list_head draining;
	unsigned long looks;
	bool opened;
	struct xarray files;
	struct xarray whose;
	char fs[ND_FS_NAME];
	char who[ND_PAGES_WHO];
};

/* ---- pages.c ---- */

/**
 * nd_pages_create() - reserve a namespace, and map its data with struct pages
 * @dev: claim or namespace, being probed
 * @ndns: the namespace; nd_ns_serve() is done
 * @pgmap: .range, .nr_range, .altmap, .flags; copied
 * @layout: where the data lies
 * @failed: called when the kernel meets poison in the data, in process context; what it returns
 *	is memory_failure()'s
 * @owner: for @failed
 *
 * Return: the pages, or an ERR_PTR told with nd_refuse(): -ENOMEM; -EBUSY: the range is in use;
 * -ENXIO; what memremap_pages() says.
 */
struct nd_pages *nd_pages_create(struct device *dev, struct nd_namespace_common *ndns,
				 const struct dev_pagemap *pgmap, const struct pfn_layout *layout,
				 int (*failed)(void *owner, u64 off, u64 len, int flags),
				 void *owner);

/**
 * nd_pages_kill() - take the pages away from programs; unmapping begins if it can't block
 * @pages: no page will be handed out any more
 * @dax: that did, dead; its reference is taken over. Or NULL
 */
void nd_pages_kill(struct nd_pages *pages, struct dax_device *dax);

/**
 * nd_pages_end() - the binding ends
 * @pages: after nd_pages_kill(); gone when this returns, or draining
 *
 * Takes the moment of grace at most. @failed is not called any more.
 */
void nd_pages_end(struct nd_pages *pages);

/**
 * nd_pages_touched() - pages are handed out to be mapped
 * @pages: theirs
 * @pgoff: first, from that of LBA 0 on
 * @nr: how many
 */
static inline void nd_pages_touched(struct nd_pages *pages, pgoff_t pgoff, u64 nr)
{
	pages_touch(&pages->touched, pgoff, nr);
}

/*
 * nd_pages_in_use() - does a binding that has ended still have users of [@start, @end]?
 * @who: out: a clause that names binding and users
 */
bool nd_pages_in_use(u64 start, u64 end, char who[ND_PAGES_WHO + 64]);

/*
 * nd_range_check_idle() - is a range without driver free of what outlives one?
 * @name: whose range it is, in the refusal
 *
 * Unbinding cannot be refused, so memory that kmem has made System RAM, and pages that somebody has
 * pinned, may still be there. Taking the bytes away from under them can be refused.
 *
 * Return: 0, or -EBUSY told with nd_refuse() on @dev.
 */
int nd_range_check_idle(struct device *dev, u64 start, u64 size, const char *name);
/*
 * The same of a namespace from byte @from on, with a driver of its own or without: its disk is not
 * what outlives one.
 */
int nd_ns_check_idle(struct device *dev, struct nd_namespace_common *ndns, u64 from);

/* Is System RAM that kmem has made in [@start, @end]? Of a region there is no other. */
bool nd_pages_are_ram(u64 start, u64 end);

int nd_pages_init(void);
void nd_pages_exit(void);

/* Frame of a page of the data: what follows the first in memory, unless memory is pretended. */
unsigned long nd_pages_frame(const struct nd_pages *pages, pgoff_t pgoff);

/* ---- pages_users.c ---- */

/*
 * nd_pages_used() - is there somebody? The dax device is dead
 * @who: told who, unless NULL
 *
 * Who opened it may have a fault under way in which a page has been handed out and is not noted
 * yet: until a filesystem lets go of it, the pages it could have are in use. After that a page that
 * nobody uses is never used again, so all calls together look at each once.
 */
bool nd_pages_used(struct nd_pages *pages, char who[ND_PAGES_WHO]);

/* ---- pages_files.c ---- */

struct inode;

static inline struct page *nd_pages_page(const struct nd_pages *pages, pgoff_t pgoff)
{
	return pfn_to_page(nd_pages_frame(pages, pgoff));
}

/*
 * nd_page_inode() - the inode whose page it is, held with its filesystem
 * @index: out: the page's place in the file
 *
 * Return: NULL: it is nobody's, or of several files, or of one that goes.
 */
struct inode *nd_page_inode(struct page *page, pgoff_t *index);
void nd_page_inode_put(struct inode *inode);

/* nd_fs_name() - how the filesystem of a file is called */
void nd_fs_name(const struct inode *inode, char name[ND_FS_NAME]);

/* Take the pages of files out of all page tables. */
void nd_pages_zap(struct nd_pages *pages);

/* Hold the files of pinned pages until nd_pages_take(), and keep their names for longer. */
void nd_pages_hold_files(struct nd_pages *pages);

/* nd_pages_file_name() - whose a page was that is pinned; NULL: nobody knows */
const char *nd_pages_file_name(struct nd_pages *pages, pgoff_t pgoff);

/*
 * The disk is gone: zap, and take the notes off the pages. No file is held after this. Waits for
 * faults that have begun.
 */
void nd_pages_take(struct nd_pages *pages);

/* Nobody uses the pages: let go of files, and of their names. */
void nd_pages_forget_files(struct nd_pages *pages);

#endif /* _ND_PAGES_H */
