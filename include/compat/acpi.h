/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Binding to an ACPI device. The in-tree nfit is an acpi_driver, and its bus a
 * child of the ACPI device, until the platform_driver of v7.1, whose bus is a
 * child of the platform device. Tools see that place in sysfs, so ours binds as
 * the in-tree one of the same kernel does.
 */
#ifndef COMPAT_ACPI_H
#define COMPAT_ACPI_H

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/platform_device.h>
#ifdef CONFIG_X86_MCE
#include <asm/mce.h>
#endif

#ifndef ACPI_NFIT_LOCATION_COOKIE_VALID
#define ACPI_NFIT_LOCATION_COOKIE_VALID BIT(2)
#endif

/* Who decodes machine checks says which it has dealt with: v5.8, 1de08dccd383 */
#ifdef CONFIG_X86_MCE
#ifdef MCE_HANDLED_NFIT
#define compat_mce_handled(mce) ((void)((mce)->kflags |= MCE_HANDLED_NFIT))
#else
#define compat_mce_handled(mce) ((void)(mce))
#endif
#endif

/*
 * The node that is online, or the nearest: a module cannot ask for another. Without NUMA there is
 * one node, and newer kernels have the function inline, which nothing exports.
 */
#ifndef HAVE_PXM_TO_NODE
#ifdef CONFIG_ACPI_NUMA
#define pxm_to_node(pxm) acpi_map_pxm_to_online_node(pxm)
#else
#define pxm_to_node(pxm) ((void)(pxm), 0)
#endif
#endif

/* v5.7, b2ca916ce392 ("ACPI: NUMA: Up-level "map to online node" functionality") */
#ifndef HAVE_NUMA_MAP_TO_ONLINE_NODE
#define pxm_to_online_node(pxm) acpi_map_pxm_to_online_node(pxm)
#endif

#ifdef HAVE_ACPI_NOTIFIER_BY_NAME

#define COMPAT_ACPI_HOST(var, driver_name, ids, probe_fn, remove_fn)		\
static int var##_probe(struct platform_device *pdev)				\
{										\
	return probe_fn(&pdev->dev);						\
}										\
										\
static void var##_remove(struct platform_device *pdev)				\
{										\
	remove_fn(&pdev->dev);							\
}										\
COMPAT_PLATFORM_DRIVER(var##_remove)						\
										\
static struct platform_driver var = {						\
	.probe = var##_probe,							\
	COMPAT_PLATFORM_REMOVE(var##_remove),					\
	.driver = {								\
		.name = driver_name,						\
		.acpi_match_table = ids,					\
	},									\
}

#define compat_acpi_host_register(driver) platform_driver_register(driver)
#define compat_acpi_host_unregister(driver) platform_driver_unregister(driver)
#define compat_acpi_companion(dev) ACPI_COMPANION(dev)

#else

#ifdef HAVE_ACPI_DRIVER_OWNER
#define COMPAT_ACPI_OWNER .owner = THIS_MODULE,
#else
#define COMPAT_ACPI_OWNER
#endif

#ifdef HAVE_ACPI_REMOVE_VOID
#define COMPAT_ACPI_REMOVE(name, fn)						\
static void name(struct acpi_device *adev)					\
{										\
	fn(&adev->dev);								\
}
#else
#define COMPAT_ACPI_REMOVE(name, fn)						\
static int name(struct acpi_device *adev)					\
{										\
	fn(&adev->dev);								\
	return 0;								\
}
#endif

#define COMPAT_ACPI_HOST(var, driver_name, id_table, probe_fn, remove_fn)	\
static int var##_add(struct acpi_device *adev)					\
{										\
	return probe_fn(&adev->dev);						\
}										\
										\
COMPAT_ACPI_REMOVE(var##_remove, remove_fn)					\
										\
static struct acpi_driver var = {						\
	.name = driver_name,							\
	COMPAT_ACPI_OWNER							\
	.ids = id_table,							\
	.ops = {								\
		.add = var##_add,						\
		.remove = var##_remove,						\
	},									\
}

#define compat_acpi_host_register(driver) acpi_bus_register_driver(driver)
#define compat_acpi_host_unregister(driver) acpi_bus_unregister_driver(driver)
#define compat_acpi_companion(dev) to_acpi_device(dev)

#endif

struct compat_acpi_notify {
	acpi_handle handle;
	acpi_notify_handler handler;
};

static inline void compat_acpi_notify_end(void *data)
{
	struct compat_acpi_notify *n = data;

	/* Waits for a handler that runs. */
	acpi_remove_notify_handler(n->handle, ACPI_DEVICE_NOTIFY, n->handler);
}

/*
 * Call handler(handle, event, data) for the device's notifications until dev is
 * unbound. In place of devm_acpi_install_notify_handler(), which knows only
 * devices that have a companion, so not the ACPI device itself.
 */
static inline int compat_acpi_notify(struct device *dev, acpi_notify_handler handler, void *data)
{
	struct acpi_device *adev = compat_acpi_companion(dev);
	struct compat_acpi_notify *n;

	if (!adev)
		return -ENODEV;
	n = devm_kzalloc(dev, sizeof(*n), GFP_KERNEL);
	if (!n)
		return -ENOMEM;
	n->handle = adev->handle;
	n->handler = handler;
	if (ACPI_FAILURE(acpi_install_notify_handler(n->handle, ACPI_DEVICE_NOTIFY, handler,
						     data)))
		return -EINVAL;
	return devm_add_action_or_reset(dev, compat_acpi_notify_end, n);
}

#endif
