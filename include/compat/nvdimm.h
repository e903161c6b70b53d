/* SPDX-License-Identifier: GPL-2.0 */
/* The public nvdimm headers, and what flushes CPU caches behind them. */
#ifndef COMPAT_NVDIMM_H
#define COMPAT_NVDIMM_H

#include <linux/bio.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/memregion.h>
#include <linux/nd.h>
#include <linux/ndctl.h>

#ifndef HAVE_NDD_INCOHERENT
/* The bit is free there: enum nvdimm flags end at NDD_REGISTER_SYNC, 8. */
#define NDD_INCOHERENT 7
#endif

#ifndef NVDIMM_FLUSH_ASYNC
#define NVDIMM_FLUSH_ASYNC 1
#endif

#ifndef HAVE_TO_ND_DEVICE_DRIVER_CONST
#define to_nd_device_driver(driver) container_of_const(driver, struct nd_device_driver, drv)
#endif

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

#elif !defined(HAVE_INVALIDATE_MEMREGION_RANGE)

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

#endif
#endif
