// SPDX-License-Identifier: GPL-2.0
/*
 * From poisoned addresses to bad sectors and back: what a bus knows becomes
 * the badblocks of a range; what a write has cleared, or a read has found, goes
 * back to the bus.
 */
#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/libnvdimm.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include "badrange.h"
#include "bus.h"
#include "region.h"

struct populate {
	struct badblocks *bb;
	u64 origin;	/* address of sector 0 */
};

/* A sector with one bad byte is a bad sector. */
static void mark_sectors(void *data, u64 start, u64 len)
{
	const struct populate *p = data;
	u64 first = (start - p->origin) >> SECTOR_SHIFT;
	u64 end = DIV_ROUND_UP(start - p->origin + len, SECTOR_SIZE);

	if (!badblocks_set(p->bb, first, end - first, 1))
		dev_info_once(p->bb->dev,
			      "no room for all bad blocks, sector %#llx is not listed: reading it fails all the same\n",
			      first);
}

/**
 * nvdimm_badblocks_populate() - add a bus's bad ranges to a list of bad blocks
 * @region: region whose bus is asked
 * @bb: list to fill; what it holds already stays
 * @range: physical addresses it covers; sector 0 is at @range->start
 *
 * Context: any; takes the lock of the bus's bad ranges (rank 9).
 */
void nvdimm_badblocks_populate(struct nd_region *region, struct badblocks *bb,
			       const struct range *range)
{
	struct populate p = { .bb = bb, .origin = range->start };

	badrange_for_each(&nd_bus_of(&region->dev)->badrange, range->start, range->end + 1,
			  mark_sectors, &p);
}
EXPORT_SYMBOL_GPL(nvdimm_badblocks_populate);

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
	struct populate p = { .bb = &region->bb, .origin = region->start };
	unsigned int noio = memalloc_noio_save();

	nvdimm_bus_add_badrange(nd_bus_of(&region->dev), phys, len);
	memalloc_noio_restore(noio);
	mark_sectors(&p, phys, len);
	if (region->bb_state)
		sysfs_notify_dirent(region->bb_state);
}
EXPORT_SYMBOL_GPL(nvdimm_record_poison);

/* A bus command from the I/O path: 0 when provider and firmware both did it. */
static int bus_command(struct nvdimm_bus *bus, unsigned int cmd, void *buf, unsigned int len)
{
	unsigned int noio = memalloc_noio_save();
	int cmd_rc = 0, rc;

	rc = bus->desc->ndctl(bus->desc, NULL, cmd, buf, len, &cmd_rc);
	memalloc_noio_restore(noio);
	if (rc < 0)
		return rc;
	return min(cmd_rc, 0);
}

/**
 * nvdimm_clear_poison() - make a poisoned range usable again
 * @dev: namespace, or claim over one, that lies there
 * @phys: physical address
 * @len: bytes
 *
 * The contents of what was poisoned are lost: to be followed by a write of the
 * whole range. Bus and region forget exactly what was cleared; a namespace's
 * or disk's own list is its driver's. A bus without commands (e820, device
 * tree, virtio) has no firmware to ask, whatever its DIMMs' labels are read by:
 * the coming write is the cure.
 *
 * Context: process, may sleep; fit for the I/O path.
 * Return: bytes cleared, from @phys on, at most @len; -ENXIO when the range is
 * no multiple of what the platform can clear; -ENOTTY or another errno of the
 * provider.
 */
long nvdimm_clear_poison(struct device *dev, phys_addr_t phys, unsigned int len)
{
	struct nvdimm_bus *bus = nd_bus_of(dev);
	struct nd_cmd_ars_cap cap = { .address = phys, .length = len };
	struct nd_cmd_clear_error clear = { .address = phys, .length = len };
	u64 cleared = len;
	int rc;

	if (!bus)
		return -ENXIO;
	if (bus->desc->ndctl && bus->desc->cmd_mask) {
		rc = bus_command(bus, ND_CMD_ARS_CAP, &cap, sizeof(cap));
		if (rc)
			return rc;
		if (!is_power_of_2(cap.clear_err_unit) ||
		    !IS_ALIGNED(phys | len, cap.clear_err_unit))
			return -ENXIO;
		rc = bus_command(bus, ND_CMD_CLEAR_ERROR, &clear, sizeof(clear));
		if (rc)
			return rc;
		/* firmware's word, so bounded */
		cleared = min_t(u64, clear.cleared, len);
	}
	nd_region_cleared(to_nd_region(dev->parent), phys, cleared);
	return cleared;
}
EXPORT_SYMBOL_GPL(nvdimm_clear_poison);
