// SPDX-License-Identifier: GPL-2.0
/* Who uses the struct pages of a namespace whose driver goes: see pages.h. */
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "pages.h"

static struct page *pages_page(const struct nd_pages *pages, pgoff_t pgoff)
{
	return pfn_to_page(nd_pages_frame(pages, pgoff));
}

/* ---- files ---- */

/*
 * The inode whose page it is, with a reference. A filesystem takes its note off
 * the page before the inode goes, and that waits for readers of RCU.
 */
static struct inode *page_inode(struct page *page, pgoff_t *index)
{
	struct address_space *mapping;
	struct inode *inode = NULL;

	rcu_read_lock();
	mapping = compat_fsdax_mapping(page);
	if (mapping && mapping->host) {
		*index = compat_fsdax_index(page);
		inode = igrab(mapping->host);
	}
	rcu_read_unlock();
	return inode;
}

/* So many pages from @pgoff on follow each other in the file, too. */
static u64 pages_run(const struct nd_pages *pages, u64 pgoff, u64 end,
		     const struct address_space *mapping, pgoff_t index)
{
	u64 nr = 1;

	while (pgoff + nr < end) {
		struct page *page = pages_page(pages, pgoff + nr);

		if (compat_fsdax_mapping(page) != mapping ||
		    compat_fsdax_index(page) != index + nr)
			break;
		nr++;
	}
	return nr;
}

static void chunk_zap(struct nd_pages *pages, unsigned long chunk)
{
	u64 pgoff = pages_touch_first(chunk), end = pages_touch_end(&pages->touched, chunk), nr;
	struct inode *inode;
	pgoff_t index;

	for (; pgoff < end; pgoff += nr) {
		nr = 1;
		inode = page_inode(pages_page(pages, pgoff), &index);
		if (!inode)
			continue;
		nr = pages_run(pages, pgoff, end, inode->i_mapping, index);
		unmap_mapping_pages(inode->i_mapping, index, nr, false);
		iput(inode);
	}
	cond_resched();
}

void nd_pages_zap(struct nd_pages *pages)
{
	unsigned long chunk;

	for_each_set_bit(chunk, pages->touched.bit, pages->touched.nr)
		chunk_zap(pages, chunk);
}

/* ---- users ---- */

/**
 * struct page_users - of one chunk
 * @pins: references beyond those of a page at rest
 * @pinned: offset of the first page that has such
 * @noted: pages that a filesystem has its note in
 * @inode: one of the files, with a reference, or NULL
 */
struct page_users {
	unsigned long pins;
	u64 pinned;
	unsigned long noted;
	struct inode *inode;
};

static void page_look(struct nd_pages *pages, u64 pgoff, struct page_users *u)
{
	struct page *page = pages_page(pages, pgoff);
	long pins = compat_fsdax_pins(page);
	pgoff_t index;

	if (pins > 0 && !u->pins)
		u->pinned = PFN_PHYS(pgoff);
	if (pins > 0)
		u->pins += pins;
	if (!compat_fsdax_noted(page))
		return;
	u->noted++;
	if (!u->inode)
		u->inode = page_inode(page, &index);
}

static void chunk_look(struct nd_pages *pages, unsigned long chunk, struct page_users *u)
{
	u64 pgoff = pages_touch_first(chunk), end = pages_touch_end(&pages->touched, chunk);

	for (; pgoff < end; pgoff++)
		page_look(pages, pgoff, u);
	cond_resched();
}

/* A process that has the file mapped. */
static pid_t file_mapper(struct address_space *mapping, char comm[TASK_COMM_LEN])
{
	const struct mm_struct *mm = NULL;
	struct task_struct *p;
	struct rb_node *node;
	pid_t pid = 0;

	i_mmap_lock_read(mapping);
	node = rb_first_cached(&mapping->i_mmap);
	if (node)
		mm = rb_entry(node, struct vm_area_struct, shared.rb)->vm_mm;
	rcu_read_lock();
	for_each_process(p) {
		if (!mm || READ_ONCE(p->mm) != mm)
			continue;
		strscpy(comm, p->comm, TASK_COMM_LEN);
		pid = task_tgid_nr(p);
		break;
	}
	rcu_read_unlock();
	i_mmap_unlock_read(mapping);
	return pid;
}

static void users_name(const struct page_users *u, char who[ND_PAGES_WHO])
{
	char comm[TASK_COMM_LEN];
	int len = 0;
	pid_t pid;

	if (u->pins)
		len = scnprintf(who, ND_PAGES_WHO,
				"%lu references pin pages at byte %#llx of the data (direct I/O, vmsplice, RDMA)%s",
				u->pins, u->pinned, u->noted ? ", and " : "");
	if (!u->noted)
		return;
	if (!u->inode) {
		scnprintf(who + len, ND_PAGES_WHO - len, "a filesystem is mounted there");
		return;
	}
	len += scnprintf(who + len, ND_PAGES_WHO - len, "%s of %s is mounted",
			 u->inode->i_sb->s_type->name, u->inode->i_sb->s_id);
	pid = file_mapper(u->inode->i_mapping, comm);
	if (pid)
		scnprintf(who + len, ND_PAGES_WHO - len, ", a file mapped by process %d, %s", pid,
			  comm);
}

static bool chunk_used(struct nd_pages *pages, unsigned long chunk, char who[ND_PAGES_WHO])
{
	struct page_users u = { };

	chunk_look(pages, chunk, &u);
	if (who && (u.pins || u.noted))
		users_name(&u, who);
	iput(u.inode);
	return u.pins || u.noted;
}

/* A filesystem, or the device mapper, has the dax device open. */
static bool pages_open(const struct nd_pages *pages)
{
	const struct pages_touch *t = &pages->touched;

	return pages->dax && find_first_bit(t->bit, t->nr) < t->nr &&
	       compat_dax_opened(pages->dax);
}

static bool chunks_used(struct nd_pages *pages, char who[ND_PAGES_WHO])
{
	struct pages_touch *t = &pages->touched;

	for_each_set_bit_from(t->clean, t->bit, t->nr)
		if (chunk_used(pages, t->clean, who))
			return true;
	return false;
}

bool nd_pages_used(struct nd_pages *pages, char who[ND_PAGES_WHO])
{
	if (!pages_open(pages)) {
		/* what was clean while it was open need not be */
		if (pages->opened)
			pages->touched.clean = 0;
		pages->opened = false;
		return chunks_used(pages, who);
	}
	pages->opened = true;
	if (who && !chunks_used(pages, who))
		scnprintf(who, ND_PAGES_WHO, "a filesystem is mounted there");
	return true;
}
