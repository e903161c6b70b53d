// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that firmware sets aside has a mark: v5.5,
 * 262b45ae3ab4 ("x86/efi: EFI soft reservation to E820 enumeration")
 */
#include <linux/ioport.h>

int probe = IORES_DESC_SOFT_RESERVED;
