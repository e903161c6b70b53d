/* SPDX-License-Identifier: GPL-2.0 */
/* Language helpers: scoped cleanup, modules, timers. */
#ifndef COMPAT_TOOLKIT_H
#define COMPAT_TOOLKIT_H

#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/range.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uuid.h>
#include <linux/workqueue.h>

/* v5.1, 6bab69c65013 ("build_bug.h: add wrapper for _Static_assert") */
#ifndef static_assert
#define static_assert(holds, ...) _Static_assert(holds, #holds)
#endif

/* v5.8, c48981eeb0d5 ("include/linux/compiler.h: Introduce data_race(expr) macro") */
#ifndef data_race
#define data_race(expr) (expr)	/* others write it meanwhile, and why that is right is said there */
#endif

/* v5.4, 294f69e662d1 ("compiler_attributes.h: Add the pseudo keyword for switch/case use") */
#ifndef fallthrough
#define fallthrough __attribute__((__fallthrough__))
#endif

/* v5.1, 8204e0c1113d ("workqueue: Provide queue_work_node to queue work near a given NUMA node") */
#ifndef HAVE_QUEUE_WORK_NODE
static inline bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work(wq, work);
}
#endif

#ifndef HAVE_RANGE_LEN
static inline u64 range_len(const struct range *range)
{
	return range->end - range->start + 1;
}
#endif

/* A product that is too large is the largest: no such memory is there. */
#ifndef HAVE_SIZE_MUL
static inline size_t size_mul(size_t a, size_t b)
{
	size_t bytes;

	return check_mul_overflow(a, b, &bytes) ? SIZE_MAX : bytes;
}
#endif

#ifndef HAVE_IMPORT_UUID
static inline void import_guid(guid_t *to, const u8 *from)
{
	memcpy(to, from, sizeof(*to));
}

static inline void import_uuid(uuid_t *to, const u8 *from)
{
	memcpy(to, from, sizeof(*to));
}

static inline void export_uuid(u8 *to, const uuid_t *from)
{
	memcpy(to, from, sizeof(*from));
}
#endif

#ifndef HAVE_GUARD_DEVICE
DEFINE_GUARD(device, struct device *, device_lock(_T), device_unlock(_T))
#endif

#ifndef HAVE_FREE_KVFREE
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))
#endif

#ifndef retain_and_null_ptr
#define retain_and_null_ptr(p) ((void)({ typeof(p) _kept = (p); (p) = NULL; _kept; }))
#endif

#ifndef HAVE_KREALLOC_ARRAY
static inline void *krealloc_array(void *p, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : krealloc(p, bytes, flags);
}
#endif

#ifndef HAVE_CONTAINER_OF_CONST
#define container_of_const(ptr, type, member) container_of(ptr, type, member)
#endif

#ifndef __counted_by
#define __counted_by(member)
#endif

/* without namespaces of symbols, before v5.4, it is a word for nobody */
#if defined(HAVE_MODULE_IMPORT_NS_IDENT) || !defined(MODULE_IMPORT_NS)
#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, ns)
#endif

/* v5.10, ec6347bb4339 ("x86, powerpc: Rename memcpy_mcsafe() to copy_mc_to_{user, kernel}()") */
#ifndef HAVE_COPY_MC
#define CONFIG_ARCH_HAS_COPY_MC	IS_ENABLED(CONFIG_ARCH_HAS_UACCESS_MCSAFE)

/* Bytes that were not copied, because there is poison. */
static inline unsigned long copy_mc_to_kernel(void *to, const void *from, size_t size)
{
	return memcpy_mcsafe(to, from, size);
}
#elif defined(CONFIG_X86_64)
/*
 * The kernel's is declared to take an unsigned int. A caller may leave anything in the upper half
 * of that register, but copy_mc_enhanced_fast_string() counts by all of it, and copies gigabytes.
 */
static inline unsigned long compat_copy_mc_to_kernel(void *to, const void *from, size_t size)
{
	/* of a number that it cannot see the compiler has no half to pass */
	OPTIMIZER_HIDE_VAR(size);
	return copy_mc_to_kernel(to, from, size);
}

#undef copy_mc_to_kernel
#define copy_mc_to_kernel compat_copy_mc_to_kernel
#endif

#ifndef HAVE_SYSFS_EMIT
/* Only as much as a page holds, whatever was to be written. */
#define sysfs_emit(buf, fmt, ...) scnprintf(buf, PAGE_SIZE, fmt, ##__VA_ARGS__)
#define sysfs_emit_at(buf, at, fmt, ...)					\
	scnprintf((buf) + (at), PAGE_SIZE - (at), fmt, ##__VA_ARGS__)
#endif

/* Kernels that do not know them, c9661c1e80b6 of v4.20, take none for one. */
#ifdef CONFIG_X86
#ifdef X86_VENDOR_HYGON
#define compat_is_hygon(cpu) ((cpu)->x86_vendor == X86_VENDOR_HYGON)
#else
#define compat_is_hygon(cpu) ((void)(cpu), false)
#endif
#endif

#ifndef HAVE_TIMER_CONTAINER_OF
#define timer_container_of(var, timer, field) container_of(timer, typeof(*(var)), field)
#endif

#endif
