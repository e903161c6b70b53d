// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that firmware reserves, or sets aside, has a mark: v5.3 and v5.5,
 * ae9e13d621d6 ("x86/e820, ioport: Add a new I/O resource descriptor IORES_DESC_RESERVED") and
 * 262b45ae3ab4 ("x86/efi: EFI soft reservation to E820 enumeration")
 */
#include <linux/ioport.h>

int probe = IORES_DESC_SOFT_RESERVED | IORES_DESC_RESERVED;
