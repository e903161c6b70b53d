// SPDX-License-Identifier: GPL-2.0
/* The tests of a program, run one after the other. */
#include "nd_test.h"

#define TESTS_MAX	512

static struct test {
	int line;
	char name[160];
	struct CMUnitTest test;
} registered[TESTS_MAX];
static size_t nr;

int __attribute__((weak)) before_all(void **state)
{
	return 0;
}

int __attribute__((weak)) before_each(void **state)
{
	return 0;
}

int __attribute__((weak)) after_each(void **state)
{
	return 0;
}

void nd_test_add(int line, const char *name, const char *row_name, CMUnitTestFunction test,
		 const void *row)
{
	struct test *it = &registered[nr];

	if (nr++ == TESTS_MAX)
		abort();
	it->line = line;
	it->test = (struct CMUnitTest){
		.test_func = test, .setup_func = before_each, .teardown_func = after_each,
		.initial_state = (void *)row,
	};
	snprintf(it->name, sizeof(it->name), "%s%s%s", name, row_name ? ": " : "",
		 row_name ?: "");
}

size_t nd_golden(const char *path, void *data, size_t size)
{
	char whole[256];
	size_t len;
	FILE *f;

	snprintf(whole, sizeof(whole), "tools/testing/nvdimm/%s", path);
	f = fopen(whole, "rb");
	if (!f)
		fail_msg("no %s", whole);
	len = fread(data, 1, size, f);
	fclose(f);
	return len;
}

static int by_line(const void *a, const void *b)
{
	const struct test *x = a, *y = b;

	/* of one line: rows, as they lie in their table */
	return x->line != y->line ? x->line - y->line :
	       x->test.initial_state < y->test.initial_state ? -1 : 1;
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[TESTS_MAX];

	if (!nr) {
		fprintf(stderr, "%s has no test\n", argv[0]);
		return 1;
	}
	qsort(registered, nr, sizeof(registered[0]), by_line);
	for (size_t i = 0; i < nr; i++) {
		tests[i] = registered[i].test;
		tests[i].name = registered[i].name;
	}
	return _cmocka_run_group_tests(argv[0], tests, nr, before_all, NULL);
}
