/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dax bus, which is the running kernel's: /sys/bus/dax and its attributes
 * are built in nearly everywhere, so we use it and never fork it. Ours are its
 * providers and its drivers:
 *
 *	dax_pmem	provider: a devdax namespace, one device	pmem/dax_pmem.c
 *	dax_hmem	provider: soft-reserved memory			hmem/dax_hmem.c
 *	device_dax	driver: /dev/daxN.M				device*.c
 *	kmem		driver: System RAM				kmem*.c
 *
 * A provider makes a *dax region* below its own device (alloc_dax_region()) and
 * in it *dax devices*, daxN.M (devm_create_dev_dax()); both are gone when the
 * provider's driver is unbound. A region is static, one device of a fixed range
 * with a pagemap that the provider describes (dev_dax->pgmap, a copy of what it
 * passed, owned by the core), or dynamic: users split it into devices of one or
 * more ranges, and a driver describes the pagemap.
 *
 * A driver is bound with the device lock held; align of the device stays as it is
 * until it is unbound. Ranges and size do before 6.9; from then on a store to
 * `mapping` takes the core's own locks instead, and may add a range while a driver
 * is being bound: their number is read once, and copied. Reserving the ranges in
 * /proc/iomem is the driver's, in the name of the device. Lock order: device
 * lock of the provider's device, then that of the dax device, as everywhere.
 * A driver whose pages are still pinned when it is unbound does not wait for
 * them: see device/device.h, and struct dax_hold for what that asks of a provider.
 *
 * Kernels before v5.1 have no dax bus. They get one that is ours: bus/bus.h.
 *
 * The structs are the kernel's, read from its BTF when we are built:
 * include/compat/dax_layout.spec says which members are known.
 */
#ifndef _DAX_BUS_H
#define _DAX_BUS_H

#include <compat/dax_bus.h>
#include <linux/dax.h>
#include <linux/module.h>
#include "common/diag.h"
#include "common/range.h"

/* Flags of a region's resource. */
#define IORESOURCE_DAX_STATIC	BIT(0)
#define IORESOURCE_DAX_KMEM	BIT(1)		/* kernels with an enum dax_driver_type */

/*
 * @align: of the devices' ranges, and their pages; @range has to be a multiple of it.
 * Takes @parent's drvdata for its own. NULL: refused, or no memory.
 */
struct dax_region *alloc_dax_region(struct device *parent, int region_id, struct range *range,
				    int target_node, unsigned int align, unsigned long flags);
/* id -1 in a dynamic region, else the M of daxN.M. Never NULL. */
struct dev_dax *devm_create_dev_dax(struct dev_dax_data *data);

int __dax_driver_register(struct dax_device_driver *drv, struct module *module,
			  const char *mod_name);
void dax_driver_unregister(struct dax_device_driver *drv);
/*
 * @name: of the driver, by which daxctl knows it. Where the kernel's own, built in, has it, ours is
 * -EEXIST, which libkmod takes for "loaded already".
 */
#define dax_driver_register(drv, name) \
	(compat_built_in_at("/sys/bus/dax/drivers/" name) ? -EEXIST : \
	 __dax_driver_register(drv, THIS_MODULE, name))

/* Faults are let in; no new ones, and no mapping is left (and a dynamic device has no pgmap). */
void run_dax(struct dax_device *dax_dev);
void kill_dev_dax(struct dev_dax *dev_dax);

/* The inode that all mappings of the device are collected at. */
struct inode *dax_inode(struct dax_device *dax_dev);
struct dax_device *inode_dax(struct inode *inode);

static inline void dax_hold_put(struct dax_hold *hold)
{
	atomic_t *count = hold ? hold->count : NULL;

	/* counted where no code of the provider runs any more */
	if (hold && kref_put(&hold->kref, hold->release))
		atomic_dec(count);
}

static inline void dax_hold_drains(struct dax_hold *hold, bool drains, const char *who)
{
	if (hold && hold->drains)
		hold->drains(hold, drains, who);
}

static inline struct dev_dax *to_dev_dax(struct device *dev)
{
	return container_of(dev, struct dev_dax, dev);
}

static inline bool dax_is_static(const struct dev_dax *dev_dax)
{
	return dev_dax->region->res.flags & IORESOURCE_DAX_STATIC;
}

/*
 * dax_refuse() - refuse, as nd_refuse() does
 *
 * A dax device has no last_error, and no attributes of ours while no driver is bound: what is
 * refused is told of its provider's device, which for a namespace is daxR.N of the nd bus.
 */
#define dax_refuse(dev_dax, err, reason, fmt, ...)						\
	nd_refuse((dev_dax)->region->dev, err, reason, "%s: " fmt, dev_name(&(dev_dax)->dev),	\
		  ##__VA_ARGS__)

/* Of what is served all the same: nd_remark(). */
#define dax_remark(dev_dax, err, reason, fmt, ...)						\
	nd_remark((dev_dax)->region->dev, err, reason, "%s: " fmt, dev_name(&(dev_dax)->dev),	\
		  ##__VA_ARGS__)

/* The same without a line in the kernel log, for what programs provoke at will: nd_note(). */
#define dax_note(dev_dax, err, reason, fmt, ...)						\
	nd_note((dev_dax)->region->dev, err, reason, "%s: " fmt, dev_name(&(dev_dax)->dev),	\
		##__VA_ARGS__)

/* What lies on a foreign nd bus cannot be served: its bad bytes would not be told. */
static inline int dax_check_bus(struct dev_dax *dev_dax)
{
	if (!nd_range_foreign(dev_dax->region->dev))
		return 0;
	return dax_refuse(dev_dax, -ENXIO, ND_REASON_REFERENCE,
			  "its libnvdimm is the kernel's own: load ndstack's (initramfs, reboot)");
}

#define MODULE_ALIAS_DAX_DEVICE(type) MODULE_ALIAS("dax:t" __stringify(type) "*")

#endif /* _DAX_BUS_H */
