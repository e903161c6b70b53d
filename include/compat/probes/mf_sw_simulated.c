// SPDX-License-Identifier: GPL-2.0
/*
 * The flags of a failed page say whether it is a program that says so: v5.19, and stable
 * kernels before, 67f22ba7750f ("mm/memory-failure: disable unpoison once hw error happens")
 */
#include <linux/mm.h>

int probe = MF_SW_SIMULATED;
