// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that firmware reserves has a mark: v5.3,
 * ae9e13d621d6 ("x86/e820, ioport: Add a new I/O resource descriptor IORES_DESC_RESERVED")
 */
#include <linux/ioport.h>

int probe = IORES_DESC_RESERVED;
