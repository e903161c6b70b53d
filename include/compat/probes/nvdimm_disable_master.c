// SPDX-License-Identifier: GPL-2.0
/*
 * nvdimm_security_ops.disable_master: v6.3,
 * dcedadfae290 ("acpi/nfit: add/use disable_master security operation")
 */
#include <linux/libnvdimm.h>

void *probe(struct nvdimm_security_ops *ops)
{
	return ops->disable_master;
}
