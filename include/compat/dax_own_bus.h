/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dax bus of kernels before v5.1, which have none: ours, of drivers/dax/bus/. Its structs, by
 * the names that newer kernels have.
 *
 * dax_layout.h includes this there: tools/kbuild/dax-layout.
 */
#ifndef COMPAT_DAX_OWN_BUS_H
#define COMPAT_DAX_OWN_BUS_H

#include <linux/dax.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/memremap.h>
#include <linux/range.h>

#define DAX_OWN_BUS
#define DAX_HAS_DAX_DEVICE_DRIVER_REMOVE_VOID
#define DAX_HAS_SYMBOL_DAX_REGION_PUT

/**
 * struct dax_region - a range that a provider has for dax devices
 * @id: the N of daxN.M
 * @target_node: that it would have as RAM
 * @kref: the caller's of alloc_dax_region(), @dev's while it has its driver, and each device's
 * @dev: the provider's
 * @align: of what is mapped
 * @res: the range, and IORESOURCE_DAX_STATIC: there are no others
 */
struct dax_region {
	int id;
	int target_node;
	struct kref kref;
	struct device *dev;
	unsigned int align;
	struct resource res;
};

struct dev_dax_range {
	unsigned long pgoff;
	struct range range;
};

/**
 * struct dev_dax - a device of the bus
 * @region: a reference is held
 * @dax_dev: of the binding that there is, or of the last one
 * @align: of what is mapped
 * @target_node: that of the region
 * @id: the M of daxN.M
 * @dev: the device
 * @pgmap: a copy of what the provider has described
 * @nr_range: 1
 * @ranges: of them
 * @range: the one
 * @ended: dax devices of earlier bindings: files opened then have their mappings there
 * @driver: in the class, where the core knows of no drivers
 */
struct dev_dax {
	struct dax_region *region;
	struct dax_device *dax_dev;
	unsigned int align;
	int target_node;
	int id;
	struct device dev;
	struct dev_pagemap *pgmap;
	int nr_range;
	struct dev_dax_range *ranges;
	struct dev_dax_range range;
	struct list_head ended;
	struct dax_device_driver *driver;
};

struct dev_dax_data {
	struct dax_region *dax_region;
	struct dev_pagemap *pgmap;
	resource_size_t size;
	int id;
};

/**
 * struct dax_device_driver - a driver of the bus
 * @drv: the core's
 * @ids: of new_id, under the bus's lock
 * @match_always: takes every device
 * @groups: attributes of the devices that it is bound to
 * @probe: binds
 * @remove: unbinds
 */
struct dax_device_driver {
	struct device_driver drv;
	struct list_head ids;
	int match_always;
	const struct attribute_group **groups;
	int (*probe)(struct dev_dax *dev_dax);
	void (*remove)(struct dev_dax *dev_dax);
};

#endif
