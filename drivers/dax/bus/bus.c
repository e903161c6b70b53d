// SPDX-License-Identifier: GPL-2.0
/* The bus, its drivers, and which of them a device gets: see bus.h. */
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "bus/bus.h"

#define DAX_NAME_LEN 30

static bool class_compat;
module_param(class_compat, bool, 0444);
MODULE_PARM_DESC(class_compat, "Devices are in /sys/class/dax, and not on /sys/bus/dax (N)");

/* struct dax_id: of new_id. */
struct dax_id {
	struct list_head list;
	char name[DAX_NAME_LEN];
};

static DEFINE_MUTEX(dax_ids_lock);	/* of ids of all drivers, and of @class_driver */
static DEFINE_IDA(dax_minors);
static dev_t dax_devt;
static struct class *dax_class;
static struct dax_device_driver *class_driver;

static struct dax_device_driver *to_dax_driver(struct device_driver *drv)
{
	return container_of(drv, struct dax_device_driver, drv);
}

/* dax_ids_lock is held. */
static struct dax_id *find_id(struct dax_device_driver *driver, const char *name)
{
	struct dax_id *id;

	list_for_each_entry(id, &driver->ids, list)
		if (sysfs_streq(id->name, name))
			return id;
	return NULL;
}

static int dax_match(struct device *dev, struct device_driver *drv)
{
	struct dax_device_driver *driver = to_dax_driver(drv);
	bool named;

	mutex_lock(&dax_ids_lock);
	named = find_id(driver, dev_name(dev));
	mutex_unlock(&dax_ids_lock);
	return named || driver->match_always;
}

static int dax_uevent(struct device *dev, struct kobj_uevent_env *env)
{
	return add_uevent_var(env, "MODALIAS=dax:t0");
}

static int bind_device(struct dax_device_driver *driver, struct dev_dax *dev_dax)
{
	int rc = dax_dev_revive(dev_dax);

	if (rc)
		return rc;
	rc = driver->probe(dev_dax);
	if (rc)
		return rc;
	rc = sysfs_create_groups(&dev_dax->dev.kobj, driver->groups);
	if (rc)
		driver->remove(dev_dax);
	return rc;
}

static void unbind_device(struct dax_device_driver *driver, struct dev_dax *dev_dax)
{
	sysfs_remove_groups(&dev_dax->dev.kobj, driver->groups);
	driver->remove(dev_dax);
}

static int dax_probe(struct device *dev)
{
	return bind_device(to_dax_driver(dev->driver), to_dev_dax(dev));
}

static int dax_remove(struct device *dev)
{
	unbind_device(to_dax_driver(dev->driver), to_dev_dax(dev));
	return 0;
}

/* The name of a device that this driver is to take, too; it does so at once. */
static ssize_t new_id_store(struct device_driver *drv, const char *buf, size_t len)
{
	struct dax_device_driver *driver = to_dax_driver(drv);
	struct dax_id *id;
	int rc;

	if (!len || len >= sizeof(id->name))
		return -EINVAL;
	id = kzalloc(sizeof(*id), GFP_KERNEL);
	if (!id)
		return -ENOMEM;
	strscpy(id->name, buf, sizeof(id->name));
	strim(id->name);
	mutex_lock(&dax_ids_lock);
	if (find_id(driver, id->name))
		kfree(id);
	else
		list_add(&id->list, &driver->ids);
	mutex_unlock(&dax_ids_lock);
	rc = driver_attach(drv);
	return rc ?: len;
}
static DRIVER_ATTR_WO(new_id);

/* One that it has not been given is no error: daxctl takes back before it unbinds. */
static ssize_t remove_id_store(struct device_driver *drv, const char *buf, size_t len)
{
	struct dax_device_driver *driver = to_dax_driver(drv);
	struct dax_id *id;

	mutex_lock(&dax_ids_lock);
	id = find_id(driver, buf);
	if (id)
		list_del(&id->list);
	mutex_unlock(&dax_ids_lock);
	kfree(id);
	return len;
}
static DRIVER_ATTR_WO(remove_id);

static struct attribute *dax_driver_attrs[] = {
	&driver_attr_new_id.attr,
	&driver_attr_remove_id.attr,
	NULL,
};
ATTRIBUTE_GROUPS(dax_driver);

struct bus_type dax_bus_type = {
	.name = "dax",
	.match = dax_match,
	.uevent = dax_uevent,
	.probe = dax_probe,
	.remove = dax_remove,
	.drv_groups = dax_driver_groups,
};

/**
 * __dax_driver_register() - a driver comes to the bus
 * @driver: what it takes, and how
 * @module: its module
 * @mod_name: that module's name, and the driver's
 *
 * Devices that nobody has are offered to it at once.
 *
 * Return: 0, or -errno.
 */
int __dax_driver_register(struct dax_device_driver *driver, struct module *module,
			  const char *mod_name)
{
	int rc;

	INIT_LIST_HEAD(&driver->ids);
	driver->drv.owner = module;
	driver->drv.name = mod_name;
	driver->drv.mod_name = mod_name;
	driver->drv.bus = &dax_bus_type;
	rc = driver_register(&driver->drv);
	if (rc || !driver->match_always)
		return rc;
	mutex_lock(&dax_ids_lock);
	class_driver = driver;
	mutex_unlock(&dax_ids_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(__dax_driver_register);

/**
 * dax_driver_unregister() - a driver leaves the bus
 * @driver: it gives back every device before this returns
 */
void dax_driver_unregister(struct dax_device_driver *driver)
{
	struct dax_id *id, *next;

	mutex_lock(&dax_ids_lock);
	if (class_driver == driver)
		class_driver = NULL;
	mutex_unlock(&dax_ids_lock);
	driver_unregister(&driver->drv);
	list_for_each_entry_safe(id, next, &driver->ids, list)
		kfree(id);
}
EXPORT_SYMBOL_GPL(dax_driver_unregister);

void dax_bus_place(struct dev_dax *dev_dax)
{
	if (dax_class)
		dev_dax->dev.class = dax_class;
	else
		dev_dax->dev.bus = &dax_bus_type;
}

int dax_class_bind(struct dev_dax *dev_dax)
{
	int rc = -ENODEV;

	if (!dax_class)
		return 0;
	device_lock(&dev_dax->dev);
	mutex_lock(&dax_ids_lock);
	dev_dax->driver = class_driver;
	mutex_unlock(&dax_ids_lock);
	if (dev_dax->driver)
		rc = bind_device(dev_dax->driver, dev_dax);
	if (rc)
		dev_dax->driver = NULL;
	device_unlock(&dev_dax->dev);
	return rc;
}

void dax_class_unbind(struct dev_dax *dev_dax)
{
	if (!dev_dax->driver)
		return;
	device_lock(&dev_dax->dev);
	unbind_device(dev_dax->driver, dev_dax);
	device_unlock(&dev_dax->dev);
}

int dax_devt_get(dev_t *devt)
{
	int minor = ida_simple_get(&dax_minors, 0, MINORMASK + 1, GFP_KERNEL);

	if (minor < 0)
		return minor;
	*devt = MKDEV(MAJOR(dax_devt), minor);
	return 0;
}

void dax_devt_put(dev_t devt)
{
	ida_simple_remove(&dax_minors, MINOR(devt));
}

int dax_bus_init(void)
{
	int rc = alloc_chrdev_region(&dax_devt, 0, MINORMASK + 1, "device_dax");

	if (rc)
		return rc;
	rc = bus_register(&dax_bus_type);
	if (rc)
		goto no_bus;
	if (class_compat) {
		dax_class = class_create("dax");
		rc = PTR_ERR_OR_ZERO(dax_class);
		if (rc)
			goto no_class;
	}
	return 0;
no_class:
	dax_class = NULL;
	bus_unregister(&dax_bus_type);
no_bus:
	unregister_chrdev_region(dax_devt, MINORMASK + 1);
	return rc;
}

void dax_bus_exit(void)
{
	if (dax_class)
		class_destroy(dax_class);
	bus_unregister(&dax_bus_type);
	unregister_chrdev_region(dax_devt, MINORMASK + 1);
	ida_destroy(&dax_minors);
}
