// SPDX-License-Identifier: GPL-2.0
/* A range as ordinary memory: see memory.h. */
#include <linux/export.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/mm.h>
#include <linux/nd.h>
#include <linux/notifier.h>
#include <linux/sizes.h>
#include "core/badrange.h"
#include "poison/badblocks.h"
#include "poison/memory.h"
#include "region/region.h"

static BLOCKING_NOTIFIER_HEAD(nd_poison_chain);

/* What a write cures at least, and what platforms can clear by. */
#define CLEAR_UNIT	SZ_512

struct device *nd_range_region_dev(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);

	return region ? &region->dev : NULL;
}
EXPORT_SYMBOL_GPL(nd_range_region_dev);

struct range nd_region_range(struct device *dev)
{
	const struct nd_region *region = to_nd_region(dev);

	return (struct range) {
		.start = region->start,
		.end = region->start + region->size - 1,
	};
}
EXPORT_SYMBOL_GPL(nd_region_range);

enum nd_at_rest nd_range_at_rest(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);
	bool plain = false;
	unsigned long flags;
	u16 i;

	/* what other providers of dax devices offer is RAM set aside: hmem, CXL */
	if (!region || region->volatile_mem)
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
EXPORT_SYMBOL_GPL(nd_range_at_rest);

bool nd_range_next_bad(struct device *dev, const struct range *range, struct range *bad)
{
	struct bad_range first;

	if (!nd_region_of(dev) ||
	    !badrange_next(&nd_bus_of(dev)->badrange, range->start, range->end, &first))
		return false;
	*bad = (struct range) { .start = first.start, .end = first.start + first.len - 1 };
	return true;
}
EXPORT_SYMBOL_GPL(nd_range_next_bad);

/*
 * What was bad holds nothing, but a platform may have left anything there. In RAM nobody minds, and
 * a machine check may have taken the page's mapping. Elsewhere caches may hold the poison still,
 * which must not come back; and the zeroes are to be on the medium.
 */
static int range_zero(struct nd_region *region, u64 start, u64 len)
{
	void *at;

	if (region_intersects(start, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return 0;
	at = memremap(start, len, MEMREMAP_WB);
	if (!at)
		return -ENOMEM;
	arch_invalidate_pmem(at, len);
	memset(at, 0, len);
	arch_wb_cache_pmem(at, len);
	memunmap(at);
	return nvdimm_flush(region, NULL);
}

int nd_range_clear(struct device *dev, const struct range *range)
{
	struct nd_region *region = nd_region_of(dev);
	u64 start, len;
	long cleared;

	if (!region)
		return -ENXIO;
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
	return cleared < len ? -EIO : range_zero(region, start, len);
}
EXPORT_SYMBOL_GPL(nd_range_clear);

bool nd_range_async(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);

	return region && !is_nvdimm_sync(region);
}
EXPORT_SYMBOL_GPL(nd_range_async);

int nd_range_flush(struct device *dev)
{
	struct nd_region *region = nd_region_of(dev);

	return region ? nvdimm_flush(region, NULL) : 0;
}
EXPORT_SYMBOL_GPL(nd_range_flush);

int nd_poison_register(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&nd_poison_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_poison_register);

void nd_poison_unregister(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&nd_poison_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_poison_unregister);

void nd_poison_notify(struct device *region)
{
	blocking_notifier_call_chain(&nd_poison_chain, NVDIMM_REVALIDATE_POISON, region);
}
