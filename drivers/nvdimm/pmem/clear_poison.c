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

/* [@off, @end) is clear: map its whole pages again, and forget what caches have of it. */
static void patient_cleared(const struct patient *p, u64 off, u64 end)
{
	u64 at;

	for (at = ALIGN(off, p->page); at + p->page <= end; at += p->page)
		p->ops->restore(p->pmem, at / p->page);
	/* a page that was cleared in part stays absent */
	if (off % p->page && patient_absent(p, off))
		off = ALIGN(off, p->page);
	if (end % p->page && patient_absent(p, end))
		end = ALIGN_DOWN(end, p->page);
	if (off < end)
		p->ops->invalidate(p->pmem, off, end - off);
}

static bool patient_clear(const struct patient *p, u64 off, u64 end)
{
	s64 cleared = p->ops->clear(p->pmem, off, end - off);

	if (cleared <= 0)
		return false;
	cleared = min_t(u64, cleared, end - off);
	patient_cleared(p, off, off + cleared);
	return off + cleared == end;
}

enum pmem_cure_end pmem_cure_bytes(const struct pmem_patient_ops *ops, struct pmem *pmem, u64 off,
				   u64 len, u32 page)
{
	const struct patient p = { .ops = ops, .pmem = pmem, .page = page };
	u64 pos = off, end = off + len, bad, bad_len;

	if (patient_cut(&p, off, end))
		return PMEM_CURE_PART;
	while (pos < end && ops->next_bad(pmem, pos, end - pos, &bad, &bad_len)) {
		/* platforms clear in units above a sector: as far as the store reaches */
		u64 from = max_t(u64, ALIGN_DOWN(bad, page), pos);
		u64 to = min_t(u64, ALIGN(bad + bad_len, page), end);

		if (!patient_clear(&p, from, to))
			return PMEM_CURE_FAILED;
		pos = to;
	}
	/* a page that failed without a bad sector to show for it */
	if (!patient_whole(&p, off, end) && !patient_clear(&p, off, end))
		return PMEM_CURE_FAILED;
	return patient_whole(&p, off, end) ? PMEM_CURED : PMEM_CURE_FAILED;
}
