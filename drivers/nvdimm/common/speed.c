// SPDX-License-Identifier: GPL-2.0
/* How fast memory of a node is: see speed.h. The shell of hmat.c. */
#include <linux/acpi.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include "common/speed.h"

#if IS_ENABLED(CONFIG_ACPI_NUMA)

static int node_of_domain(u32 domain)
{
	return domain > INT_MAX ? NUMA_NO_NODE : pxm_to_node(domain);
}

/* Asked seldom, and small: the table is looked at anew each time. */
bool nd_speed_of(int node, struct nd_speed *speed)
{
	struct acpi_table_header *table;
	bool known;

	if (node < 0 || ACPI_FAILURE(acpi_get_table(ACPI_SIG_HMAT, 0, &table)))
		return false;
	known = hmat_speed(table, table->length, node_of_domain, node, speed);
	acpi_put_table(table);
	return known;
}

#else

bool nd_speed_of(int node, struct nd_speed *speed)
{
	return false;
}

#endif
EXPORT_SYMBOL_GPL(nd_speed_of);

ssize_t nd_speed_show(int node, char *buf)
{
	struct nd_speed speed;

	if (!nd_speed_of(node, &speed))
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "read_latency=%u write_latency=%u read_bandwidth=%u write_bandwidth=%u\n",
			  speed.read_ns, speed.write_ns, speed.read_mbs, speed.write_mbs);
}
EXPORT_SYMBOL_GPL(nd_speed_show);
