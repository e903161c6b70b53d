// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/common/redact.c */
#include "nd_test.h"
#include "common/redact.h"

static void assert_redacted(const char *text, const char *want)
{
	char *room = strdup(text);

	assert_int_equal(redact_addresses(room), strlen(want));
	assert_string_equal(room, want);
	free(room);
}

TEST(addresses__are_not_shown)
{
	assert_redacted("EBUSY conflict: 0x100000000-0x1FFffffff of namespace0.0 is in use",
			"EBUSY conflict: 0x?-0x? of namespace0.0 is in use");
	assert_redacted("region [mem 0x0000000104000000-0x0000000113ffffff flags 0x200] is odd",
			"region [mem 0x?-0x? flags 0x?] is odd");
	assert_redacted("take memory32 to memory39 offline", "take memory? to memory? offline");
	assert_redacted("0xdead", "0x?");
	assert_redacted("0x0x1", "0x?x1");
}

TEST(words__stay_as_they_are)
{
	static const char * const same[] = {
		"", "0", "0x", "0x ", "0xyz", "memory", "memory is short", "kmem1", "64 MiB",
		"nmem0 of region12 has 0 bytes",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_redacted(same[i], same[i]);
}

/* Every text of a few letters: what is left has no digit behind a mark, and is no longer. */
TEST(censored__text_has_nothing_left_to_censor)
{
	static const char letters[] = "0x1fg m";
	char text[7], again[7];

	for (unsigned int n = 0; n < 7 * 7 * 7 * 7 * 7 * 7; n++) {
		unsigned int rest = n;
		size_t len;

		for (size_t i = 0; i < 6; i++, rest /= 7)
			text[i] = letters[rest % 7];
		text[6] = '\0';
		len = redact_addresses(text);
		assert_true(len <= 6 && len == strlen(text));
		strcpy(again, text);
		assert_int_equal(redact_addresses(again), len);
		assert_string_equal(again, text);
		for (size_t i = 0; i + 2 < len; i++)
			assert_false(text[i] == '0' && text[i + 1] == 'x' &&
				     strchr("01f", text[i + 2]));
	}
}

static void assert_private(const char *text, const char *all, const char *public)
{
	char *copy = strdup(text);

	assert_int_equal(redact_private(copy, true), strlen(all));
	assert_string_equal(copy, all);
	strcpy(copy, text);
	assert_int_equal(redact_private(copy, false), strlen(public));
	assert_string_equal(copy, public);
	free(copy);
}

TEST(private__text_is_shown_only_on_request)
{
	assert_private("mapped by process " ND_PRIVATE("17, a \"name\"") " of pmem0",
		       "mapped by process 17, a \"name\" of pmem0",
		       "mapped by process ? of pmem0");
	assert_private(ND_PRIVATE("1") " and " ND_PRIVATE("2"), "1 and 2", "? and ?");
	assert_private("nothing private", "nothing private", "nothing private");
	assert_private("", "", "");
}

/* A buffer that was too small has cut the second mark off. */
TEST(private__text_without_an_end_stays_private)
{
	assert_private("inode \0014711 of", "inode 4711 of", "inode ?");
	assert_private("\0011 \0012\002 3", "1 2 3", "? 3");
	assert_private("end\x02", "end", "end");
}
