/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clearing poison where new contents are about to be stored. Pure.
 *
 * The platform clears poison in its own units; the list of bad ranges counts
 * sectors; the kernel unmaps whole pages (common/hwpoison.h). Loads, stores and
 * cache flushes of an unmapped page fault. So a page is mapped again as a whole
 * or not at all, and a write of a part of such a page fails.
 */
#ifndef _ND_PMEM_CLEAR_POISON_H
#define _ND_PMEM_CLEAR_POISON_H

#include <linux/types.h>

/*
 * The media, of io.c or of a test: bytes and pages are counted from LBA 0.
 *
 * pmem_next_bad() finds the first bad range that meets [@off, @off + @len); the range may begin
 * before and end after. pmem_clear() has the platform clear a range. Return: was all of it
 * cleared? Then bus and region have forgotten that it was bad; otherwise they still know.
 * pmem_clear_failed() makes a range known as bad again that was cleared and cannot be stored to.
 * pmem_page_unmapped(): has the kernel unmapped this page? pmem_pages_return(): does this kernel
 * map a page again? pmem_page_restore() maps it again if it can. pmem_invalidate() drops present
 * bytes from caches.
 */
struct pmem;

bool pmem_next_bad(struct pmem *pmem, u64 off, u64 len, u64 *bad, u64 *bad_len);
bool pmem_clear(struct pmem *pmem, u64 off, u64 len);
void pmem_clear_failed(struct pmem *pmem, u64 off, u64 len);
bool pmem_page_unmapped(struct pmem *pmem, u64 page);
bool pmem_pages_return(struct pmem *pmem);
void pmem_page_restore(struct pmem *pmem, u64 page);
void pmem_invalidate(struct pmem *pmem, u64 off, u64 len);

/**
 * enum pmem_clear_end - what came of it
 * @PMEM_CLEARED: every byte can be stored to
 * @PMEM_CLEAR_PART: the range has part of an unmapped page; nothing was changed
 * @PMEM_CLEAR_GONE: the range has an unmapped page, and this kernel maps none again; nothing was
 *	changed
 * @PMEM_CLEAR_FAILED: the platform did not clear all, or a page has stayed unmapped; some of it
 *	may be clear, all is bad still
 */
enum pmem_clear_end {
	PMEM_CLEARED,
	PMEM_CLEAR_PART,
	PMEM_CLEAR_GONE,
	PMEM_CLEAR_FAILED,
};

/*
 * pmem_clear_bytes() - make [@off, @off + @len) fit for a store that replaces all of it
 * @off: multiple of a sector, as @len is
 * @page: bytes of one
 */
enum pmem_clear_end pmem_clear_bytes(struct pmem *pmem, u64 off, u64 len, u32 page);

/*
 * pmem_pages_to_recover() - how many pages may be handed out to be replaced
 * @off: of the first page; @bad: where the first bad range begins that meets them
 *
 * Return: those before the bad one, or that one: it is recovered alone.
 */
static inline u64 pmem_pages_to_recover(u64 off, u64 bad, u32 page)
{
	return bad < off + page ? 1 : (bad - off) / page;
}

#endif /* _ND_PMEM_CLEAR_POISON_H */
