// SPDX-License-Identifier: GPL-2.0
/*
 * nd_namespace_pmem.uuid points to a uuid_t: v5.16,
 * d1c6e08e7503 ("libnvdimm/labels: Add uuid helpers")
 */
#include <linux/libnvdimm.h>
#include <linux/nd.h>

uuid_t *probe(struct nd_namespace_pmem *nspm)
{
	return nspm->uuid;
}
