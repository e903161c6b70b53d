// SPDX-License-Identifier: GPL-2.0
/*
 * Birth and death of devices on the nd bus.
 *
 * Devices are added from an async domain, because a probe may read megabytes
 * of labels or map terabytes; each parent has its own domain. Exactly one
 * caller gets to delete a device (B2); who asks from within one of the device's
 * own attributes has it done by the domain, outside the attribute (B3).
 */
#include <linux/async.h>
#include <linux/device.h>
#include "bus.h"
#include "region.h"

struct lock_class_key nd_level_key[ND_LEVELS];

void nd_async_init(struct async_domain *domain)
{
	*domain = (struct async_domain) { .registered = 0 };
	INIT_LIST_HEAD(&domain->pending);
}

static struct async_domain *domain_of(struct device *parent)
{
	if (is_nd_region(parent))
		return &to_nd_region(parent)->async;
	return &to_nvdimm_bus(parent)->async;
}

void nd_async_flush(struct device *parent)
{
	async_synchronize_full_domain(domain_of(parent));
}

void nd_device_init(struct device *dev, struct device *parent, enum nd_level level)
{
	device_initialize(dev);
	lockdep_set_class(&dev->mutex, &nd_level_key[level]);
	device_set_pm_not_required(dev);
	dev->bus = &nvdimm_bus_type;
	dev->parent = get_device(parent);
	if (parent && dev_to_node(dev) == NUMA_NO_NODE)
		set_dev_node(dev, dev_to_node(parent));
}

void nd_device_fini(struct device *dev)
{
	nd_diag_forget(dev);
	put_device(dev->parent);
}

int nd_device_add(struct device *dev)
{
	int rc = device_add(dev);

	if (rc)
		nd_fail(dev->parent, rc, ND_WHY_RESOURCE, "cannot add %s", dev_name(dev));
	return rc;
}

static void add_work(void *data, async_cookie_t cookie)
{
	struct device *dev = data;

	/* A device that could not be added dies with the reference its maker gave away. */
	if (nd_device_add(dev))
		put_device(dev);
	put_device(dev);
}

void nd_device_add_async(struct device *dev)
{
	get_device(dev);
	async_schedule_dev_domain(add_work, dev, domain_of(dev->parent));
}

static void del_work(void *data, async_cookie_t cookie)
{
	struct device *dev = data;

	device_unregister(dev);
	put_device(dev);
}

void nd_device_kill_async(struct device *dev)
{
	device_lock_assert(dev);
	if (!kill_device(dev))
		return;
	get_device(dev);
	async_schedule_dev_domain(del_work, dev, domain_of(dev->parent));
}

void nd_device_kill(struct device *dev)
{
	bool mine;

	device_lock(dev);
	mine = kill_device(dev);
	device_unlock(dev);
	if (mine)
		device_unregister(dev);
}
