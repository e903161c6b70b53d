/* SPDX-License-Identifier: GPL-2.0 */
/* Who is in the way of a reservation in /proc/iomem. */
#ifndef _ND_IOMEM_H
#define _ND_IOMEM_H

#include <linux/ioport.h>
#include <linux/types.h>

bool nd_iomem_holder(resource_size_t start, resource_size_t end, struct resource *found);
int nd_iomem_error(resource_size_t start, resource_size_t size);

#endif /* _ND_IOMEM_H */
