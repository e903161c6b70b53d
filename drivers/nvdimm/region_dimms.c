// SPDX-License-Identifier: GPL-2.0
/* What DIMMs tell the regions over them. */
#include <linux/device.h>
#include "dimm/dimm.h"
#include "life.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "region/region.h"

int nd_region_dimm_event(struct device *dev, struct nvdimm *nvdimm, enum nd_dimm_event event)
{
	struct nd_region *region = to_nd_region(dev);

	if (!nd_region_maps(region, nvdimm))
		return 0;
	switch (event) {
	case ND_DIMM_ARMED:
		nd_region_report_armed(region, nvdimm);
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
