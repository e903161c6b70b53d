// SPDX-License-Identifier: GPL-2.0
/*
 * From "the CPU has stored it" to "the medium has it".
 *
 * Stores that bypassed or left the caches are ordered by a fence. Where the
 * platform empties its write queues itself when power fails (ADR), that is all.
 * Where it offers flush hints, one write to any hint of each DIMM empties that
 * DIMM's queues (ACPI 6.5 §5.2.25.8). Where the medium is a service (virtio), the
 * provider is asked.
 */
#include <linux/bio.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/libnvdimm.h>
#include <linux/log2.h>
#include <linux/memregion.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "core/bus.h"
#include "dimm/dimm.h"
#include "region/region.h"

int nd_caches_invalidate(u64 start, u64 size)
{
	return cpu_cache_invalidate_memregion(start, size);
}

/* Every DIMM gets the same number of hints, a power of two: what the one with fewest has. */
static unsigned int hints_each(const struct nd_region *region)
{
	int fewest = 0;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		fewest = min_not_zero(fewest, region->mapping[i].nvdimm->num_flush);
	return fewest ? rounddown_pow_of_two(fewest) : 0;
}

/* Map the first @nr hints of @nvdimm to @wpq; neighbours tend to share a page. */
static int map_hints(struct nd_region *region, struct nvdimm *nvdimm, unsigned int nr,
		     void __iomem **wpq)
{
	void __iomem *page = NULL;
	resource_size_t mapped = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		resource_size_t hint = nvdimm->flush_wpq[i].start;
		resource_size_t start = hint & PAGE_MASK;

		if (!IS_ALIGNED(hint, sizeof(u64)))
			return nd_refuse(&region->dev, -ENXIO, ND_REASON_ALIGN,
					 "flush hint %u of %s, at %pa, is not 8-byte aligned",
					 i, nvdimm_name(nvdimm), &hint);
		if (!page || mapped != start) {
			page = (void __force __iomem *)nd_map_devm(&region->dev, start, PAGE_SIZE,
								   0);
			mapped = start;
		}
		if (IS_ERR(page))
			return nd_refuse(&region->dev, PTR_ERR(page) == -ENOMEM ? -ENOMEM : -ENXIO,
					 ND_REASON_RESOURCE,
					 "flush hint %u of %s, at %pa, cannot be mapped: its page is in use by another driver, or no memory (see /proc/iomem)",
					 i, nvdimm_name(nvdimm), &hint);
		wpq[i] = page + (hint - start);
	}
	return 0;
}

/* Interleaved DIMMs may name the same hints: writing them once will do. */
static bool same_hints(const struct nd_region *region, unsigned int nr)
{
	void __iomem **last = &region->flush.wpq[region->flush.ways * nr];
	u16 way;

	for (way = 0; way < region->flush.ways; way++)
		if (region->flush.wpq[way * nr] == last[0])
			return true;
	return false;
}

static void forget_hints(void *data)
{
	struct nd_region *region = data;

	region->flush.ways = 0;
	region->flush.wpq = NULL;
}

int nd_region_flush_init(struct nd_region *region)
{
	unsigned int nr = hints_each(region);
	u16 i;
	int rc;

	if (!nr)
		return 0;
	region->flush.wpq = devm_kcalloc(&region->dev, size_mul(region->num_mappings, nr),
					 sizeof(*region->flush.wpq), GFP_KERNEL);
	if (!region->flush.wpq)
		return -ENOMEM;
	region->flush.hints_shift = ilog2(nr);
	for (i = 0; i < region->num_mappings; i++) {
		struct nvdimm *nvdimm = region->mapping[i].nvdimm;

		if (!nvdimm->num_flush)
			continue;
		rc = map_hints(region, nvdimm, nr, &region->flush.wpq[region->flush.ways * nr]);
		if (rc) {
			forget_hints(region);
			return rc;
		}
		if (!same_hints(region, nr))
			region->flush.ways++;
	}
	return devm_add_action_or_reset(&region->dev, forget_hints, region);
}

/**
 * generic_nvdimm_flush() - empty the write queues of a region's DIMMs
 * @nd_region: the region
 *
 * Context: any, while the region's driver is bound. Return: 0.
 */
int generic_nvdimm_flush(struct nd_region *nd_region)
{
	/* CPUs spread over the hints, which are equally good, so as not to meet at one */
	unsigned int hint = raw_smp_processor_id() & ((1u << nd_region->flush.hints_shift) - 1);
	u16 way;

	/* what was stored is on its way to the queues before they are told to empty */
	pmem_wmb();
	if (!nd_region->flush.ways)
		return 0;
	for (way = 0; way < nd_region->flush.ways; way++)
		writeq(1, nd_region->flush.wpq[(way << nd_region->flush.hints_shift) + hint]);
	/* the hints themselves must not linger */
	wmb();
	return 0;
}

/**
 * nvdimm_flush() - make every store to a region that came before durable
 * @nd_region: the region
 * @bio: the bio whose flush this is, for a provider that completes it later;
 *	NULL to have waited when the call returns
 *
 * Stores must have left the CPU caches.
 *
 * Context: process, may sleep when the region has a provider's flush; any
 * otherwise.
 * Return: 0: done; negative errno: failed; NVDIMM_FLUSH_ASYNC, only with a
 * @bio: under way, and the provider ends @bio.
 */
int nvdimm_flush(struct nd_region *nd_region, struct bio *bio)
{
	int rc;

	if (!nd_region->flush.ask)
		return generic_nvdimm_flush(nd_region);
	rc = nd_region->flush.ask(nd_region, bio);
	/* no bio that could be ended later: a provider of this kind is broken */
	return rc > 0 && !bio ? -EIO : rc;
}
EXPORT_SYMBOL_GPL(nvdimm_flush);

void nd_region_flush_lost(struct nd_region *region)
{
	atomic_inc(&region->flush.losses);
}
EXPORT_SYMBOL_GPL(nd_region_flush_lost);

/**
 * nvdimm_has_flush() - do writes to a region need a flush?
 * @nd_region: the region
 *
 * Return: 1: yes; 0: no, the platform empties its queues when power fails;
 * -ENXIO: unknown, because no DIMM is described or the CPU cannot write back
 * its caches.
 */
int nvdimm_has_flush(struct nd_region *nd_region)
{
	u16 i;

	/* a provider that is asked knows, whatever is described and whatever the CPU can do */
	if (nd_region->flush.ask && test_bit(ND_REGION_ASYNC, &nd_region->flags))
		return 1;
	if (!nd_region->num_mappings || !IS_ENABLED(CONFIG_ARCH_HAS_PMEM_API))
		return -ENXIO;
	for (i = 0; i < nd_region->num_mappings; i++)
		if (nd_region->mapping[i].nvdimm->num_flush)
			return 1;
	return 0;
}
EXPORT_SYMBOL_GPL(nvdimm_has_flush);

/**
 * nvdimm_has_cache() - can CPU caches hold stores that power takes away?
 * @nd_region: the region
 *
 * Return: 1 unless the region is volatile, or the platform writes the CPU
 * caches back when power fails (eADR).
 */
int nvdimm_has_cache(struct nd_region *nd_region)
{
	if (nd_region->volatile_mem)
		return 0;
	return !test_bit(ND_REGION_PERSIST_CACHE, &nd_region->flags);
}
EXPORT_SYMBOL_GPL(nvdimm_has_cache);

/**
 * is_nvdimm_sync() - are stores durable without asking anybody?
 * @nd_region: the region
 *
 * Return: true when userspace that wrote back its caches needs no fsync(2)
 * (MAP_SYNC), and for volatile regions.
 */
bool is_nvdimm_sync(struct nd_region *nd_region)
{
	return nd_region->volatile_mem || !test_bit(ND_REGION_ASYNC, &nd_region->flags);
}
EXPORT_SYMBOL_GPL(is_nvdimm_sync);
