/* SPDX-License-Identifier: GPL-2.0 */
/* A pure file never warns on input: what it asserts here ends the test. */
#pragma once

#include <linux/build_bug.h>
#include <stdlib.h>

#define WARN_ON(expr)		({ if (expr) abort(); false; })
