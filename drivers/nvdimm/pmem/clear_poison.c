// SPDX-License-Identifier: GPL-2.0
/* How poison is cured where new contents are about to be stored. Pure; see clear_poison.h. */
#include <linux/align.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include "pmem/clear_poison.h"

/* Does [@off, @end) begin or end within an unmapped page? */
static bool cuts_unmapped(struct pmem *pmem, u64 off, u64 end, u32 page)
{
	return (off % page && pmem_page_unmapped(pmem, off / page)) ||
	       (end % page && pmem_page_unmapped(pmem, end / page));
}

static bool all_present(struct pmem *pmem, u64 off, u64 end, u32 page)
{
	for (off = ALIGN_DOWN(off, page); off < end; off += page)
		if (pmem_page_unmapped(pmem, off / page))
			return false;
	return true;
}

/*
 * The part of [@off, @end) to be cleared: from the first bad range or unmapped page to the last, in
 * whole pages, as platforms clear in units above a sector, but no further than the store reaches.
 */
static bool bad_part(struct pmem *pmem, u64 off, u64 end, u32 page, u64 *from, u64 *to)
{
	u64 pos = off, bad, bad_len;

	*from = end;
	*to = off;
	while (pos < end && pmem_next_bad(pmem, pos, end - pos, &bad, &bad_len)) {
		pos = bad + bad_len;
		*from = min(*from, bad);
		*to = max(*to, pos);
	}
	/* a page may have failed without a bad sector to show for it */
	for (pos = ALIGN_DOWN(off, page); pos < end; pos += page) {
		if (!pmem_page_unmapped(pmem, pos / page))
			continue;
		*from = min(*from, pos);
		*to = max(*to, pos + page);
	}
	if (*from >= *to)
		return false;
	*from = max(ALIGN_DOWN(*from, page), off);
	*to = min(ALIGN(*to, page), end);
	return true;
}

/* [@off, @end) is clear: map its pages again. Only present bytes may be dropped from caches. */
static bool restore_pages(struct pmem *pmem, u64 off, u64 end, u32 page)
{
	for (u64 at = ALIGN(off, page); at + page <= end; at += page)
		pmem_page_restore(pmem, at / page);
	if (!all_present(pmem, off, end, page))
		return false;
	pmem_invalidate(pmem, off, end - off);
	return true;
}

enum pmem_clear_end pmem_clear_bytes(struct pmem *pmem, u64 off, u64 len, u32 page)
{
	u64 end = off + len, from, to;

	if (cuts_unmapped(pmem, off, end, page))
		return PMEM_CLEAR_PART;
	if (!bad_part(pmem, off, end, page, &from, &to))
		return PMEM_CLEARED;
	if (!pmem_pages_return(pmem) && !all_present(pmem, from, to, page))
		return PMEM_CLEAR_GONE;
	if (!pmem_clear(pmem, from, to - from))
		return PMEM_CLEAR_FAILED;
	if (restore_pages(pmem, from, to, page) && all_present(pmem, off, end, page))
		return PMEM_CLEARED;
	pmem_clear_failed(pmem, from, to - from);
	return PMEM_CLEAR_FAILED;
}
