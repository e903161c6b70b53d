/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How poison is cured where new contents are about to be stored. Pure.
 *
 * Poison is cleared by the platform, in units of its own; the list of bad
 * ranges counts sectors; and the kernel unmaps whole pages. A page that it has
 * unmapped is *absent*: a load, a store and a flush of the cache fault there.
 * So it comes back as a whole or not at all, and what covers part of such a
 * page can't be stored.
 */
#ifndef _ND_PMEM_CURE_H
#define _ND_PMEM_CURE_H

#include <linux/types.h>

/*
 * The media, of io.c or of a test: bytes and pages are counted from LBA 0.
 *
 * pmem_next_bad() finds the first bad range that meets [@off, @off + @len); the range may begin
 * before and end after. pmem_clear() has the platform clear a range. Return: was all of it
 * cleared? Then bus and region have forgotten that it was bad; otherwise they still know.
 * pmem_clear_failed() makes a range known as bad again that was cleared and cannot be stored to.
 * pmem_page_absent(): has the kernel unmapped this page? pmem_pages_return(): does this kernel map
 * a page again? pmem_page_restore() maps it again if it can. pmem_invalidate() drops present bytes
 * from caches.
 */
struct pmem;

bool pmem_next_bad(struct pmem *pmem, u64 off, u64 len, u64 *bad, u64 *bad_len);
bool pmem_clear(struct pmem *pmem, u64 off, u64 len);
void pmem_clear_failed(struct pmem *pmem, u64 off, u64 len);
bool pmem_page_absent(struct pmem *pmem, u64 page);
bool pmem_pages_return(struct pmem *pmem);
void pmem_page_restore(struct pmem *pmem, u64 page);
void pmem_invalidate(struct pmem *pmem, u64 off, u64 len);

/**
 * enum pmem_cure_end - what came of it
 * @PMEM_CURED: every byte can be stored to
 * @PMEM_CURE_PART: the range has part of an absent page; nothing was changed
 * @PMEM_CURE_GONE: the range has an absent page, and this kernel maps none again; nothing was
 *	changed
 * @PMEM_CURE_FAILED: the platform did not clear all, or a page has stayed absent; some of it may be
 *	clear, all is bad still
 */
enum pmem_cure_end {
	PMEM_CURED,
	PMEM_CURE_PART,
	PMEM_CURE_GONE,
	PMEM_CURE_FAILED,
};

/*
 * pmem_cure_bytes() - make [@off, @off + @len) fit for a store that replaces all of it
 * @off: multiple of a sector, as @len is
 * @page: bytes of one
 */
enum pmem_cure_end pmem_cure_bytes(struct pmem *pmem, u64 off, u64 len, u32 page);

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

#endif /* _ND_PMEM_CURE_H */
