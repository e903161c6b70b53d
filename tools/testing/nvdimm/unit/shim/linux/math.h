/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/align.h>

#define round_down(x, y)	ALIGN_DOWN(x, y)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define rounddown(x, y)		((x) - (x) % (y))
#define roundup(x, y)		(DIV_ROUND_UP(x, y) * (y))
