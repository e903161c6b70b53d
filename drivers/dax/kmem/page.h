/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that turned bad: does anybody have it? memory_failure() is no witness.
 * Of a page that it failed to take from its owner it says ever after that it has
 * been taken before (-EHWPOISON), and it calls an anonymous page recovered whoever
 * has pinned it. So the page is asked, and in doubt somebody has it. Pure.
 */
#ifndef _KMEM_PAGE_H
#define _KMEM_PAGE_H

#include <linux/types.h>

/* Whose contents a page has, or had. */
enum kmem_contents {
	KMEM_CONTENTS_NONE,	/* no mapping: the kernel's own, or nobody's */
	KMEM_CONTENTS_ANON,
	KMEM_CONTENTS_SHMEM,	/* in the page cache, which refuses to read what is poisoned */
	KMEM_CONTENTS_FILE,
};

/**
 * struct kmem_page_facts - what is known of a page
 * @poisoned: no one is to be given it
 * @compound: it is one of several: slab, huge, device
 * @slab: the kernel's own objects
 * @lru: it is in a list for reclaim, so it was not taken
 * @mapped: some page table has it
 * @taken: memory_failure() has just said, of this call, that it was taken
 * @off_buddy: it was free, and was taken from the free lists
 * @contents: see above
 * @refs: its references; one is the poison's, if it was taken
 */
struct kmem_page_facts {
	bool poisoned;
	bool compound;
	bool slab;
	bool lru;
	bool mapped;
	bool taken;
	bool off_buddy;
	enum kmem_contents contents;
	int refs;
};

/* Has nobody it, and will nobody be given it? */
bool kmem_page_idle(const struct kmem_page_facts *facts);

#endif /* _KMEM_PAGE_H */
