/* SPDX-License-Identifier: GPL-2.0 */
/* The public nvdimm headers, and what flushes CPU caches behind them. */
#ifndef COMPAT_NVDIMM_H
#define COMPAT_NVDIMM_H

#include <linux/bio.h>
#include <linux/ioport.h>
#include "libnvdimm.h"
#include <linux/memregion.h>
#include <linux/suspend.h>
#ifndef HAVE_NVDIMM_REVALIDATE_REGION
/* One more of the header's enum, which is read here first. */
#define NVDIMM_REVALIDATE_POISON NVDIMM_REVALIDATE_POISON, NVDIMM_REVALIDATE_REGION
#include <linux/nd.h>
#undef NVDIMM_REVALIDATE_POISON
#else
#include <linux/nd.h>
#endif
#include <linux/ndctl.h>

/* Families of commands, of DIMMs and of the bus: v5.9 */
#ifndef NVDIMM_FAMILY_HYPERV
#define NVDIMM_FAMILY_HYPERV	4
#endif
#ifndef NVDIMM_FAMILY_MAX
#define NVDIMM_FAMILY_MAX	NVDIMM_FAMILY_HYPERV
#define NVDIMM_BUS_FAMILY_NFIT	0
#define NVDIMM_BUS_FAMILY_INTEL	1
#define NVDIMM_BUS_FAMILY_MAX	NVDIMM_BUS_FAMILY_INTEL
#endif

/* Stores are in the persistence domain before what follows: v5.9, 3e79f082ebfc */
#ifndef pmem_wmb
#define pmem_wmb() wmb()	/* of stores that bypass caches, too */
#endif

/* Running with nothing else under way, to activate firmware: v5.9 */
#ifndef HAVE_HIBERNATE_QUIET_EXEC
static inline int hibernate_quiet_exec(int (*fn)(void *data), void *data)
{
	return -ENOTSUPP;	/* what a later kernel says that has no hibernation */
}
#endif

#ifndef HAVE_NDD_INCOHERENT
/* The bit is free there: enum nvdimm flags end at NDD_REGISTER_SYNC, 8. */
#define NDD_INCOHERENT 7
#endif

#ifndef NVDIMM_FLUSH_ASYNC
#define NVDIMM_FLUSH_ASYNC 1
#endif

#ifndef HAVE_NDD_REGISTER_SYNC
#define NDD_REGISTER_SYNC 8
#endif

/* What only CXL calls; ours to export. */
#ifndef HAVE_REGION_DESC_MEMREGION
#define ND_REGION_CXL 4
void nvdimm_region_delete(struct nd_region *nd_region);
void nvdimm_delete(struct nvdimm *nvdimm);
#endif

/* A namespace's uuid, in the public header; the type there changed. */
static inline uuid_t *compat_namespace_uuid(const struct nd_namespace_pmem *nspm)
{
	return (uuid_t *)nspm->uuid;
}

static inline void compat_set_namespace_uuid(struct nd_namespace_pmem *nspm, uuid_t *uuid)
{
#ifdef HAVE_NAMESPACE_UUID_T
	nspm->uuid = uuid;
#else
	nspm->uuid = uuid ? uuid->b : NULL;
#endif
}

#ifndef HAVE_TO_ND_DEVICE_DRIVER_CONST
#define to_nd_device_driver(driver) container_of_const(driver, struct nd_device_driver, drv)
#endif

#ifdef HAVE_ND_REMOVE_VOID
#define COMPAT_ND_REMOVE(fn)
#define compat_nd_remove(fn) (fn)
#else
#define COMPAT_ND_REMOVE(fn) COMPAT_RETURNS_0(fn, fn##_int, struct device *)
#define compat_nd_remove(fn) fn##_int
#endif

/* The number that a provider has given a region's range; false: it is ours to give. */
static inline bool compat_region_memregion(const struct nd_region_desc *desc, int *id)
{
#ifdef HAVE_REGION_DESC_MEMREGION
	if (test_bit(ND_REGION_CXL, &desc->flags)) {
		*id = desc->memregion;
		return true;
	}
#endif
	return false;
}

typedef int (*compat_disable_fn)(struct nvdimm *nvdimm, const struct nvdimm_key_data *key);

static inline compat_disable_fn compat_disable_master(const struct nvdimm_security_ops *ops)
{
#ifdef HAVE_NVDIMM_DISABLE_MASTER
	return ops->disable_master;
#else
	return NULL;
#endif
}

#ifdef HAVE_INVALIDATE_MEMREGION_DESC

static inline int compat_invalidate_memregion(phys_addr_t start, size_t len)
{
	return cpu_cache_invalidate_memregion(IORES_DESC_PERSISTENT_MEMORY);
}

#define cpu_cache_invalidate_memregion compat_invalidate_memregion

#elif !defined(HAVE_INVALIDATE_MEMREGION_RANGE) && defined(HAVE_WBINVD_ON_ALL_CPUS)

#include <asm/cpufeature.h>
#include <asm/smp.h>

/* A guest's wbinvd reaches the host's caches or not, as the host pleases. */
static inline bool cpu_cache_has_invalidate_memregion(void)
{
	return !boot_cpu_has(X86_FEATURE_HYPERVISOR);
}

static inline int cpu_cache_invalidate_memregion(phys_addr_t start, size_t len)
{
	if (!cpu_cache_has_invalidate_memregion())
		return -ENXIO;
	wbinvd_on_all_cpus();
	return 0;
}

#elif !defined(HAVE_INVALIDATE_MEMREGION_RANGE)

static inline bool cpu_cache_has_invalidate_memregion(void)
{
	return false;
}

static inline int cpu_cache_invalidate_memregion(phys_addr_t start, size_t len)
{
	return -ENXIO;
}

#endif
#endif
