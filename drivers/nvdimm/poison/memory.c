// SPDX-License-Identifier: GPL-2.0
/* What is known of a range that is used as ordinary memory: common/range.h asks. */
#include <linux/module.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/nd.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include "common/range.h"
#include "core/badrange.h"
#include "poison/badblocks.h"
#include "poison/scrub.h"
#include "region/region.h"

/* What a write cures at least, and what platforms can clear by. */
#define CLEAR_UNIT	SZ_512

/* What is mapped at a time to be zeroed. */
#define ZERO_PIECE	SZ_64M

static struct device *range_region(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);

	return region ? &region->dev : NULL;
}

static enum nd_at_rest range_at_rest(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);
	bool plain = false;
	unsigned long flags;
	u16 i;

	if (region->volatile_mem)
		return ND_AT_REST_VOLATILE;
	if (!region->num_mappings)
		return ND_AT_REST_UNKNOWN;
	for (i = 0; i < region->num_mappings; i++) {
		flags = READ_ONCE(region->mapping[i].nvdimm->sec.flags);
		if (!flags)
			return ND_AT_REST_UNKNOWN;
		plain |= test_bit(NVDIMM_SECURITY_DISABLED, &flags);
	}
	return plain ? ND_AT_REST_PLAIN : ND_AT_REST_LOCKED;
}

static bool range_next_bad(struct device *dev, const struct range *range, struct range *bad)
{
	struct bad_range first;

	if (!badrange_next(&nd_bus_of(dev)->badrange, range->start, range->end, &first))
		return false;
	*bad = (struct range) { .start = first.start, .end = first.start + first.len - 1 };
	return true;
}

/* Caches may hold poison still, which must not come back. */
static int zero_medium(u64 start, u64 len)
{
	void *at = memremap(start, len, MEMREMAP_WB);

	if (!at)
		return -ENOMEM;
	arch_invalidate_pmem(at, len);
	memset(at, 0, len);
	arch_wb_cache_pmem(at, len);
	memunmap(at);
	return 0;
}

/*
 * What was bad holds nothing, but a platform may have left anything there. In RAM nobody minds, and
 * a machine check may have taken the page's mapping. Elsewhere the zeroes are to be on the medium.
 */
static int zero_cleared(struct nd_region *region, u64 start, u64 len)
{
	int rc;

	if (region_intersects(start, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return 0;
	rc = zero_medium(start, len);
	return rc ?: nvdimm_flush(region, NULL);
}

/* In pieces: what maps them is virtual memory of the kernel. */
static int zero_pieces(u64 start, u64 end)
{
	int rc = 0;
	u64 len;

	for (; !rc && start < end; start += len) {
		len = min_t(u64, end - start, ZERO_PIECE);
		rc = zero_medium(start, len);
		cond_resched();
	}
	return rc;
}

static int range_zero(struct device *dev, const struct range *range)
{
	struct range todo = *range, bad;
	int rc = 0;

	while (!rc && todo.start <= todo.end) {
		if (!range_next_bad(dev, &todo, &bad))
			return zero_pieces(todo.start, todo.end + 1);
		/* whole lines of the cache: one that is bad in part is bad */
		bad.start = ALIGN_DOWN(bad.start, CLEAR_UNIT);
		rc = zero_pieces(todo.start, max(bad.start, todo.start));
		todo.start = ALIGN(bad.end + 1, CLEAR_UNIT);
	}
	return rc;
}

static int range_clear(struct device *dev, const struct range *range)
{
	struct nd_region *region = nd_region_of(dev);
	u64 start, len;
	s64 cleared;
	int rc;

	/* so that no sum of these wraps, and nothing beside the region is cleared */
	if (range->start > range->end || range->start < region->start ||
	    range->end - region->start >= region->size)
		return -EINVAL;
	start = ALIGN_DOWN(range->start, CLEAR_UNIT);
	len = ALIGN(range->end + 1, CLEAR_UNIT) - start;
	if (len > SZ_2G)
		return -EINVAL;
	cleared = nvdimm_clear_poison(dev, start, len);
	if (cleared < 0)
		return cleared;
	if (cleared < len)
		return -EIO;
	rc = zero_cleared(region, start, len);
	/* what it holds now is nobody's data */
	if (rc)
		nvdimm_record_poison(region, start, len);
	return rc;
}

static bool range_async(struct device *dev)
{
	return !is_nvdimm_sync(nd_region_of(dev));
}

static int range_flush(struct device *dev)
{
	return nvdimm_flush(nd_region_of(dev), NULL);
}

static const struct nd_range_ops range_ops = {
	.owner = THIS_MODULE,
	.region = range_region,
	.at_rest = range_at_rest,
	.next_bad = range_next_bad,
	.clear = range_clear,
	.zero = range_zero,
	.async = range_async,
	.flush = range_flush,
	.scrub_begin = nd_scrub_begin,
	.scrub_end = nd_scrub_end,
};

void nd_memory_init(void)
{
	nd_range_answer(&range_ops);
}

void nd_memory_exit(void)
{
	nd_range_answer(NULL);
}
