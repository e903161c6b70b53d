// SPDX-License-Identifier: GPL-2.0
/*
 * MODULE_IMPORT_NS() takes an identifier: until v6.13,
 * cdd30ebb1b9f ("module: Convert symbol namespace to string literal")
 */
#include <linux/module.h>

MODULE_IMPORT_NS(PROBE);
