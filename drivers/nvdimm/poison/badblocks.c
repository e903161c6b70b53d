// SPDX-License-Identifier: GPL-2.0
/*
 * From poisoned addresses to bad sectors and back: what a bus knows becomes
 * the badblocks of a range; what a write has cleared, or a read has found, goes
 * back to the bus.
 */
#include <linux/align.h>
#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/libnvdimm.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include "core/badrange.h"
#include "core/bus.h"
#include "poison/bad_list.h"
#include "poison/badblocks.h"
#include "poison/clear.h"
#include "region/region.h"

/*
 * One at a time changes lists: what is set is what is not listed yet, and a look at how much room
 * there is has to hold for as long. Readers take no lock of ours.
 */
static DEFINE_SPINLOCK(bad_lists_lock);

static struct badrange *known_to(struct nd_region *region)
{
	return &nd_bus_of(&region->dev)->badrange;
}

/* Of a sector that a list has had no room for; none when negative. */
static void warn_full(struct badblocks *bb, s64 sector)
{
	if (sector >= 0)
		dev_info_once(bb->dev,
			      "no room for all bad blocks, sector %#llx is not listed: reading it fails all the same\n",
			      sector);
}

/**
 * nvdimm_badblocks_populate() - add a bus's bad ranges to a list of bad blocks
 * @region: region whose bus is asked
 * @bb: list to fill; what it holds already stays
 * @range: physical addresses it covers; sector 0 is at @range->start
 *
 * Context: any; takes the lock of the lists (rank 9).
 */
void nvdimm_badblocks_populate(struct nd_region *region, struct badblocks *bb,
			       const struct range *range)
{
	scoped_guard(spinlock, &bad_lists_lock)
		warn_full(bb, bad_list_fill(bb, known_to(region), range->start, range->end + 1));
}
EXPORT_SYMBOL_GPL(nvdimm_badblocks_populate);

/**
 * nvdimm_badblocks_check() - is one of some sectors known to be bad?
 * @region: region whose bus is asked where the list has had no room
 * @bb: list of bad blocks
 * @origin: physical address of its sector 0
 * @first: first sector
 * @nr: how many
 * @bad: where the first bad one goes
 * @bad_nr: where it goes how many are, of it and those right behind it
 *
 * Context: any; takes the lock of the bus's bad ranges (rank 10).
 */
bool nvdimm_badblocks_check(struct nd_region *region, struct badblocks *bb, u64 origin,
			    sector_t first, sector_t nr, sector_t *bad, sector_t *bad_nr)
{
	return bad_list_check(bb, known_to(region), origin, first, nr, bad, bad_nr);
}
EXPORT_SYMBOL_GPL(nvdimm_badblocks_check);

/**
 * nvdimm_badblocks_cleared() - some sectors are bad no more
 * @region: region of the list; its bus has forgotten them already
 * @bb: list of bad blocks
 * @range: physical addresses it covers; sector 0 is at @range->start
 * @first: first sector
 * @nr: how many
 *
 * What the list has had no room for comes in, now that there is some.
 *
 * Context: any; takes the lock of the lists (rank 9).
 */
void nvdimm_badblocks_cleared(struct nd_region *region, struct badblocks *bb,
			      const struct range *range, sector_t first, sector_t nr)
{
	scoped_guard(spinlock, &bad_lists_lock)
		warn_full(bb, bad_list_cleared(bb, known_to(region), range->start, range->end + 1,
					       first, nr));
}
EXPORT_SYMBOL_GPL(nvdimm_badblocks_cleared);

/* What was found, in a list of what lies at @range. */
static void list_found(struct nd_region *region, struct badblocks *bb, const struct range *range,
		       u64 phys, u64 len)
{
	scoped_guard(spinlock, &bad_lists_lock)
		warn_full(bb, bad_list_found(bb, known_to(region), range->start, range->end + 1,
					     phys, len));
}

/**
 * nvdimm_record_poison() - a read has met poison nobody knew of
 * @region: region of the address
 * @phys: physical address
 * @len: bytes known to be bad
 *
 * The bus remembers it for the next binding, the region shows it at once.
 *
 * Context: process, in the I/O path: allocates without starting I/O.
 */
void nvdimm_record_poison(struct nd_region *region, phys_addr_t phys, unsigned int len)
{
	const struct range range = nd_region_range(region);
	unsigned int noio = memalloc_noio_save();

	nvdimm_bus_add_badrange(nd_bus_of(&region->dev), phys, len);
	memalloc_noio_restore(noio);
	list_found(region, &region->bb, &range, phys, len);
	if (region->bb_state)
		sysfs_notify_dirent(region->bb_state);
}
EXPORT_SYMBOL_GPL(nvdimm_record_poison);

/**
 * nvdimm_found_bad() - some bytes have turned out to be bad
 * @region: region of the list
 * @bb: list of bad blocks of who has found that
 * @range: physical addresses it covers; sector 0 is at @range->start
 * @off: first byte, of that range
 * @len: how many
 *
 * Context: as nvdimm_record_poison().
 */
void nvdimm_found_bad(struct nd_region *region, struct badblocks *bb, const struct range *range,
		      u64 off, unsigned int len)
{
	nvdimm_record_poison(region, range->start + off, len);
	list_found(region, bb, range, range->start + off, len);
}
EXPORT_SYMBOL_GPL(nvdimm_found_bad);

/**
 * nvdimm_found_poison() - a copy has stopped at poison nobody knew of
 * @region: region of the list
 * @bb: list of bad blocks of who copied
 * @range: physical addresses it covers; sector 0 is at @range->start
 * @off: byte of that range where it has stopped: poison comes by the cache line
 *
 * Context: as nvdimm_record_poison().
 */
void nvdimm_found_poison(struct nd_region *region, struct badblocks *bb,
			 const struct range *range, u64 off)
{
	nvdimm_found_bad(region, bb, range, ALIGN_DOWN(off, L1_CACHE_BYTES), L1_CACHE_BYTES);
}
EXPORT_SYMBOL_GPL(nvdimm_found_poison);

/* ---- poison that is gone ---- */

struct cleared {
	u64 start;
	u64 end;
};

static void region_cleared(struct nd_region *region, const struct cleared *c)
{
	const struct range range = nd_region_range(region);
	u64 start, end;

	start = max(c->start, region->start);
	end = min(c->end, region->start + region->size);
	if (start >= end || !region->bb.page)
		return;
	/* only whole sectors are known to be good */
	start = DIV_ROUND_UP(start - region->start, SECTOR_SIZE);
	end = (end - region->start) >> SECTOR_SHIFT;
	if (start < end)
		nvdimm_badblocks_cleared(region, &region->bb, &range, start, end - start);
	if (region->bb_state)
		sysfs_notify_dirent(region->bb_state);
}

/* From the I/O path of one of its namespaces, which keeps the region bound. */
static void nd_region_cleared(struct nd_region *region, u64 addr, u64 len)
{
	const struct cleared c = { .start = addr, .end = addr + len };

	if (!len)
		return;
	badrange_del(&nd_bus_of(&region->dev)->badrange, addr, len);
	region_cleared(region, &c);
}

/**
 * nvdimm_report_begin() - firmware is about to be asked for its records of what is bad
 * @bus: of the provider
 *
 * What it answers is to be told with nvdimm_bus_add_badrange(), or nvdimm_record_poison(), before
 * nvdimm_report_end(). Nothing is cured meanwhile: a record of it would outlive it.
 *
 * Context: process; takes nvdimm_bus.clearing (rank 8) for writing. Allocations start no I/O before
 * nvdimm_report_end().
 * Return: for nvdimm_report_end().
 */
unsigned int nvdimm_report_begin(struct nvdimm_bus *bus)
{
	unsigned int noio = memalloc_noio_save();

	down_write(&bus->clearing);
	return noio;
}
EXPORT_SYMBOL_GPL(nvdimm_report_begin);

/**
 * nvdimm_report_end() - firmware's records have been taken
 * @bus: as for nvdimm_report_begin()
 * @noio: what that returned
 *
 * Context: process, the same.
 */
void nvdimm_report_end(struct nvdimm_bus *bus, unsigned int noio)
{
	up_write(&bus->clearing);
	memalloc_noio_restore(noio);
}
EXPORT_SYMBOL_GPL(nvdimm_report_end);

unsigned int nd_clear_begin(struct nvdimm_bus *bus)
{
	unsigned int noio = memalloc_noio_save();

	down_read(&bus->clearing);
	return noio;
}

void nd_clear_end(struct nvdimm_bus *bus, unsigned int noio)
{
	up_read(&bus->clearing);
	memalloc_noio_restore(noio);
}

/* 0: provider and firmware both did it. Context: between nd_clear_begin() and nd_clear_end(). */
static int bus_command(struct nvdimm_bus *bus, unsigned int cmd, void *buf, unsigned int len)
{
	return min(nd_command(bus->desc, NULL, cmd, buf, len), 0);
}

/* A bus without commands has no firmware to ask, whatever its DIMMs' labels are read by. */
static bool asks_firmware(const struct nvdimm_bus *bus)
{
	return bus->desc->ndctl && bus->desc->cmd_mask;
}

/**
 * nvdimm_clears_poison() - could nvdimm_clear_poison() do it?
 * @dev: region, namespace, or claim over one
 *
 * Context: any.
 * Return: false where firmware runs commands, but none that clears poison: what is listed there
 * once is never cured.
 */
bool nvdimm_clears_poison(struct device *dev)
{
	struct nvdimm_bus *bus = nd_bus_of(dev);

	return bus && (!asks_firmware(bus) || test_bit(ND_CMD_CLEAR_ERROR, &bus->desc->cmd_mask));
}
EXPORT_SYMBOL_GPL(nvdimm_clears_poison);

/* Return: what platforms clear by; -ENXIO when the range is no multiple of it; an errno. */
static s64 clear_unit(struct nvdimm_bus *bus, u64 phys, u64 len)
{
	struct nd_cmd_ars_cap cap = { .address = phys, .length = len };
	int rc = bus_command(bus, ND_CMD_ARS_CAP, &cap, sizeof(cap));

	if (rc)
		return rc;
	return is_power_of_2(cap.clear_err_unit) && IS_ALIGNED(phys | len, cap.clear_err_unit) ?
	       cap.clear_err_unit : -ENXIO;
}

/* For clear_all(). */
static s64 have_cleared(void *bus, u64 phys, u64 len)
{
	struct nd_cmd_clear_error clear = { .address = phys, .length = len };
	int rc = bus_command(bus, ND_CMD_CLEAR_ERROR, &clear, sizeof(clear));

	/* firmware's word, so bounded */
	return rc ?: (s64)min_t(u64, clear.cleared, len);
}

/* Return: bytes cleared, from @phys on; or an errno. */
static s64 firmware_clears(struct nvdimm_bus *bus, u64 phys, u64 len)
{
	s64 unit = clear_unit(bus, phys, len);

	return unit < 0 ? unit : clear_all(phys, len, unit, have_cleared, bus);
}

/**
 * nvdimm_clear_poison() - make a poisoned range usable again
 * @dev: region, namespace, or claim over one, that lies there
 * @phys: physical address
 * @len: bytes
 *
 * The contents of what was poisoned are lost: to be followed by a write of the
 * whole range. Firmware that clears less at a time is asked to go on. Bus and
 * region forget it when all of it was cleared, and else nothing: then nobody
 * stores there, and what the cleared part holds is nobody's data. A namespace's or
 * disk's own list is its driver's. A bus without commands (e820, device tree,
 * virtio) has no firmware to ask, whatever its DIMMs' labels are read by: the
 * coming write is the cure.
 *
 * Context: process, may sleep; fit for the I/O path.
 * Return: bytes cleared, from @phys on, at most @len; -ENXIO when the range is
 * no multiple of what the platform can clear; -ENOTTY or another errno of the
 * provider.
 */
s64 nvdimm_clear_poison(struct device *dev, phys_addr_t phys, u64 len)
{
	struct nd_region *region = nd_region_of(dev);
	struct nvdimm_bus *bus = nd_bus_of(dev);
	unsigned int noio;
	s64 cleared;

	if (!bus || !region)
		return -ENXIO;
	noio = nd_clear_begin(bus);
	cleared = asks_firmware(bus) ? firmware_clears(bus, phys, len) : len;
	if (cleared == len)
		nd_region_cleared(region, phys, len);
	nd_clear_end(bus, noio);
	return cleared;
}
EXPORT_SYMBOL_GPL(nvdimm_clear_poison);

/* Its badblocks come and go with its driver. */
static int bound_region_cleared(struct device *dev, void *data)
{
	if (!is_nd_region(dev))
		return 0;
	guard(device)(dev);
	if (dev->driver)
		region_cleared(to_nd_region(dev), data);
	return 0;
}

void nd_regions_cleared(struct nvdimm_bus *bus, u64 addr, u64 len)
{
	struct cleared c = { .start = addr, .end = addr + len };

	if (len)
		nd_visit_children(&bus->dev, &c, bound_region_cleared);
}
