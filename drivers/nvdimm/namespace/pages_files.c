// SPDX-License-Identifier: GPL-2.0
/* The files whose pages they are: see pages.h. */
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include "common/redact.h"
#include "common/process.h"
#include "namespace/pages.h"

/* ---- one file ---- */

/*
 * A filesystem takes its note off the page before the inode goes, and that waits
 * for readers of RCU, as the end of the filesystem itself does after that.
 */
struct inode *nd_page_inode(struct page *page, pgoff_t *index)
{
	struct address_space *mapping;
	struct inode *inode = NULL;
	struct super_block *sb = NULL;

	rcu_read_lock();
	mapping = compat_fsdax_mapping(page);
	if (mapping && mapping->host && atomic_inc_not_zero(&mapping->host->i_sb->s_active)) {
		sb = mapping->host->i_sb;
		*index = compat_fsdax_index(page);
		inode = igrab(mapping->host);
	}
	rcu_read_unlock();
	if (sb && !inode)
		deactivate_super(sb);
	return inode;
}

void nd_page_inode_put(struct inode *inode)
{
	struct super_block *sb;

	if (!inode)
		return;
	sb = inode->i_sb;
	iput(inode);
	deactivate_super(sb);
}

/* ---- page tables ---- */

/* So many pages from @pgoff on follow each other in the file, too. */
static u64 pages_run(const struct nd_pages *pages, u64 pgoff, u64 end,
		     const struct address_space *mapping, pgoff_t index)
{
	u64 nr = 1;

	while (pgoff + nr < end) {
		struct page *page = nd_pages_page(pages, pgoff + nr);

		if (compat_fsdax_mapping(page) != mapping ||
		    compat_fsdax_index(page) != index + nr)
			break;
		nr++;
	}
	return nr;
}

static void chunk_zap(struct nd_pages *pages, unsigned long chunk, bool take)
{
	u64 pgoff = pages_touch_first(chunk), end = pages_touch_end(&pages->touched, chunk), nr;
	struct inode *inode;
	pgoff_t index;

	for (; pgoff < end; pgoff += nr) {
		nr = 1;
		inode = nd_page_inode(nd_pages_page(pages, pgoff), &index);
		if (!inode)
			continue;
		nr = pages_run(pages, pgoff, end, inode->i_mapping, index);
		unmap_mapping_range(inode->i_mapping, (loff_t)index << PAGE_SHIFT,
				    (loff_t)nr << PAGE_SHIFT, 0);
		if (take)
			compat_fsdax_take(inode->i_mapping, index, index + nr - 1);
		nd_page_inode_put(inode);
	}
	cond_resched();
}

void nd_pages_zap(struct nd_pages *pages)
{
	unsigned long chunk;

	for_each_set_bit(chunk, pages->touched.bit, pages->touched.nr)
		chunk_zap(pages, chunk, false);
}

/* ---- over the end of the disk ---- */

/**
 * struct page_file - a file that pages were pinned of when their disk went
 * @inode: it, held; NULL once it was let go
 * @name: what it is called, for good
 */
struct page_file {
	struct inode *inode;
	char name[112];
};

/* A process that has the file mapped. */
static pid_t file_mapper(struct address_space *mapping, char comm[TASK_COMM_LEN])
{
	struct rb_node *node;
	pid_t pid = 0;

	i_mmap_lock_read(mapping);
	node = rb_first_cached(&mapping->i_mmap);
	if (node)
		pid = nd_process_of(rb_entry(node, struct vm_area_struct, shared.rb)->vm_mm, comm);
	i_mmap_unlock_read(mapping);
	return pid;
}

void nd_fs_name(const struct inode *inode, char name[ND_FS_NAME])
{
	scnprintf(name, ND_FS_NAME, "%s of %s", inode->i_sb->s_type->name, inode->i_sb->s_id);
}

static void file_name(struct page_file *file)
{
	char fs[ND_FS_NAME], comm[TASK_COMM_LEN];
	pid_t pid = file_mapper(file->inode->i_mapping, comm);
	int len;

	nd_fs_name(file->inode, fs);
	len = scnprintf(file->name, sizeof(file->name), "inode " ND_PRIVATE("%llu") " of %s",
			(u64)file->inode->i_ino, fs);
	if (pid)
		scnprintf(file->name + len, sizeof(file->name) - len,
			  ", mapped by process " ND_PRIVATE("%d, %s"), pid, comm);
}

static unsigned long file_key(const struct inode *inode)
{
	return (unsigned long)inode / __alignof__(*inode);
}

/* Each is held once: @inode is taken over. Without memory the kernel may warn of it. */
static struct page_file *file_hold(struct nd_pages *pages, struct inode *inode)
{
	struct page_file *file = xa_load(&pages->files, file_key(inode));

	if (file) {
		nd_page_inode_put(inode);
		return file;
	}
	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file || xa_err(xa_store(&pages->files, file_key(inode), file, GFP_KERNEL))) {
		nd_page_inode_put(inode);
		kfree(file);
		return NULL;
	}
	file->inode = inode;
	file_name(file);
	return file;
}

static void chunk_hold(struct nd_pages *pages, unsigned long chunk)
{
	u64 pgoff = pages_touch_first(chunk), end = pages_touch_end(&pages->touched, chunk);
	struct page_file *file;
	struct inode *inode;
	struct page *page;
	pgoff_t index;

	for (; pgoff < end; pgoff++) {
		page = nd_pages_page(pages, pgoff);
		if (compat_fsdax_pins(page) <= 0)
			continue;
		inode = nd_page_inode(page, &index);
		file = inode ? file_hold(pages, inode) : NULL;
		/* for want of memory that page has no name */
		if (file)
			xa_store(&pages->whose, pgoff, file, GFP_KERNEL);
	}
	cond_resched();
}

void nd_pages_hold_files(struct nd_pages *pages)
{
	unsigned long chunk;

	for_each_set_bit(chunk, pages->touched.bit, pages->touched.nr)
		chunk_hold(pages, chunk);
}

const char *nd_pages_file_name(struct nd_pages *pages, pgoff_t pgoff)
{
	const struct page_file *file = xa_load(&pages->whose, pgoff);

	return file ? file->name : NULL;
}

void nd_pages_take(struct nd_pages *pages)
{
	struct page_file *file;
	unsigned long i;

	for_each_set_bit(i, pages->touched.bit, pages->touched.nr)
		chunk_zap(pages, i, true);
	xa_for_each(&pages->files, i, file) {
		nd_page_inode_put(file->inode);
		file->inode = NULL;
	}
}

void nd_pages_forget_files(struct nd_pages *pages)
{
	struct page_file *file;
	unsigned long i;

	xa_for_each(&pages->files, i, file) {
		nd_page_inode_put(file->inode);
		kfree(file);
	}
	xa_destroy(&pages->files);
	xa_destroy(&pages->whose);
}
