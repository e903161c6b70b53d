/* SPDX-License-Identifier: GPL-2.0 */
/* What the test build of nfit has more: a bus that is not ACPI0012's. */
#ifndef _NFIT_TEST_IN_NFIT_H
#define _NFIT_TEST_IN_NFIT_H

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>

/* ld --wrap: calls of nfit_ctl(), and the one they would have reached. */
int __real_nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
		    void *buf, unsigned int len, int *cmd_rc);
int __wrap_nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
		    void *buf, unsigned int len, int *cmd_rc);

/**
 * nfit_test_bus() - a bus of a pretended machine
 * @dev: its parent; it goes with its driver
 * @root: firmware's root device; its _FIT has the table
 * @owner: what is in use with the bus
 *
 * Context: process. Return: 0, -ENOMEM, -ENXIO when the table is refused.
 */
int nfit_test_bus(struct device *dev, struct acpi_device *root, struct module *owner);

#endif /* _NFIT_TEST_IN_NFIT_H */
