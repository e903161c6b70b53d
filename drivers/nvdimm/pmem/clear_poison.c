// SPDX-License-Identifier: GPL-2.0
/* How poison is cured where new contents are about to be stored. Pure; see clear_poison.h. */
#include <linux/align.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include "pmem/clear_poison.h"

struct patient {
	const struct pmem_patient_ops *ops;
	struct pmem *pmem;
	u32 page;
};

static bool patient_absent(const struct patient *p, u64 off)
{
	return p->ops->absent(p->pmem, off / p->page);
}

/* Does [@off, @end) begin or end within an absent page? */
static bool patient_cut(const struct patient *p, u64 off, u64 end)
{
	return (off % p->page && patient_absent(p, off)) ||
	       (end % p->page && patient_absent(p, end));
}

static bool patient_whole(const struct patient *p, u64 off, u64 end)
{
	for (off = ALIGN_DOWN(off, p->page); off < end; off += p->page)
		if (patient_absent(p, off))
			return false;
	return true;
}

/*
 * What of [@off, @end) is to be cleared: from the first bad range or absent page to the last, in
 * whole pages, as platforms clear in units above a sector, but no further than the store reaches.
 */
static bool patient_sick(const struct patient *p, u64 off, u64 end, u64 *from, u64 *to)
{
	u64 pos = off, bad, bad_len;

	*from = end;
	*to = off;
	while (pos < end && p->ops->next_bad(p->pmem, pos, end - pos, &bad, &bad_len)) {
		pos = bad + bad_len;
		*from = min(*from, bad);
		*to = max(*to, pos);
	}
	/* a page may have failed without a bad sector to show for it */
	for (pos = ALIGN_DOWN(off, p->page); pos < end; pos += p->page) {
		if (!patient_absent(p, pos))
			continue;
		*from = min(*from, pos);
		*to = max(*to, pos + p->page);
	}
	if (*from >= *to)
		return false;
	*from = max(ALIGN_DOWN(*from, p->page), off);
	*to = min(ALIGN(*to, p->page), end);
	return true;
}

/* [@off, @end) is clear: map its pages again. Caches are asked of present bytes only. */
static bool patient_cleared(const struct patient *p, u64 off, u64 end)
{
	for (u64 at = ALIGN(off, p->page); at + p->page <= end; at += p->page)
		p->ops->restore(p->pmem, at / p->page);
	if (!patient_whole(p, off, end))
		return false;
	p->ops->invalidate(p->pmem, off, end - off);
	return true;
}

enum pmem_cure_end pmem_cure_bytes(const struct pmem_patient_ops *ops, struct pmem *pmem, u64 off,
				   u64 len, u32 page)
{
	const struct patient p = { .ops = ops, .pmem = pmem, .page = page };
	u64 end = off + len, from, to;

	if (patient_cut(&p, off, end))
		return PMEM_CURE_PART;
	if (!patient_sick(&p, off, end, &from, &to))
		return PMEM_CURED;
	if (!ops->restores(pmem) && !patient_whole(&p, from, to))
		return PMEM_CURE_GONE;
	if (!ops->clear(pmem, from, to - from))
		return PMEM_CURE_FAILED;
	if (patient_cleared(&p, from, to) && patient_whole(&p, off, end))
		return PMEM_CURED;
	ops->relapse(pmem, from, to - from);
	return PMEM_CURE_FAILED;
}
