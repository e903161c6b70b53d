/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dax bus, for kernels before v5.1, which have none: what drivers/dax/dax_bus.h declares is the
 * kernel's on newer ones. It is a part of device_dax there, and built for them alone.
 *
 *	bus.c		the bus, its drivers, and which of them a device gets
 *	region.c	regions and devices, of which such a kernel has static ones alone
 *
 * A device is on /sys/bus/dax, or, where device_dax is loaded with class_compat=1, in
 * /sys/class/dax, as programs that know no newer kernel expect it. There it has one driver,
 * device_dax, for as long as it is there: the core does not bind within a class.
 *
 * A dax_device of such a kernel cannot be brought back to life: each binding has one of its own.
 */
#ifndef _DAX_OWN_BUS_H
#define _DAX_OWN_BUS_H

#include "dax_bus.h"

extern struct bus_type dax_bus_type;

int dax_bus_init(void);
void dax_bus_exit(void);

/* The number of a device's node; both under no lock. */
int dax_devt_get(dev_t *devt);
void dax_devt_put(dev_t devt);

/* What the device is to be in, bus or class; and once it is in the class, its driver's turn. */
void dax_bus_place(struct dev_dax *dev_dax);
int dax_class_bind(struct dev_dax *dev_dax);
void dax_class_unbind(struct dev_dax *dev_dax);

/* A dax_device that lives, for a binding. */
int dax_dev_revive(struct dev_dax *dev_dax);

#endif /* _DAX_OWN_BUS_H */
