// SPDX-License-Identifier: GPL-2.0
/*
 * struct acpi_driver has .owner: until v6.11, when
 * acpi_bus_register_driver() became a macro that passes THIS_MODULE
 */
#include <linux/acpi.h>

struct acpi_driver probe = { .owner = THIS_MODULE };
