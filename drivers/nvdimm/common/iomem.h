/* SPDX-License-Identifier: GPL-2.0 */
/* Who is in the way of a reservation in /proc/iomem. */
#ifndef _ND_IOMEM_H
#define _ND_IOMEM_H

#include <linux/ioport.h>
#include <linux/types.h>

#define ND_IOMEM_WHO	112

const char *nd_iomem_name(resource_size_t start, resource_size_t size);
int nd_iomem_error(resource_size_t start, resource_size_t size);
int nd_iomem_blame(resource_size_t start, resource_size_t size, char who[ND_IOMEM_WHO]);

#endif /* _ND_IOMEM_H */
