/* SPDX-License-Identifier: GPL-2.0 */
/* What main.c begins and ends: the drivers of the nouns, and their nodes. */
#ifndef _ND_LIFE_H
#define _ND_LIFE_H

#include "core/bus.h"

/* ---- ioctl.c: /dev/ndctlN, /dev/nmemN ---- */
int nd_ioctl_init(void);
void nd_ioctl_exit(void);
int nd_bus_node_create(struct nvdimm_bus *bus);		/* /dev/ndctlN */
void nd_bus_node_destroy(struct nvdimm_bus *bus);	/* refuses new, waits for running ioctls */

/* ---- bus_driver.c ---- */
int nd_bus_driver_init(void);
void nd_bus_driver_exit(void);

/* ---- region_driver.c ---- */
int nd_region_init(void);
void nd_region_exit(void);

/* ---- replaced.c ---- */
int nd_replaced_init(void);
void nd_replaced_exit(void);

/* ---- region_dimms.c ---- */
/* What a DIMM tells, as all regions of its bus hear it. */
int nd_region_dimm_event(struct device *dev, struct nvdimm *nvdimm, enum nd_dimm_event event);

#endif /* _ND_LIFE_H */
