// SPDX-License-Identifier: GPL-2.0
/* What DIMMs tell the regions over them. */
#include <linux/device.h>
#include "dimm/dimm.h"
#include "life.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "region/region.h"

static int disarm_child(struct device *dev, void *data)
{
	nd_device_notify(dev, NVDIMM_REVALIDATE_REGION);
	return 0;
}

static void region_disarm(struct nd_region *region, struct nvdimm *nvdimm)
{
	struct device *dev = &region->dev;

	scoped_guard(nd_config_write, region)
		WRITE_ONCE(region->ro, true);
	nd_remark(dev, -EROFS, ND_REASON_READ_ONLY,
		  "%s is not armed any more, and would lose what is written when power fails: %s is read-only until its read_only is written",
		  nvdimm_name(nvdimm), dev_name(dev));
	device_for_each_child(dev, NULL, disarm_child);
}

int nd_region_dimm_event(struct device *dev, struct nvdimm *nvdimm, enum nd_dimm_event event)
{
	struct nd_region *region = to_nd_region(dev);

	if (!nd_region_maps(region, nvdimm))
		return 0;
	switch (event) {
	case ND_DIMM_DISARMED:
		region_disarm(region, nvdimm);
		return 0;
	case ND_DIMM_READY:
		if (READ_ONCE(region->waiting))
			nd_device_attach_async(dev);
		return 0;
	case ND_DIMM_WIPE_ASKED:
		/* what outlives a driver: kept System RAM, pinned pages */
		return nd_range_check_idle(&nvdimm->dev, region->start, region->size,
					   dev_name(dev));
	case ND_DIMM_WIPE_BEGINS:
		/* a guest cannot, and has nothing in caches that its host does not see to */
		if (nd_caches_invalidate(region->start, region->size))
			dev_dbg(dev, "CPU caches cannot be invalidated here\n");
		return 0;
	}
	return 0;
}
