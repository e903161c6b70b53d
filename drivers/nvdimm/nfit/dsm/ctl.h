/* SPDX-License-Identifier: GPL-2.0 */
/* Commands of libnvdimm, and of users through it. */
#ifndef _NFIT_DSM_CTL_H
#define _NFIT_DSM_CTL_H

#include <linux/libnvdimm.h>

int nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	     void *buf, unsigned int buf_len, int *cmd_rc);
int nfit_clear_to_send(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
		       unsigned int cmd, void *data);

#endif /* _NFIT_DSM_CTL_H */
