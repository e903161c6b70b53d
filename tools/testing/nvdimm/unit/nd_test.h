/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test and enumeration includes first; main() is nd_test.c's. */
#pragma once

#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <nd/reason.h>

/* A reason by its token, so that a failure reads well. */
#define assert_reason(got, want) \
	assert_string_equal(nd_reason_token(got), nd_reason_token(want))

/* What is in a file below tools/testing/nvdimm, up to @size bytes: how many. */
size_t nd_golden(const char *path, void *data, size_t size);

/* Laws are tried in the order of their lines. @row: what the test finds in *state, or NULL. */
void nd_test_add(int line, const char *name, const char *row_name, CMUnitTestFunction test,
		 const void *row);

/* A program may have these; each test runs between the last two. */
int before_all(void **state);
int before_each(void **state);
int after_each(void **state);

/* A test: TEST(subject__what_holds) { … } */
#define TEST(name)							\
	static void name(void **state);					\
	static void __attribute__((constructor)) name##_is_a_law(void)	\
	{								\
		nd_test_add(__LINE__, #name, NULL, name, NULL);		\
	}								\
	static void name(void **state)

/*
 * A test of many cases, the rows of a table; each is a test with a name of its own, the row's
 * member @title: TEST_EACH(subject__what_holds, rows) { … row->… }
 */
#define TEST_EACH(name, rows)						\
	_Static_assert(ARRAY_SIZE(rows), #name " has no row");		\
	static void name(const __typeof__((rows)[0]) *row);		\
	static void name##_of_row(void **state)				\
	{								\
		name(*state);						\
	}								\
	static void __attribute__((constructor)) name##_is_a_law(void)	\
	{								\
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)		\
			nd_test_add(__LINE__, #name, (rows)[i].title, name##_of_row, &(rows)[i]); \
	}								\
	static void name(const __typeof__((rows)[0]) *row)
