// SPDX-License-Identifier: GPL-2.0
/*
 * The attribute `state` of namespaces and of what claims them: what it says, see state.h, and that
 * it is told when it changes.
 */
#include <linux/device.h>
#include <linux/notifier.h>
#include "claim/claim.h"
#include "claim/state.h"
#include "common/range.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"

/* Somebody has read the attribute of one: before that there is nobody to tell. */
static bool state_is_read;

/* ---- saying ---- */

static struct nd_device_state *state_in(struct device *dev)
{
	return nd_type_of(dev)->state(dev);
}

static bool is_bound(struct device *dev)
{
	return READ_ONCE(state_in(dev)->bound);
}

/* Of a namespace, as far as it can tell; config held. */
static void ask_space(const struct nd_namespace_common *ndns, struct nd_state_facts *facts)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;

	if (!resource_size(res))
		return;
	facts->draining |= nd_range_owner_draining(res->start, res->end);
	/* asked last: that takes a walk through /proc/iomem */
	if (!facts->bound && !facts->draining)
		facts->ram = nd_pages_are_ram(res->start, res->end);
}

static struct nd_state_facts state_of(struct device *dev)
{
	struct nd_state_facts facts = { };
	struct nd_namespace_common *ndns;
	struct device *claim;

	guard(nd_config_read)(to_nd_region(dev->parent));
	claim = is_nd_claim(dev) ? dev : to_ndns(dev)->claim;
	ndns = is_nd_claim(dev) ? to_nd_claim(dev)->ndns : to_ndns(dev);
	facts.bound = is_bound(dev) || (claim && is_bound(claim));
	if (claim)
		facts.draining = nd_range_owner_drains(&to_nd_claim(claim)->owner);
	if (ndns)
		ask_space(ndns, &facts);
	return facts;
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_state_facts facts;

	WRITE_ONCE(state_is_read, true);	/* and then looks, see no_pollers() */
	nd_polled_read(&state_in(dev)->polled, &dev->kobj, attr->attr.name);
	facts = state_of(dev);
	return sysfs_emit(buf, "%s\n", nd_state_word(&facts));
}
static DEVICE_ATTR_RO(state);

static struct attribute *state_attrs[] = {
	&dev_attr_state.attr,
	NULL,
};

const struct attribute_group nd_state_group = { .attrs = state_attrs };

/* ---- telling ---- */

/* Asked when the change has been made: who reads from now on sees it. */
static bool no_pollers(void)
{
	smp_mb();	/* pairs with that of nd_polled_read() */
	return !READ_ONCE(state_is_read);
}

static void device_changed(struct device *dev)
{
	nd_polled_changed(&state_in(dev)->polled);
}

/* A driver has come or gone, or was refused for what may have ended meanwhile. */
static int driver_changed(struct notifier_block *nb, unsigned long action, void *data)
{
	struct nd_namespace_common *ndns;
	struct device *dev = data;

	if (action != BUS_NOTIFY_BOUND_DRIVER && action != BUS_NOTIFY_UNBOUND_DRIVER &&
	    action != BUS_NOTIFY_DRIVER_NOT_BOUND)
		return NOTIFY_DONE;
	if (!nd_type_of(dev)->state)
		return NOTIFY_DONE;
	WRITE_ONCE(state_in(dev)->bound, action == BUS_NOTIFY_BOUND_DRIVER);
	if (no_pollers())
		return NOTIFY_DONE;
	device_changed(dev);
	if (!is_nd_claim(dev))
		return NOTIFY_DONE;
	guard(nd_config_read)(to_nd_region(dev->parent));
	ndns = to_nd_claim(dev)->ndns;
	if (ndns)
		device_changed(&ndns->dev);
	return NOTIFY_DONE;
}

static struct notifier_block drivers = { .notifier_call = driver_changed };

/* Whoever lies in that range now. */
static int space_changed(struct device *dev, void *data)
{
	const struct range *range = data;
	const struct resource *res;

	if (!is_nd_namespace(dev))
		return 0;
	guard(nd_config_read)(to_nd_region(dev->parent));
	res = &to_nd_namespace_io(dev)->res;
	if (!resource_size(res) || res->start > range->end || res->end < range->start)
		return 0;
	device_changed(dev);
	if (to_ndns(dev)->claim)
		device_changed(to_ndns(dev)->claim);
	return 0;
}

static int leftover_changed(struct notifier_block *nb, unsigned long action, void *range)
{
	if (!no_pollers())
		bus_for_each_dev(&nvdimm_bus_type, NULL, range, space_changed);
	return NOTIFY_DONE;
}

static struct notifier_block leftovers = { .notifier_call = leftover_changed };

int nd_state_init(void)
{
	int rc = bus_register_notifier(&nvdimm_bus_type, &drivers);

	if (rc)
		return rc;
	rc = nd_leftover_register(&leftovers);
	if (rc)
		bus_unregister_notifier(&nvdimm_bus_type, &drivers);
	return rc;
}

void nd_state_exit(void)
{
	nd_leftover_unregister(&leftovers);
	bus_unregister_notifier(&nvdimm_bus_type, &drivers);
}
