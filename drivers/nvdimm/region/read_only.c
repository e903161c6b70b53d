// SPDX-License-Identifier: GPL-2.0
/* Whether a region is read-only: dimm/reported.h decides, and its disks are notified. */
#include <linux/device.h>
#include <linux/export.h>
#include "dimm/reported.h"
#include "region/region.h"

static_assert(ND_MAX_MAPPINGS <= 32);

/* Mask of the mappings whose DIMM is not armed. */
static u32 region_unarmed(const struct nd_region *region)
{
	u32 mask = 0;

	for (u16 i = 0; i < region->num_mappings; i++)
		if (test_bit(NDD_UNARMED, &region->mapping[i].nvdimm->flags))
			mask |= BIT(i);
	return mask;
}

static void ro_apply(struct nd_region *region)
{
	WRITE_ONCE(region->ro, nd_ro_read_only(&region->why_ro));
}

void nd_region_ro_init(struct nd_region *region)
{
	region->why_ro = nd_ro_boot(region_unarmed(region));
	ro_apply(region);
}

void nd_region_ro_ask(struct nd_region *region, bool read_only)
{
	lockdep_assert_held_write(&region->config);
	nd_ro_ask(&region->why_ro, read_only);
	ro_apply(region);
}

static int child_revalidate(struct device *dev, void *data)
{
	nd_device_notify(dev, NVDIMM_REVALIDATE_REGION);
	return 0;
}

void nd_region_ro_changed(struct nd_region *region)
{
	nd_visit_children(&region->dev, NULL, child_revalidate);
}

static void report_ro(struct nd_region *region, enum nd_ro_report report, const char *dimm)
{
	struct device *dev = &region->dev;
	const char *name = dev_name(dev);

	switch (report) {
	case ND_RO_SAME:
		break;
	case ND_RO_UNARMED:
		nd_remark(dev, -EROFS, ND_REASON_READ_ONLY,
			  "%s is not armed: writes would be lost when power fails; %s is read-only until it is armed, write 0 to read_only to override",
			  dimm, name);
		break;
	case ND_RO_DEGRADED:
		nd_remark(dev, -EROFS, ND_REASON_READ_ONLY,
			  "the platform saves less than it did when %s was created: writes would be lost when power fails; reboot, or write 0 to read_only to override",
			  name);
		break;
	case ND_RO_LIFTED:
		nd_ok(dev);
		dev_info(dev, "writes survive a power failure again: %s is writable\n", name);
		break;
	case ND_RO_ASKED:
		dev_info(dev, "writes survive a power failure again: %s stays read-only, as read_only was set\n",
			 name);
		break;
	}
}

static void region_notice(struct nd_region *region, enum nd_ro_report report, const char *dimm)
{
	report_ro(region, report, dimm);
	if (report != ND_RO_SAME)
		nd_region_ro_changed(region);
}

void nd_region_report_armed(struct nd_region *region, struct nvdimm *nvdimm)
{
	enum nd_ro_report report;

	scoped_guard(nd_config_write, region) {
		report = nd_ro_notice(&region->why_ro, region_unarmed(region),
				      region->why_ro.degraded);
		ro_apply(region);
	}
	region_notice(region, report, nvdimm_name(nvdimm));
}

/* How much reaches the media by itself when power fails. */
static int persistence_of(unsigned long flags)
{
	if (test_bit(ND_REGION_PERSIST_CACHE, &flags))
		return 2;
	return test_bit(ND_REGION_PERSIST_MEMCTRL, &flags);
}

/**
 * nd_region_report_persistence() - a later table of firmware changes what a power failure saves
 * @region: the region
 * @flags: mask of ND_REGION_PERSIST_* bits
 *
 * The flags of the region stay: its users have decided by them. If a power failure would lose more
 * than by these, the region is read-only.
 *
 * Context: process; takes the device locks of its children. No lock of rank 2 or above.
 */
void nd_region_report_persistence(struct nd_region *region, unsigned long flags)
{
	bool degraded = persistence_of(flags) < persistence_of(region->flags);
	enum nd_ro_report report;

	/* a power failure takes its contents anyway */
	if (region->volatile_mem)
		return;
	scoped_guard(nd_config_write, region) {
		report = nd_ro_notice(&region->why_ro, region_unarmed(region), degraded);
		ro_apply(region);
	}
	region_notice(region, report, NULL);
}
EXPORT_SYMBOL_GPL(nd_region_report_persistence);
