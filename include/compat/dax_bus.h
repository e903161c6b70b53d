/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dax bus of the target kernel: its private structs, from BTF, and what
 * changed in its interface.
 *
 * To be named in the code:
 *   COMPAT_DAX_DEFAULT_DRIVER, COMPAT_DAX_KMEM_DRIVER
 *		initialise what of a struct dax_device_driver says which devices it takes
 *   COMPAT_DAX_GROUPS(groups)		the same, of attributes of the devices that it is bound to
 *   compat_dax_bus_init(), compat_dax_bus_exit()	of device_dax, where it brings the bus
 *   COMPAT_DAX_REMOVE(fn) at file scope, .remove = compat_dax_remove(fn)
 *					void (struct dev_dax *)
 *   compat_dax_region_put(region)	the reference that alloc_dax_region() returned
 *   compat_memmap_on_memory(dev_dax)	bool; false where the kernel has no such wish
 *   COMPAT_DAX_REGION_KMEM		flag of a region whose devices are kmem's by default; 0
 *					where the kernel has none
 *   compat_walk_soft_reserved(start, end, arg, each)	what firmware has set aside for a purpose
 *					there, in order, until one returns something
 *   compat_cxl_knows_regions()	bool, constant: the CXL core answers compat_cxl_region_has()
 *   compat_cxl_region_has(start, size)	bool: the range lies in a region that the CXL core has
 *					assembled
 *   COMPAT_HMEM_SOFTDEP		at file scope: who knows the windows of CXL is loaded first
 *
 * Transparent: walk_hmem_resources()
 */
#ifndef COMPAT_DAX_BUS_H
#define COMPAT_DAX_BUS_H

#include <linux/dax.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/range.h>
#include <linux/types.h>
#include "dax_layout.h"

#ifdef DAX_HAS_DAX_DEVICE_DRIVER_TYPE
#define COMPAT_DAX_DEFAULT_DRIVER .type = DAXDRV_DEVICE_TYPE
#define COMPAT_DAX_KMEM_DRIVER .type = DAXDRV_KMEM_TYPE
#else
#define COMPAT_DAX_DEFAULT_DRIVER .match_always = 1
#define COMPAT_DAX_KMEM_DRIVER .match_always = 0
#endif

#ifdef DAX_OWN_BUS
#define COMPAT_DAX_GROUPS(g) .groups = (g)
int dax_bus_init(void);
void dax_bus_exit(void);
#define compat_dax_bus_init() dax_bus_init()
#define compat_dax_bus_exit() dax_bus_exit()
#else
#define COMPAT_DAX_GROUPS(g) .drv.dev_groups = (g)
#define compat_dax_bus_init() 0
#define compat_dax_bus_exit() ((void)0)
#endif

#ifdef DAX_HAS_DAX_DEVICE_DRIVER_REMOVE_VOID
#define COMPAT_DAX_REMOVE(fn)
#define compat_dax_remove(fn) (fn)
#else
#define COMPAT_DAX_REMOVE(fn) COMPAT_RETURNS_0(fn, fn##_int, struct dev_dax *)
#define compat_dax_remove(fn) fn##_int
#endif

/* Newer kernels free a region with the driver that made it, older ones with the last reference. */
#ifdef DAX_HAS_SYMBOL_DAX_REGION_PUT
void dax_region_put(struct dax_region *dax_region);
#define compat_dax_region_put(region) dax_region_put(region)
#else
#define compat_dax_region_put(region) ((void)(region))
#endif

static inline bool compat_memmap_on_memory(const struct dev_dax *dev_dax)
{
#ifdef DAX_HAS_DEV_DAX_MEMMAP_ON_MEMORY
	return dev_dax->memmap_on_memory;
#else
	return false;
#endif
}

#ifdef DAX_HAS_ENUM_DAX_DRIVER_TYPE
#define COMPAT_DAX_REGION_KMEM	IORESOURCE_DAX_KMEM
#else
#define COMPAT_DAX_REGION_KMEM	0
#endif

/* Newer kernels keep these ranges in a tree of their own. */
static inline int compat_walk_soft_reserved(u64 start, u64 end, void *arg,
					    int (*each)(struct resource *res, void *arg))
{
#ifdef HAVE_WALK_SOFT_RESERVE_RES
	return walk_soft_reserve_res(start, end, arg, each);
#else
	return walk_iomem_res_desc(IORES_DESC_SOFT_RESERVED, IORESOURCE_MEM, start, end, arg,
				   each);
#endif
}

/* Exported to a module named dax_hmem, as ours is unless the kernel's is built in. */
#if defined(DAX_HAS_SYMBOL_CXL_REGION_CONTAINS_RESOURCE) && !IS_BUILTIN(CONFIG_DEV_DAX_HMEM)
bool cxl_region_contains_resource(const struct resource *res);

static inline bool compat_cxl_knows_regions(void)
{
	return true;
}

static inline bool compat_cxl_region_has(u64 start, u64 size)
{
	struct resource res = DEFINE_RES_MEM(start, size);

	return cxl_region_contains_resource(&res);
}
#else
static inline bool compat_cxl_knows_regions(void)
{
	return false;
}

static inline bool compat_cxl_region_has(u64 start, u64 size)
{
	return false;
}
#endif

#if defined(HAVE_WALK_HMEM_RESOURCES) && IS_ENABLED(CONFIG_CXL_REGION) && IS_MODULE(CONFIG_CXL_ACPI)
#define COMPAT_HMEM_SOFTDEP	MODULE_SOFTDEP("pre: cxl_acpi cxl_pci")
#else
#define COMPAT_HMEM_SOFTDEP	static_assert(1)
#endif

/*
 * Kernels that make the devices of these ranges themselves report none, nor do those that make none
 * (CONFIG_DEV_DAX_HMEM is not set), which declare the function all the same.
 */
#ifndef HAVE_WALK_HMEM_RESOURCES
static inline int compat_walk_hmem_resources(struct device *dev,
					     int (*fn)(struct device *dev, int target_nid,
						       const struct resource *res))
{
	return 0;
}

#define walk_hmem_resources compat_walk_hmem_resources
#endif

#endif
