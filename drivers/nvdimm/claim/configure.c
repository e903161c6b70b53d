// SPDX-License-Identifier: GPL-2.0
/* The one way of configuration stores. */
#include <linux/device.h>
#include "claim/claim.h"

/* Who waited for the lock of a claim may get it when that has been given up. */
static int check_alive(struct device *dev)
{
	if (!is_nd_claim(dev) || !to_nd_claim(dev)->dying)
		return 0;
	return nd_note(dev, -ENODEV, ND_REASON_DISABLED,
		       "being deleted: it has just given its namespace back");
}

static int config_check_idle(struct device *dev)
{
	struct device *claim = is_nd_namespace(dev) ? to_ndns(dev)->claim : NULL;

	if (claim)
		return nd_note(dev, -EBUSY, ND_REASON_CLAIMED, "claimed by %s", dev_name(claim));
	if (dev->driver)
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "disable %s first", dev_name(dev));
	return is_nd_namespace(dev) ? nd_ns_check_known(to_nd_ns(dev)) : 0;
}

/* For a change that has told nothing itself. */
static int config_explain(struct device *dev, int rc)
{
	switch (rc) {
	case -ENOMEM:
		return nd_explain(dev, rc, ND_REASON_RESOURCE, "no memory");
	case -EINVAL:
	case -ERANGE:
		return nd_explain(dev, rc, ND_REASON_ARGUMENT, "not a value this attribute takes");
	default:
		return nd_explain(dev, rc, ND_REASON_RESOURCE, "the kernel refuses it");
	}
}

static ssize_t config_apply(struct device *dev, const char *buf, size_t len, nd_change_fn change,
			    bool live)
{
	struct nd_region *region = nd_region_of(dev);
	int rc;

	/*
	 * Rule B6: the device lock first, as a probe has it when it comes to take
	 * config. A task that holds both has no probe of @dev to wait for, and waits for no
	 * other one.
	 */
	guard(device)(dev);
	guard(nd_config_write)(region);
	rc = check_alive(dev);
	if (!rc && !live)
		rc = config_check_idle(dev);
	if (!rc)
		rc = change(dev, buf, len);
	if (rc)
		return config_explain(dev, rc);
	nd_ok(dev);
	return len;
}

ssize_t nd_config_store(struct device *dev, const char *buf, size_t len, nd_change_fn change)
{
	return config_apply(dev, buf, len, change, false);
}

ssize_t nd_config_store_live(struct device *dev, const char *buf, size_t len,
			     nd_change_fn change)
{
	return config_apply(dev, buf, len, change, true);
}
