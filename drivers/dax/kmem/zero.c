// SPDX-License-Identifier: GPL-2.0
/*
 * Zeroing what was RAM before it is a device's again (requirements X6): what was in it would stay
 * on the medium, for whoever maps the device or takes the DIMMs out.
 */
#include <linux/device.h>
#include <linux/moduleparam.h>
#include "kmem/kmem.h"

static bool scrub_on_release;
module_param(scrub_on_release, bool, 0644);
MODULE_PARM_DESC(scrub_on_release,
		 "Zero memory that was online when it stops being System RAM, unless it loses its contents without power anyway (N)");

/*
 * The provider of a region without a driver may be gone. Who holds the lock may wait for one that
 * we have, so it is not waited for.
 */
static int flush_region(struct device *region)
{
	int rc = -EBUSY;

	if (!nd_range_async(region))
		rc = 0;
	if (!device_trylock(region))
		return rc;
	if (region->driver)
		rc = nd_range_flush(region);
	device_unlock(region);
	return rc;
}

static int zero_range(struct device *region, const struct range *range)
{
	int rc = nd_range_zero(region, range);

	return rc ?: flush_region(region);
}

void kmem_zero_block(struct kmem_memory *memory, struct kmem_part *part, u32 b)
{
	const struct range block = {
		.start = kmem_block_start(part, b),
		.end = kmem_block_start(part, b + 1) - 1,
	};
	struct device *region;
	int rc = -EBUSY;

	if (!kmem_memory_was_used(part, b) || !READ_ONCE(scrub_on_release))
		return;
	/* memory of no nd bus keeps nothing */
	region = kmem_memory_region(memory);
	if (!region)
		return;
	/* without its entry in /proc/iomem it may be somebody else's by now */
	if (nd_range_at_rest(region) == ND_AT_REST_VOLATILE)
		rc = 0;
	else if (kmem_set_has(part->held, b))
		rc = zero_range(region, &block);
	nd_range_unhold(region);
	if (rc)
		kmem_remark(memory, rc, ND_REASON_RESOURCE,
			    "%#llx-%#llx was System RAM and could not be zeroed, which scrub_on_release asks for: what was in it may stay on the medium",
			    block.start, block.end);
}
