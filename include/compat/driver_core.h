/* SPDX-License-Identifier: GPL-2.0 */
/* Buses, classes, devices, platform drivers. */
#ifndef COMPAT_DRIVER_CORE_H
#define COMPAT_DRIVER_CORE_H

#include <linux/compat.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/platform_device.h>

/*
 * A kernel that stores functions of another type is given one of that type which
 * calls ours: kernels that check indirect calls (kCFI) compare types to the last
 * const, and a cast would be a trap.
 */

/* What returns nothing on newer kernels had an int to return, which nobody looked at. */
#define COMPAT_RETURNS_0(fn, name, type)					\
static int name(type of)							\
{										\
	fn(of);									\
	return 0;								\
}

#ifndef HAVE_KILL_DEVICE
/*
 * True for the first caller, who has the lock of the device. Such a kernel has no mark for it, but
 * one of devices whose bus takes them offline, under that lock: no bus of ours does.
 */
static inline bool kill_device(struct device *dev)
{
	if (dev->offline)
		return false;
	dev->offline = true;
	return true;
}
#endif

#ifdef HAVE_BUS_MATCH_CONST
#define COMPAT_BUS_MATCH(fn)
#define compat_bus_match(fn) (fn)
#else
#define COMPAT_BUS_MATCH(fn)							\
static int fn##_plain(struct device *dev, struct device_driver *drv)		\
{										\
	return fn(dev, drv);							\
}
#define compat_bus_match(fn) fn##_plain
#endif

#ifdef HAVE_BUS_UEVENT_CONST
#define COMPAT_BUS_UEVENT(fn)
#define compat_bus_uevent(fn) (fn)
#else
#define COMPAT_BUS_UEVENT(fn)							\
static int fn##_of_bus(struct device *dev, struct kobj_uevent_env *env)		\
{										\
	return fn(dev, env);							\
}
#define compat_bus_uevent(fn) fn##_of_bus
#endif

#ifdef HAVE_DEVICE_TYPE_UEVENT_CONST
#define COMPAT_TYPE_UEVENT(fn)
#define compat_type_uevent(fn) (fn)
#else
#define COMPAT_TYPE_UEVENT(fn)							\
static int fn##_of_type(struct device *dev, struct kobj_uevent_env *env)	\
{										\
	return fn(dev, env);							\
}
#define compat_type_uevent(fn) fn##_of_type
#endif

#ifdef HAVE_CLASS_DEVNODE_CONST
#define COMPAT_CLASS_DEVNODE(fn)
#define compat_class_devnode(fn) (fn)
#else
#define COMPAT_CLASS_DEVNODE(fn)						\
static char *fn##_plain(struct device *dev, umode_t *mode)			\
{										\
	return fn(dev, mode);							\
}
#define compat_class_devnode(fn) fn##_plain
#endif

#ifdef HAVE_BUS_REMOVE_VOID
#define COMPAT_BUS_REMOVE(fn)
#define compat_bus_remove(fn) (fn)
#else
#define COMPAT_BUS_REMOVE(fn) COMPAT_RETURNS_0(fn, fn##_of_bus, struct device *)
#define compat_bus_remove(fn) fn##_of_bus
#endif

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
struct compat_child {
	device_match_t match;
	const void *data;
};

static inline int compat_match_child(struct device *dev, void *data)
{
	const struct compat_child *child = data;

	return child->match(dev, child->data);
}

static inline struct device *compat_device_find_child(struct device *parent, const void *data,
						      device_match_t match)
{
	struct compat_child child = { .match = match, .data = data };

	return device_find_child(parent, &child, compat_match_child);
}

#define device_find_child compat_device_find_child
#endif

/* Attributes for root's eyes alone: v5.3 */
#ifndef DEVICE_ATTR_ADMIN_RW
#define DEVICE_ATTR_ADMIN_RW(name)						\
	struct device_attribute dev_attr_##name =				\
		__ATTR(name, 0600, name##_show, name##_store)
#define DEVICE_ATTR_ADMIN_RO(name)						\
	struct device_attribute dev_attr_##name =				\
		__ATTR(name, 0400, name##_show, NULL)
#endif

/* Power management passes the device by, which costs its own a little: v5.1, 85945c28b5a8 */
#ifndef HAVE_DEVICE_SET_PM_NOT_REQUIRED
static inline void device_set_pm_not_required(struct device *dev)
{
}
#endif

/* v5.5, 2952db0fd51b ("compat_ioctl: add compat_ptr_ioctl()") */
#ifndef HAVE_COMPAT_PTR_IOCTL
#ifdef CONFIG_COMPAT
static inline long compat_ptr_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return file->f_op->unlocked_ioctl(file, cmd, (unsigned long)compat_ptr(arg));
}
#else
#define compat_ptr_ioctl NULL
#endif
#endif

#ifdef HAVE_PLATFORM_REMOVE_VOID
#define COMPAT_PLATFORM_DRIVER(fn)
#define COMPAT_PLATFORM_REMOVE(fn) .remove = (fn)
#elif defined(HAVE_PLATFORM_REMOVE_NEW)
#define COMPAT_PLATFORM_DRIVER(fn)
#define COMPAT_PLATFORM_REMOVE(fn) .remove_new = (fn)
#else
#define COMPAT_PLATFORM_DRIVER(fn) COMPAT_RETURNS_0(fn, fn##_int, struct platform_device *)
#define COMPAT_PLATFORM_REMOVE(fn) .remove = fn##_int
#endif

/* What the kernel has built in, and has started, has names in sysfs, which ours are to have. */
static inline bool compat_built_in_at(const char *name)
{
#ifdef COMPAT_BUILT_IN
	struct path path;

	if (kern_path(name, LOOKUP_DIRECTORY, &path))
		return false;
	path_put(&path);
	return true;
#else
	return false;
#endif
}

#endif
