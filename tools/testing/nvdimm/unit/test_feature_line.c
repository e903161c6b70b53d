// SPDX-License-Identifier: GPL-2.0
/* What the tool makes of the attribute `features`. */
/* objects: tools/ndstack/feature_line.c */
#include "nd_test.h"
#include "feature_line.h"

static const struct sample {
	const char *title;
	const char *line;
	const char *name, *value, *reason;	/* no name: it is no feature */
} samples[] = {
	{ "is_there", "fsdax yes\n", "fsdax", "yes", "" },
	{ "is_not_and_why", "devdax no: left out: no BTF\n", "devdax", "no", "left out: no BTF" },
	{ "has_an_end_without_newline", "labels 1.2", "labels", "1.2", "" },
	{ "has_a_value_of_words", "x of two words\n", "x", "of two words", "" },
	{ "has_no_value", "fsdax\n" },
	{ "has_no_name", " yes\n" },
	{ "has_two_blanks", "a  b\n" },
	{ "is_empty", "\n" },
	{ "is_nothing", "" },
};

TEST_EACH(feature__is_name_value_and_reason, samples)
{
	char line[64];
	struct feature_line got;

	snprintf(line, sizeof(line), "%s", row->line);
	assert_int_equal(feature_line_split(line, &got), !!row->name);
	if (!row->name)
		return;
	assert_string_equal(got.name, row->name);
	assert_string_equal(got.value, row->value);
	assert_string_equal(got.reason, row->reason);
}
