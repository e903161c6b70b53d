// SPDX-License-Identifier: GPL-2.0
/*
 * Windows of CXL have a mark in the tree of resources: v5.19,
 * 974854ab0728 ("cxl/acpi: Track CXL resources in iomem_resource")
 */
#include <linux/ioport.h>

int probe = IORES_DESC_CXL;
