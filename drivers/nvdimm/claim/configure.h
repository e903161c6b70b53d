/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration: the one way in which a store to an attribute changes a region,
 * a namespace or a claim.
 *
 * A store locks the device, then its region's config (core/lock.h), and only then
 * looks at who uses the device, so that what it judges is what it changes. No
 * store does this on its own: tools/testing/nvdimm/static looks after that.
 */
#ifndef _ND_CONFIG_H
#define _ND_CONFIG_H

#include <linux/device.h>
#include <linux/types.h>

struct nd_region;

/*
 * A change as asked for in @buf, of @len bytes; device lock and config are held.
 * Return: 0, or a negative errno told with nd_note() or nd_refuse().
 */
typedef int (*nd_change_fn)(struct device *dev, const char *buf, size_t len);

/*
 * nd_config_store() - change an idle namespace or claim
 * Return: @len, and @dev's last_error is forgotten; -EBUSY when a driver or a claim has it, or
 * what @change returns.
 */
ssize_t nd_config_store(struct device *dev, const char *buf, size_t len, nd_change_fn change);

/* The same for what may change while it is in use, and for regions. */
ssize_t nd_config_store_live(struct device *dev, const char *buf, size_t len,
			     nd_change_fn change);

#endif /* _ND_CONFIG_H */
