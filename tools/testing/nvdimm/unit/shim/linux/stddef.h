/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include_next <linux/stddef.h>
#include <stddef.h>

#define sizeof_field(type, field)	sizeof(((type *)0)->field)
