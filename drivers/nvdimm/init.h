/* SPDX-License-Identifier: GPL-2.0 */
/* What main.c begins and ends: the drivers of the nouns, and their nodes. */
#ifndef _ND_INIT_H
#define _ND_INIT_H

#include "core/bus.h"

/* ---- ioctl.c: /dev/ndctlN, /dev/nmemN ---- */
int nd_ioctl_init(void);
void nd_ioctl_exit(void);
int nd_bus_node_create(struct nvdimm_bus *bus);		/* /dev/ndctlN */
void nd_bus_node_destroy(struct nvdimm_bus *bus);	/* refuses new, waits for running ioctls */

/* ---- region_driver.c ---- */
int nd_region_init(void);
void nd_region_exit(void);

#endif /* _ND_INIT_H */
