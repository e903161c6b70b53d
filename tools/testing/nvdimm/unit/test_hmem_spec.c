// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/hmem/spec.c */
#include "nd_test.h"
#include "hmem/spec.h"

#define MIB2	(2ull << 20)

TEST(ranges__are_read)
{
	static const struct { const char *text; u64 size, start; int node; } rows[] = {
		{ "256M@0x20000000", 256ull << 20, 0x20000000, HMEM_NO_NODE },
		{ "0x200000@0", MIB2, 0, HMEM_NO_NODE },
		{ "1G@4G:1", 1ull << 30, 4ull << 30, 1 },
		{ "2048k@1t:0", MIB2, 1ull << 40, 0 },
		{ "2097152@2097152:1023", MIB2, MIB2, 1023 },
		{ "0XaM@0xC00000", 10ull << 20, 12ull << 20, HMEM_NO_NODE },
	};
	struct hmem_spec spec;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(hmem_spec_parse(rows[i].text, MIB2, &spec), 0);
		assert_int_equal(spec.size, rows[i].size);
		assert_int_equal(spec.start, rows[i].start);
		assert_int_equal(spec.node, rows[i].node);
	}
}

TEST(ranges__of_another_form_are_refused)
{
	static const char * const text[] = {
		"", "@", "256M", "256M@", "@0x20000000", "256M@0x20000000:", "256M@0x20000000:x",
		"256M@0x20000000,", "256M@0x20000000 ", " 256M@0", "-2M@0", "2M@-2M", "2MM@0",
		"0x@0", "2M@0x", "2M@0:0x", "2M$0", "0@0", "1M@0", "3M@0", "2M@1M", "2M@0:1:2", "2M@g",
	};
	struct hmem_spec spec;

	for (u32 i = 0; i < ARRAY_SIZE(text); i++)
		assert_int_equal(hmem_spec_parse(text[i], MIB2, &spec), -EINVAL);
}

TEST(ranges__never_wrap)
{
	static const char * const text[] = {
		"0x10000000000000000@0", "18446744073709551616@0", "16777216T@0", "2M@16777216T",
		"2M@0:2147483648", "8388608T@8388608T", "2M@0xffffffffffe00000",
		"99999999999999999999999999@0",
	};
	struct hmem_spec spec;

	for (u32 i = 0; i < ARRAY_SIZE(text); i++)
		assert_int_equal(hmem_spec_parse(text[i], MIB2, &spec), -ERANGE);
	assert_int_equal(hmem_spec_parse("2M@0xffffffffffc00000", MIB2, &spec), 0);
	assert_int_equal(hmem_spec_parse("2M@0:2147483647", MIB2, &spec), 0);
}

TEST(ranges__overlap_when_they_share_a_byte)
{
	static const struct hmem_spec a = { .start = 4 * MIB2, .size = 2 * MIB2 };
	static const struct { u64 start, size; bool overlap; } rows[] = {
		{ 0, 4, false }, { 0, 5, true }, { 5, 1, true }, { 6, 1, false }, { 3, 9, true },
		{ 4, 2, true },
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hmem_spec b = { .start = rows[i].start * MIB2, .size = rows[i].size * MIB2 };

		assert_int_equal(hmem_specs_overlap(&a, &b), rows[i].overlap);
		assert_int_equal(hmem_specs_overlap(&b, &a), rows[i].overlap);
	}
}
