// SPDX-License-Identifier: GPL-2.0
/* Regions, and the device of each: see bus.h. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "bus/bus.h"

/* struct ended_dax: of a binding that there was. */
struct ended_dax {
	struct list_head list;
	struct dax_device *dax_dev;
};

/* ---- regions ---- */

static void free_dax_region(struct kref *kref)
{
	kfree(container_of(kref, struct dax_region, kref));
}

/**
 * dax_region_put() - put a reference of a region
 * @region: with the last one it is gone
 */
void dax_region_put(struct dax_region *region)
{
	kref_put(&region->kref, free_dax_region);
}
EXPORT_SYMBOL_GPL(dax_region_put);

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct dax_region *region = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", region->id);
}
static DEVICE_ATTR_RO(id);

static ssize_t region_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct dax_region *region = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%llu\n", (u64)resource_size(&region->res));
}
static struct device_attribute dev_attr_region_size = __ATTR(size, 0444, region_size_show, NULL);

static ssize_t region_align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct dax_region *region = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", region->align);
}
static struct device_attribute dev_attr_region_align = __ATTR(align, 0444, region_align_show, NULL);

static struct attribute *dax_region_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_region_size.attr,
	&dev_attr_region_align.attr,
	NULL,
};

static const struct attribute_group dax_region_group = {
	.name = "dax_region",
	.attrs = dax_region_attrs,
};

static void end_region(void *data)
{
	struct dax_region *region = data;

	sysfs_remove_group(&region->dev->kobj, &dax_region_group);
	dax_region_put(region);
}

/**
 * alloc_dax_region() - make a region for one dax device
 * @parent: the provider's device, whose drvdata this takes
 * @region_id: the N of daxN.M
 * @range: what is to be mapped, a multiple of @align
 * @target_node: that it would have as RAM
 * @align: of every mapping
 * @flags: IORESOURCE_DAX_STATIC
 *
 * It stays until @parent loses its driver, and until the last reference is put.
 *
 * Return: the region, with a reference that is the caller's, or NULL.
 */
struct dax_region *alloc_dax_region(struct device *parent, int region_id, struct range *range,
				    int target_node, unsigned int align, unsigned long flags)
{
	u64 size = range_len(range);
	struct dax_region *region;

	/* nobody is there who would divide one */
	if (!(flags & IORESOURCE_DAX_STATIC))
		return NULL;
	if (!align || !IS_ALIGNED(range->start, align) || !size || !IS_ALIGNED(size, align))
		return NULL;
	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return NULL;
	kref_init(&region->kref);
	region->id = region_id;
	region->target_node = target_node;
	region->dev = parent;
	region->align = align;
	region->res.start = range->start;
	region->res.end = range->end;
	region->res.name = dev_name(parent);
	region->res.flags = IORESOURCE_MEM | flags;
	dev_set_drvdata(parent, region);
	if (sysfs_create_group(&parent->kobj, &dax_region_group)) {
		dax_region_put(region);
		return NULL;
	}
	kref_get(&region->kref);
	if (devm_add_action_or_reset(parent, end_region, region)) {
		dax_region_put(region);
		return NULL;
	}
	return region;
}
EXPORT_SYMBOL_GPL(alloc_dax_region);

/* ---- devices ---- */

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", range_len(&to_dev_dax(dev)->range.range));
}
static DEVICE_ATTR_RO(size);

static ssize_t align_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_dev_dax(dev)->align);
}
static DEVICE_ATTR_RO(align);

static ssize_t target_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", to_dev_dax(dev)->target_node);
}
static DEVICE_ATTR_RO(target_node);

static ssize_t resource_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%#llx\n", to_dev_dax(dev)->range.range.start);
}
static DEVICE_ATTR_ADMIN_RO(resource);

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "dax:t0\n");
}
static DEVICE_ATTR_RO(modalias);

static ssize_t numa_node_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_to_node(dev));
}
static DEVICE_ATTR_RO(numa_node);

static struct attribute *bus_device_attrs[] = {
	&dev_attr_size.attr,
	&dev_attr_align.attr,
	&dev_attr_target_node.attr,
	&dev_attr_resource.attr,
	&dev_attr_modalias.attr,
	&dev_attr_numa_node.attr,
	NULL,
};
ATTRIBUTE_GROUPS(bus_device);

static void put_dead(struct dax_device *dax_dev)
{
	/* whoever has looked at it meanwhile is done */
	kill_dax(dax_dev);
	put_dax(dax_dev);
}

static void dev_dax_release(struct device *dev)
{
	struct dev_dax *dev_dax = to_dev_dax(dev);
	struct ended_dax *ended, *next;

	list_for_each_entry_safe(ended, next, &dev_dax->ended, list) {
		put_dead(ended->dax_dev);
		kfree(ended);
	}
	put_dead(dev_dax->dax_dev);
	dax_devt_put(dev->devt);
	dax_region_put(dev_dax->region);
	kfree(dev_dax->pgmap);
	kfree(dev_dax);
}

static const struct device_type dev_dax_type = {
	.release = dev_dax_release,
	.groups = bus_device_groups,
};

int dax_dev_revive(struct dev_dax *dev_dax)
{
	struct ended_dax *ended;
	struct dax_device *dax_dev;
	int id = dax_read_lock();
	bool alive = dax_alive(dev_dax->dax_dev);

	dax_read_unlock(id);
	if (alive)
		return 0;
	ended = kzalloc(sizeof(*ended), GFP_KERNEL);
	if (!ended)
		return -ENOMEM;
	dax_dev = compat_alloc_dax(dev_dax, NULL, NULL, true);
	if (IS_ERR(dax_dev)) {
		kfree(ended);
		return -ENOMEM;
	}
	ended->dax_dev = dev_dax->dax_dev;
	list_add(&ended->list, &dev_dax->ended);
	WRITE_ONCE(dev_dax->dax_dev, dax_dev);
	return 0;
}

/* dax_dev lives from the beginning. */
void run_dax(struct dax_device *dax_dev)
{
}

/**
 * kill_dev_dax() - let no more faults in, and take all mappings away
 * @dev_dax: whose binding ends
 */
void kill_dev_dax(struct dev_dax *dev_dax)
{
	kill_dax(dev_dax->dax_dev);
	unmap_mapping_range(dax_inode(dev_dax->dax_dev)->i_mapping, 0, 0, 1);
}
EXPORT_SYMBOL_GPL(kill_dev_dax);

static void end_device(void *data)
{
	struct dev_dax *dev_dax = data;

	dax_class_unbind(dev_dax);
	device_del(&dev_dax->dev);
	kill_dev_dax(dev_dax);
	put_device(&dev_dax->dev);
}

/* What dev_dax_release() undoes, and nothing else. */
static struct dev_dax *alloc_dev_dax(const struct dev_dax_data *data)
{
	struct dev_dax *dev_dax = kzalloc(sizeof(*dev_dax), GFP_KERNEL);

	if (!dev_dax)
		return NULL;
	INIT_LIST_HEAD(&dev_dax->ended);
	dev_dax->pgmap = kmemdup(data->pgmap, sizeof(*data->pgmap), GFP_KERNEL);
	if (!dev_dax->pgmap || dax_devt_get(&dev_dax->dev.devt))
		goto free;
	dev_dax->dax_dev = compat_alloc_dax(dev_dax, NULL, NULL, true);
	if (IS_ERR(dev_dax->dax_dev))
		goto put_devt;
	kref_get(&data->dax_region->kref);
	dev_dax->region = data->dax_region;
	return dev_dax;
put_devt:
	dax_devt_put(dev_dax->dev.devt);
free:
	kfree(dev_dax->pgmap);
	kfree(dev_dax);
	return NULL;
}

static void fill_dev_dax(struct dev_dax *dev_dax, const struct dev_dax_data *data)
{
	const struct dax_region *region = data->dax_region;
	struct device *dev = &dev_dax->dev;

	dev_dax->align = region->align;
	dev_dax->target_node = region->target_node;
	dev_dax->id = data->id;
	dev_dax->nr_range = 1;
	dev_dax->ranges = &dev_dax->range;
	dev_dax->range.range = (struct range) {
		.start = region->res.start,
		.end = region->res.start + data->size - 1,
	};
	device_initialize(dev);
	dev->parent = region->dev;
	dev->type = &dev_dax_type;
	set_dev_node(dev, dev_to_node(region->dev));
	dax_bus_place(dev_dax);
}

/**
 * devm_create_dev_dax() - make the device of a region
 * @data: the region, a pagemap to copy, how much of the region, the M of daxN.M
 *
 * It goes when the provider's device loses its driver.
 *
 * Return: the device, or an ERR_PTR: -EINVAL of what is no such device, -ENOMEM, or what the core
 * says.
 */
struct dev_dax *devm_create_dev_dax(struct dev_dax_data *data)
{
	struct dax_region *region = data->dax_region;
	struct dev_dax *dev_dax;
	int rc;

	if (!data->pgmap || data->id < 0 || !data->size || data->size > resource_size(&region->res))
		return ERR_PTR(-EINVAL);
	dev_dax = alloc_dev_dax(data);
	if (!dev_dax)
		return ERR_PTR(-ENOMEM);
	fill_dev_dax(dev_dax, data);
	rc = dev_set_name(&dev_dax->dev, "dax%d.%d", region->id, data->id);
	if (!rc)
		rc = device_add(&dev_dax->dev);
	if (rc) {
		put_device(&dev_dax->dev);
		return ERR_PTR(rc);
	}
	/* as on the bus: one that no driver takes is there all the same, and the log says why */
	dax_class_bind(dev_dax);
	rc = devm_add_action_or_reset(region->dev, end_device, dev_dax);
	return rc ? ERR_PTR(rc) : dev_dax;
}
EXPORT_SYMBOL_GPL(devm_create_dev_dax);
