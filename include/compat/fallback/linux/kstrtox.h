/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before v5.14: 4c52729377ea ("kernel.h: split out kstrtox() and simple_strtox() to a separate
 * header").
 */
#include <linux/kernel.h>
