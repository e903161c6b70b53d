/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test includes first. */
#ifndef _ND_TEST_H
#define _ND_TEST_H

#include <linux/types.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <linux/kernel.h>
#include <nd/why.h>

/* A reason by its token, so that a failure reads well. */
#define assert_why(got, want) \
	assert_string_equal(nd_why_token(got), nd_why_token(want))

#endif
