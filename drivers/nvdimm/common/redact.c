// SPDX-License-Identifier: GPL-2.0
/* What of a sentence is not for everybody. Pure: see redact.h. */
#include <linux/kernel.h>
#include <linux/string.h>
#include "common/redact.h"

/* What an address looks like, and the digits that follow. */
static const struct {
	const char *mark;
	bool hex;
} marks[] = {
	{ "0x", true },
	{ "memory", false },
};

static bool is_digit(char c, bool hex)
{
	return (c >= '0' && c <= '9') || (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Characters of the mark that @text begins with and digits follow; 0: none. */
static size_t mark_at(const char *text, bool *hex)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t len = strlen(marks[i].mark);

		*hex = marks[i].hex;
		if (!strncmp(text, marks[i].mark, len) && is_digit(text[len], *hex))
			return len;
	}
	return 0;
}

size_t redact_private(char *text, bool show)
{
	bool hidden = false;
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == ND_PRIVATE_BEGIN) {
			if (!show && !hidden)
				*to++ = '?';
			hidden = !show;
		} else if (*from == ND_PRIVATE_END) {
			hidden = false;
		} else if (!hidden) {
			*to++ = *from;
		}
	}
	*to = '\0';
	return to - text;
}

size_t redact_addresses(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		bool hex;
		size_t len = mark_at(from, &hex);

		if (!len) {
			*to++ = *from++;
			continue;
		}
		memmove(to, from, len);
		to += len;
		from += len;
		while (is_digit(*from, hex))
			from++;
		*to++ = '?';
	}
	*to = '\0';
	return to - text;
}
