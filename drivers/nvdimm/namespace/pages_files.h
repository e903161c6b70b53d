/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files whose pages a namespace's are: a filesystem that is mounted -o dax
 * notes in each page that it has handed out whose it is.
 *
 * A file is looked at from outside, while anything may become of it. Its inode
 * is not enough to hold: a filesystem that is unmounted meanwhile would go, and
 * leave that inode behind. So the filesystem is held first, and who unmounts it
 * leaves the end of that to whoever lets go last.
 *
 * A file that is closed may be forgotten at any time, and is once its disk goes.
 * Kernels before 6.15 say so with a warning where a page of it is pinned then,
 * newer ones wait for the pin, and deleting the disk with them. So the files of
 * pinned pages are held until the disk is gone. After that nothing can be written
 * where they lie, whatever the filesystem makes of its blocks, and no page needs
 * a note: it is taken off, where that can be, so that neither unmounting nor
 * memory that runs short meets a pinned page later.
 */
#ifndef _ND_PAGES_FILES_H
#define _ND_PAGES_FILES_H

#include <linux/mm.h>
#include "namespace/pages.h"

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

#endif /* _ND_PAGES_FILES_H */
