/* SPDX-License-Identifier: GPL-2.0 */
/* Functions of the kernel's dax bus that dax_rival calls; no header package has them. */
#ifndef DAX_RIVAL_H
#define DAX_RIVAL_H

struct dax_device;
struct dax_device_driver;
struct dev_dax;
struct module;

int __dax_driver_register(struct dax_device_driver *drv, struct module *module,
			  const char *mod_name);
void dax_driver_unregister(struct dax_device_driver *drv);
void run_dax(struct dax_device *dax_dev);
void kill_dev_dax(struct dev_dax *dev_dax);

#endif
