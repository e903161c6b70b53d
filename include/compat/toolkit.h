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
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/timer.h>

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

#ifdef HAVE_MODULE_IMPORT_NS_IDENT
#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, ns)
#endif

#ifndef HAVE_TIMER_CONTAINER_OF
#define timer_container_of(var, timer, field) container_of(timer, typeof(*(var)), field)
#endif

#endif
