// SPDX-License-Identifier: GPL-2.0
/* The one way of configuration stores. */
#include <linux/device.h>
#include "config.h"
#include "ns.h"

static struct nd_region *region_of(struct device *dev)
{
	return to_nd_region(is_nd_region(dev) ? dev : dev->parent);
}

static int check_idle(struct device *dev)
{
	struct device *claim = is_nd_namespace(dev) ? to_ndns(dev)->claim : NULL;

	if (claim)
		return nd_note(dev, -EBUSY, ND_WHY_CLAIMED, "claimed by %s", dev_name(claim));
	if (dev->driver)
		return nd_note(dev, -EBUSY, ND_WHY_BUSY, "disable %s first", dev_name(dev));
	return 0;
}

static ssize_t store(struct device *dev, const char *buf, size_t len, nd_change_fn change,
		     bool live)
{
	struct nd_region *region = region_of(dev);
	int rc;

	/*
	 * Rule B6: the device lock first, as a probe has it when it comes to take
	 * config. Who holds both has no probe of @dev to wait for, and waits for no
	 * other one.
	 */
	guard(device)(dev);
	guard(nd_config_write)(region);
	rc = live ? 0 : check_idle(dev);
	if (!rc)
		rc = change(dev, buf, len);
	if (rc)
		return rc;
	nd_ok(dev);
	return len;
}

ssize_t nd_config_store(struct device *dev, const char *buf, size_t len, nd_change_fn change)
{
	return store(dev, buf, len, change, false);
}

ssize_t nd_config_store_live(struct device *dev, const char *buf, size_t len,
			     nd_change_fn change)
{
	return store(dev, buf, len, change, true);
}
