// SPDX-License-Identifier: GPL-2.0
/* Who is in the way of a reservation in /proc/iomem. */
#include <linux/export.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include "common/iomem.h"

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

/**
 * nd_iomem_holder() - what keeps a range from being reserved
 * @start: its first byte
 * @end: its last
 * @found: a copy, without the name: all that the kernel hands out
 *
 * Context: process. Return: whether there is anything.
 */
bool nd_iomem_holder(resource_size_t start, resource_size_t end, struct resource *found)
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
	return false;
}
EXPORT_SYMBOL_GPL(nd_iomem_holder);

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

	return nd_iomem_holder(start, start + size - 1, &found) ? -EBUSY : -ENOMEM;
}
EXPORT_SYMBOL_GPL(nd_iomem_error);
