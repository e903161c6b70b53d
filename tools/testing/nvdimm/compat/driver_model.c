// SPDX-License-Identifier: GPL-2.0
/* A bus, its device and driver types, a class, sysfs. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/libnvdimm.h>
#include <linux/nd.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "compat_test.h"

static struct class *test_class;

static int test_match(struct device *dev, const struct device_driver *drv)
{
	const struct nd_device_driver *nd_drv = to_nd_device_driver(drv);

	return !!nd_drv->type;
}
COMPAT_BUS_MATCH(test_match)

static int test_uevent(const struct device *dev, struct kobj_uevent_env *env)
{
	return add_uevent_var(env, "TEST=%s", dev_name(dev));
}
COMPAT_BUS_UEVENT(test_uevent)
COMPAT_TYPE_UEVENT(test_uevent)

static void test_remove(struct device *dev)
{
	struct nd_device_driver *nd_drv = to_nd_device_driver(dev->driver);

	if (nd_drv->remove)
		nd_drv->remove(dev);
}
COMPAT_BUS_REMOVE(test_remove)

static struct bus_type test_bus = {
	.name = "compat_test",
	.match = compat_bus_match(test_match),
	.uevent = compat_bus_uevent(test_uevent),
	.remove = compat_bus_remove(test_remove),
};

static char *test_devnode(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "compat/%s", dev_name(dev));
}
COMPAT_CLASS_DEVNODE(test_devnode)

static ssize_t blob_read(struct file *file, struct kobject *kobj, const struct bin_attribute *attr,
			 char *buf, loff_t off, size_t len)
{
	return memory_read_from_buffer(buf, len, &off, attr->private, attr->size);
}
COMPAT_BIN_RW(blob_read)

static const struct bin_attribute blob_attr = {
	.attr = { .name = "blob", .mode = 0444 },
	.read = compat_bin_rw(blob_read),
};

static const struct bin_attribute *const test_bin_attrs[] = { &blob_attr, NULL };

static ssize_t plain_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev_name(dev));
}
static DEVICE_ATTR_RO(plain);

static struct attribute *test_attrs[] = { &dev_attr_plain.attr, NULL };

static const struct attribute_group test_group = {
	.attrs = test_attrs,
	.bin_attrs = compat_bin_attrs(test_bin_attrs),
};

static const struct attribute_group *test_groups[] = { &test_group, NULL };

static const struct device_type test_type = {
	.name = "compat_test",
	.groups = test_groups,
	.uevent = compat_type_uevent(test_uevent),
	.devnode = NULL,
};

static int match_parent(struct device *dev, const void *data)
{
	return dev->parent == data;
}

static const device_match_t test_matcher = match_parent;

static struct device *test_find(struct device *parent)
{
	struct device *dev = device_find_child(parent, parent, match_parent);

	return dev ?: bus_find_device(&test_bus, NULL, parent, test_matcher);
}

static int test_platform_probe(struct platform_device *pdev)
{
	struct device *found __free(put_device) = test_find(&pdev->dev);

	if (!found || kill_device(found))
		return dev_err_probe(&pdev->dev, -ENODEV, "no child to test with\n");
	if (found->type != &test_type)
		return -ENXIO;
	return compat_test_language(found);
}

static void test_platform_remove(struct platform_device *pdev)
{
	dev_dbg(&pdev->dev, "gone\n");
}
COMPAT_PLATFORM_DRIVER(test_platform_remove)

static struct platform_driver test_platform_driver = {
	.probe = test_platform_probe,
	COMPAT_PLATFORM_REMOVE(test_platform_remove),
	.driver = { .name = "compat_test" },
};

int compat_test_driver_model(void)
{
	int rc = bus_register(&test_bus);

	if (rc)
		return rc;
	test_class = class_create("compat_test");
	if (IS_ERR(test_class)) {
		rc = PTR_ERR(test_class);
		goto out_bus;
	}
	test_class->devnode = compat_class_devnode(test_devnode);
	rc = platform_driver_register(&test_platform_driver);
	if (!rc)
		return 0;
	class_destroy(test_class);
out_bus:
	bus_unregister(&test_bus);
	return rc;
}

void compat_test_driver_model_end(void)
{
	platform_driver_unregister(&test_platform_driver);
	class_destroy(test_class);
	bus_unregister(&test_bus);
}
