// SPDX-License-Identifier: GPL-2.0
/* The driver of ndbusN: its node comes with it, its children go with it. */
#include <linux/device.h>
#include <linux/module.h>
#include "core/bus.h"
#include "dimm/dimm.h"
#include "life.h"

static int nd_bus_probe(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	/* provider attributes find their context here */
	dev_set_drvdata(dev, bus->desc);
	bus->no_driver = nd_bus_node_create(bus);
	return bus->no_driver;
}

static int bus_kill_child(struct device *dev, void *data)
{
	if (dev->class)
		return 0;	/* ndctlN goes with nd_bus_node_destroy() */
	if (is_nvdimm(dev))
		nvdimm_delete(to_nvdimm(dev));
	else
		nd_device_kill(dev);
	return 0;
}

/* B5: no new ioctl, the running ones end; then whatever is being added; then the children. */
static void nd_bus_remove(struct device *dev)
{
	struct nvdimm_bus *bus = to_nvdimm_bus(dev);

	nd_bus_node_destroy(bus);
	nd_async_flush(dev);
	device_for_each_child_reverse(dev, NULL, bus_kill_child);
	nd_stillborn_bury(bus);
}
COMPAT_ND_REMOVE(nd_bus_remove)

static struct nd_device_driver nd_bus_driver = {
	.probe = nd_bus_probe,
	.remove = compat_nd_remove(nd_bus_remove),
	.type = BIT(ND_DEVICE_BUS),
	.drv = {
		.name = "nd_bus",
		.suppress_bind_attrs = true,
	},
};

int nd_bus_driver_init(void)
{
	return nd_driver_register(&nd_bus_driver);
}

void nd_bus_driver_exit(void)
{
	nd_driver_unregister(&nd_bus_driver);
}
