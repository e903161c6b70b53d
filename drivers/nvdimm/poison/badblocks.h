/* SPDX-License-Identifier: GPL-2.0 */
/* What a bus knows to be bad, as lists of bad blocks; and what becomes of it. */
#ifndef _ND_BADBLOCKS_H
#define _ND_BADBLOCKS_H

#include <linux/badblocks.h>
#include <linux/compiler.h>
#include <linux/range.h>
#include <linux/types.h>

struct device;
struct nd_region;
struct nvdimm_bus;

/* Are there any? A glance that costs nothing. */
static inline bool nd_badblocks_any(const struct badblocks *bb)
{
	/* who goes on to look has the list's lock; what comes just now is as good as behind us */
	return data_race(bb->count);
}

/* Fill @bb (in sectors from @range->start) from the bus's bad ranges. */
void nvdimm_badblocks_populate(struct nd_region *region, struct badblocks *bb,
			       const struct range *range);

/*
 * Is one of the @nr sectors from @first on bad, where sector 0 of @bb is at @origin? Which, and how
 * many, go to *@bad and *@bad_nr. Right also when @bb has had no room for all.
 */
bool nvdimm_badblocks_check(struct nd_region *region, struct badblocks *bb, u64 origin,
			    sector_t first, sector_t nr, sector_t *bad, sector_t *bad_nr);

/* @nr sectors from @first on are good, and the bus knows: so does @bb, a list of @range. */
void nvdimm_badblocks_cleared(struct nd_region *region, struct badblocks *bb,
			      const struct range *range, sector_t first, sector_t nr);

/* A read met poison at [phys, phys + len): tell the bus and the region's badblocks; and @bb. */
void nvdimm_record_poison(struct nd_region *region, phys_addr_t phys, unsigned int len);
void nvdimm_found_bad(struct nd_region *region, struct badblocks *bb, const struct range *range,
		      u64 off, unsigned int len);
void nvdimm_found_poison(struct nd_region *region, struct badblocks *bb,
			 const struct range *range, u64 off);

/* Clear poison at [phys, phys + len): bytes cleared, or a negative errno. */
s64 nvdimm_clear_poison(struct device *dev, phys_addr_t phys, u64 len);

/* Can it, there? Not where firmware runs commands, but none that clears. */
bool nvdimm_clears_poison(struct device *dev);

/* ---- what firmware records, and what is cured ---- */

/*
 * Firmware forgets what it clears, and then the bus does. Its records, were they read before and
 * taken after, would make a sector bad that has been cured, and written since. So one has to wait
 * for the other. Nothing starts I/O between begin and end: it might be what waits.
 */

/* Firmware is asked for its records, to be taken before nvdimm_report_end(). For that. */
unsigned int nvdimm_report_begin(struct nvdimm_bus *bus);
void nvdimm_report_end(struct nvdimm_bus *bus, unsigned int noio);

/* Firmware is asked to clear, to be forgotten before nd_clear_end(). For that. Rank 8. */
unsigned int nd_clear_begin(struct nvdimm_bus *bus);
void nd_clear_end(struct nvdimm_bus *bus, unsigned int noio);

/*
 * Poison at [addr, addr + len), which does not wrap, is gone: so it is from the badblocks of
 * regions. No lock of rank 2 or above.
 */
void nd_regions_cleared(struct nvdimm_bus *bus, u64 addr, u64 len);

/* ---- memory.c: what common/range.h asks of libnvdimm ---- */

void nd_memory_init(void);
void nd_memory_exit(void);

#endif /* _ND_BADBLOCKS_H */
