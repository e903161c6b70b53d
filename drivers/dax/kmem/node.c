// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes that an administrator has chosen for regions. A dax region is freed when its provider's
 * driver is unbound, and the next region of the same range has the node of firmware's tables again.
 * The choice is for the range, so it is kept here and given to that region when its device is
 * added, before a driver is bound to it: kept memory is then adopted on the node it is on.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "kmem/kmem.h"

/**
 * struct node_choice - the node of a range
 * @list: of all there are
 * @range: of a region
 * @node: that was chosen
 */
struct node_choice {
	struct list_head list;
	struct range range;
	int node;
};

static DEFINE_MUTEX(choices_lock);
static LIST_HEAD(choices);

/* Those of regions that cannot be there any more: another has part of their range. */
static void forget_choices(const struct range *range)
{
	struct node_choice *choice, *next;

	list_for_each_entry_safe(choice, next, &choices, list)
		if (!range || (choice->range.start <= range->end &&
			       choice->range.end >= range->start)) {
			list_del(&choice->list);
			kfree(choice);
		}
}

int kmem_node_choose(const struct dax_region *region, int node)
{
	struct node_choice *choice = kmalloc(sizeof(*choice), GFP_KERNEL);

	if (!choice)
		return -ENOMEM;
	choice->range = (struct range) { region->res.start, region->res.end };
	choice->node = node;
	guard(mutex)(&choices_lock);
	forget_choices(&choice->range);
	list_add(&choice->list, &choices);
	return 0;
}

static int device_added(struct notifier_block *nb, unsigned long action, void *data)
{
	struct dev_dax *dev_dax = to_dev_dax(data);
	struct dax_region *region = dev_dax->region;
	const struct node_choice *choice;

	if (action != BUS_NOTIFY_ADD_DEVICE)
		return NOTIFY_DONE;
	guard(mutex)(&choices_lock);
	list_for_each_entry(choice, &choices, list)
		if (choice->range.start == region->res.start &&
		    choice->range.end == region->res.end) {
			WRITE_ONCE(region->target_node, choice->node);
			dev_dax->target_node = choice->node;
		}
	return NOTIFY_DONE;
}

static struct notifier_block added_notifier = { .notifier_call = device_added };

int kmem_node_init(const struct dax_device_driver *driver)
{
	return bus_register_notifier(driver->drv.bus, &added_notifier);
}

void kmem_node_exit(const struct dax_device_driver *driver)
{
	bus_unregister_notifier(driver->drv.bus, &added_notifier);
	scoped_guard(mutex, &choices_lock)
		forget_choices(NULL);
}
