// SPDX-License-Identifier: GPL-2.0
/* Who is in the way of a reservation in /proc/iomem. */
#include <linux/export.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include "common/range.h"

struct holder {
	resource_size_t start;
	resource_size_t end;
	struct resource *found;
};

/* What is busy, and what begins or ends within: a reservation would not fit in. */
static int holder_found(struct resource *res, void *data)
{
	struct holder *h = data;

	if (res->end < h->start || res->start > h->end)
		return 0;
	if (!(res->flags & IORESOURCE_BUSY) && res->start <= h->start && res->end >= h->end)
		return 0;
	*h->found = *res;
	return 1;
}

/* What keeps a range from being reserved: a copy, which is all that the kernel hands out. */
static bool find_holder(resource_size_t start, resource_size_t end, struct resource *found)
{
	static const unsigned long kind[] = {
		IORESOURCE_MEM | IORESOURCE_BUSY, IORESOURCE_SYSTEM_RAM, IORESOURCE_MEM,
	};
	struct holder h = { .start = start, .end = end, .found = found };

	/*
	 * From 0 on, because what a walk is limited to it also cuts to. It does not look below
	 * what it has handed out, so what lies in a range that nobody uses is asked for first.
	 */
	for (unsigned int i = 0; i < ARRAY_SIZE(kind); i++)
		if (walk_iomem_res_desc(IORES_DESC_NONE, kind[i], 0, -1, &h, holder_found) == 1)
			return true;
	/*
	 * A region of CXL lies in its window, which no driver uses, and which a walk hands out in
	 * place of the region. A request there fails because of the region, not for lack of memory.
	 */
	*found = (struct resource) { .start = start, .end = end, .flags = IORESOURCE_MEM };
	return region_intersects(start, end - start + 1, IORESOURCE_MEM, IORES_DESC_CXL) !=
	       REGION_DISJOINT;
}

/* Marks in the tree of resources, and how /proc/iomem calls what has them. */
static const struct {
	unsigned long desc;
	const char *name;
} marks[] = {
	{ IORES_DESC_PERSISTENT_MEMORY, "Persistent Memory" },
	{ IORES_DESC_PERSISTENT_MEMORY_LEGACY, "Persistent Memory" },
	{ IORES_DESC_SOFT_RESERVED, "Soft Reserved" },
	{ IORES_DESC_CXL, "CXL Window" },
	{ IORES_DESC_DEVICE_PRIVATE_MEMORY, "device private memory" },
	{ IORES_DESC_ACPI_TABLES, "ACPI Tables" },
	{ IORES_DESC_ACPI_NV_STORAGE, "ACPI Non-volatile" },
	{ IORES_DESC_RESERVED, "Reserved" },
};

/**
 * nd_iomem_name() - whose memory a range is, of those that the kernel marks
 * @start: its first byte
 * @size: its bytes
 *
 * Context: process. Return: a name as in /proc/iomem, or NULL.
 */
const char *nd_iomem_name(resource_size_t start, resource_size_t size)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(marks); i++)
		if (region_intersects(start, size, IORESOURCE_MEM, marks[i].desc) !=
		    REGION_DISJOINT)
			return marks[i].name;
	return NULL;
}
EXPORT_SYMBOL_GPL(nd_iomem_name);

/**
 * nd_iomem_error() - why request_mem_region() had nothing
 * @start: of the range
 * @size: of the range
 *
 * Nothing is in the way of one that only found no memory, and the next attempt may have it.
 *
 * Context: process. Return: -EBUSY or -ENOMEM.
 */
int nd_iomem_error(resource_size_t start, resource_size_t size)
{
	struct resource found;

	return find_holder(start, start + size - 1, &found) ? -EBUSY : -ENOMEM;
}
EXPORT_SYMBOL_GPL(nd_iomem_error);

static const char *holder_kind(const struct resource *res)
{
	if ((res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM)
		return "as System RAM";
	if (res->flags & IORESOURCE_EXCLUSIVE)
		return "by a driver, exclusively";
	if (!(res->flags & IORESOURCE_BUSY))
		return "as a range of its own";
	return "by a driver";
}

/**
 * nd_iomem_blame() - nd_iomem_error(), and who is in the way
 * @start: of the range
 * @size: of the range
 * @who: for -EBUSY, where that lies, whose memory it is if that is known, and how it is held
 *
 * Context: process. Return: -EBUSY or -ENOMEM.
 */
int nd_iomem_blame(resource_size_t start, resource_size_t size, char who[ND_IOMEM_WHO])
{
	struct resource found;
	const char *name;

	if (!find_holder(start, start + size - 1, &found))
		return -ENOMEM;
	name = nd_iomem_name(found.start, resource_size(&found));
	scnprintf(who, ND_IOMEM_WHO, "%pa-%pa%s%s is held %s", &found.start, &found.end,
		  name ? " of " : "", name ?: "", holder_kind(&found));
	return -EBUSY;
}
EXPORT_SYMBOL_GPL(nd_iomem_blame);
