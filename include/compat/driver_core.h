/* SPDX-License-Identifier: GPL-2.0 */
/* Buses, classes, devices, platform drivers. */
#ifndef COMPAT_DRIVER_CORE_H
#define COMPAT_DRIVER_CORE_H

#include <linux/device.h>
#include <linux/platform_device.h>

typedef int (*compat_match_new)(struct device *, const struct device_driver *);
typedef int (*compat_uevent_new)(const struct device *, struct kobj_uevent_env *);
typedef char *(*compat_devnode_new)(const struct device *, umode_t *);

#ifdef HAVE_BUS_MATCH_CONST
typedef compat_match_new compat_match_old;
#else
typedef int (*compat_match_old)(struct device *, struct device_driver *);
#endif
#define compat_bus_match(fn) COMPAT_FN(compat_match_new, compat_match_old, fn)

#ifdef HAVE_BUS_UEVENT_CONST
typedef compat_uevent_new compat_bus_uevent_old;
#else
typedef int (*compat_bus_uevent_old)(struct device *, struct kobj_uevent_env *);
#endif
#define compat_bus_uevent(fn) COMPAT_FN(compat_uevent_new, compat_bus_uevent_old, fn)

#ifdef HAVE_DEVICE_TYPE_UEVENT_CONST
typedef compat_uevent_new compat_type_uevent_old;
#else
typedef int (*compat_type_uevent_old)(struct device *, struct kobj_uevent_env *);
#endif
#define compat_type_uevent(fn) COMPAT_FN(compat_uevent_new, compat_type_uevent_old, fn)

#ifdef HAVE_CLASS_DEVNODE_CONST
typedef compat_devnode_new compat_devnode_old;
#else
typedef char *(*compat_devnode_old)(struct device *, umode_t *);
#endif
#define compat_class_devnode(fn) COMPAT_FN(compat_devnode_new, compat_devnode_old, fn)

#ifndef HAVE_CLASS_CREATE_NAME
#undef class_create
#define class_create(name)							\
({										\
	static struct lock_class_key _key;					\
										\
	__class_create(THIS_MODULE, name, &_key);				\
})
#endif

#ifndef HAVE_DEVICE_MATCH_T
typedef int (*device_match_t)(struct device *dev, const void *data);
#endif

#ifndef HAVE_DEVICE_FIND_CHILD_CONST
static inline struct device *compat_device_find_child(struct device *parent, const void *data,
						      device_match_t match)
{
	return device_find_child(parent, (void *)data, (int (*)(struct device *, void *))match);
}

#define device_find_child compat_device_find_child
#endif

#ifdef HAVE_PLATFORM_REMOVE_VOID
#define COMPAT_PLATFORM_REMOVE(fn) .remove = (fn)
#elif defined(HAVE_PLATFORM_REMOVE_NEW)
#define COMPAT_PLATFORM_REMOVE(fn) .remove_new = (fn)
#endif

#endif
