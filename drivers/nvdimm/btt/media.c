// SPDX-License-Identifier: GPL-2.0
/* media.h for the module, out of line: poison, and waiting. */
#include <linux/badblocks.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include "btt/media.h"
#include "namespace/namespace.h"
#include "poison/badblocks.h"

bool btt_media_listed_bad(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;
	sector_t first = from >> SECTOR_SHIFT, bad, nr;

	return nvdimm_badblocks_check(m->region, m->bb,
				      to_nd_namespace_io(&m->ndns->dev)->res.start, first,
				      DIV_ROUND_UP(from + len, SECTOR_SIZE) - first, &bad, &nr);
}

/* A copy has stopped at @at. */
void btt_media_poisoned(struct btt_media *m, u64 at)
{
	const struct resource *res = &to_nd_namespace_io(&m->ndns->dev)->res;
	const struct range range = { .start = res->start, .end = res->end };

	nvdimm_found_poison(m->region, m->bb, &range, m->origin + at);
}

void btt_media_wait(unsigned int tries)
{
	cpu_relax();
	/* the task that is waited for may have been preempted by us */
	if (tries < 1000)
		cond_resched();
	else
		usleep_range(50, 200);
}

/*
 * Poison is cleared by whole sectors. A block that is not made of such shares
 * some with its neighbours, whose poison must not turn into zeros. What no list
 * has yet is cleared as well.
 */
int btt_media_repair(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;

	if (!IS_ALIGNED(from, SECTOR_SIZE))
		return -EIO;
	if (!btt_media_bad(m, at, len))
		nvdimm_clear_poison(&m->ndns->dev,
				    to_nd_namespace_io(&m->ndns->dev)->res.start + from,
				    ALIGN_DOWN(len, SECTOR_SIZE));
	return nvdimm_write_bytes(m->ndns, from, page_address(ZERO_PAGE(0)),
				  ALIGN_DOWN(len, SECTOR_SIZE), 0);
}

/* The log, whose good parts are not to be written over. */
int btt_media_clear(struct btt_media *m, u64 at, size_t len)
{
	u64 from = m->origin + at;
	int rc;

	if (!IS_ALIGNED(from | len, SECTOR_SIZE))
		return -EIO;
	rc = nd_ns_clear_poison(m->ndns, from, len);
	if (!rc)
		dev_warn_ratelimited(&m->ndns->dev,
				     "the log of the BTT was bad at %#llx: it is rewritten from memory\n",
				     from);
	return rc;
}
