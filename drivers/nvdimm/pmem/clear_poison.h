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

struct pmem;	/* whatever these know it by */

/**
 * struct pmem_patient_ops - the media, by bytes from LBA 0; pages are counted from there, too
 * @next_bad: the first bad range that meets [@off, @off + @len): it may begin before and end after
 * @clear: have the platform clear [@off, @off + @len). Return: has it cleared all? Then bus and
 *	region have forgotten that it was bad; if not, they know it still
 * @relapse: nothing can be stored there, though it was cleared: it is to be known as bad once more
 * @absent: has the kernel unmapped this page?
 * @restores: does this kernel map again what it has unmapped?
 * @restore: map it again, if it does and can
 * @invalidate: drop what caches hold of present bytes
 */
struct pmem_patient_ops {
	bool (*next_bad)(struct pmem *pmem, u64 off, u64 len, u64 *bad, u64 *bad_len);
	bool (*clear)(struct pmem *pmem, u64 off, u64 len);
	void (*relapse)(struct pmem *pmem, u64 off, u64 len);
	bool (*absent)(struct pmem *pmem, u64 page);
	bool (*restores)(struct pmem *pmem);
	void (*restore)(struct pmem *pmem, u64 page);
	void (*invalidate)(struct pmem *pmem, u64 off, u64 len);
};

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
enum pmem_cure_end pmem_cure_bytes(const struct pmem_patient_ops *ops, struct pmem *pmem, u64 off,
				   u64 len, u32 page);

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
