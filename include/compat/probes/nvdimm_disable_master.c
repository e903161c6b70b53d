// SPDX-License-Identifier: GPL-2.0
/*
 * nvdimm_security_ops.disable_master: v6.2, with the security operations of CXL.
 */
#include <linux/libnvdimm.h>

void *probe(struct nvdimm_security_ops *ops)
{
	return ops->disable_master;
}
