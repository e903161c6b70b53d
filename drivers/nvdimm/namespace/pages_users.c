// SPDX-License-Identifier: GPL-2.0
/* Who uses the struct pages of a namespace whose driver goes: see pages.h. */
#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include "namespace/pages.h"

/**
 * struct page_users - of one chunk
 * @pins: references beyond those of a page at rest
 * @pinned: the first page that has such
 * @noted: pages that a filesystem has its note in
 * @inode: one of the files, held, or NULL
 */
struct page_users {
	unsigned long pins;
	u64 pinned;
	unsigned long noted;
	struct inode *inode;
};

static void page_look(struct nd_pages *pages, u64 pgoff, struct page_users *u)
{
	struct page *page = nd_pages_page(pages, pgoff);
	long pins = compat_fsdax_pins(page);
	pgoff_t index;

	if (pins > 0 && !u->pins)
		u->pinned = pgoff;
	if (pins > 0)
		u->pins += pins;
	if (!compat_fsdax_noted(page))
		return;
	u->noted++;
	if (!u->inode)
		u->inode = nd_page_inode(page, &index);
}

static void chunk_look(struct nd_pages *pages, unsigned long chunk, struct page_users *u)
{
	u64 pgoff = pages_touch_first(chunk), end = pages_touch_end(&pages->touched, chunk);

	for (; pgoff < end; pgoff++)
		page_look(pages, pgoff, u);
	cond_resched();
}

static void users_name(struct nd_pages *pages, const struct page_users *u,
		       char who[ND_PAGES_WHO])
{
	const char *file = nd_pages_file_name(pages, u->pinned);
	int len = 0;

	if (u->pins)
		len = scnprintf(who, ND_PAGES_WHO,
				"%lu references pin pages at byte %#llx of the data (direct I/O, vmsplice, RDMA)%s%s",
				u->pins, PFN_PHYS(u->pinned), file ? " of " : "", file ?: "");
	if (u->noted || pages->opened)
		scnprintf(who + len, ND_PAGES_WHO - len, "%s%s is mounted", len ? ", and " : "",
			  pages->fs[0] ? pages->fs : "a filesystem");
}

static bool chunk_used(struct nd_pages *pages, unsigned long chunk, char who[ND_PAGES_WHO])
{
	struct page_users u = { };

	chunk_look(pages, chunk, &u);
	/* once the notes are off nobody could tell any more */
	if (u.inode)
		nd_fs_name(u.inode, pages->fs);
	if (who && (u.pins || u.noted))
		users_name(pages, &u, who);
	nd_page_inode_put(u.inode);
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
		users_name(pages, &(struct page_users) { }, who);
	return true;
}
