// SPDX-License-Identifier: GPL-2.0
/* The line of a last_error attribute. See reason_line.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "reason_line.h"

static enum nd_reason reason_of(const char *token)
{
	for (int i = 0; i < ND_REASON_COUNT; i++)
		if (!strcmp(token, nd_reason_token(i)))
			return i;
	return ND_REASON_COUNT;
}

/*
 * cut() - end @word at the first character that is not of @set
 *
 * Return: what follows @then, which has to stand there; NULL: it does not.
 */
static char *cut(char *word, const char *set, const char *then)
{
	size_t len = strspn(word, set);

	if (!len || strncmp(word + len, then, strlen(then)))
		return NULL;
	word[len] = 0;
	return word + len + strlen(then);
}

bool reason_line_split(char *line, struct reason_line *out)
{
	static const char errnos[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_errno";
	static const char tokens[] = "abcdefghijklmnopqrstuvwxyz-";
	char *token, *sentence;

	line[strcspn(line, "\n")] = 0;
	token = cut(line, errnos, " ");
	sentence = token ? cut(token, tokens, ": ") : NULL;
	if (!sentence || !*sentence)
		return false;
	*out = (struct reason_line) {
		.error = line, .token = token, .reason = reason_of(token), .sentence = sentence,
	};
	return true;
}

bool reason_line_is_remark(const struct reason_line *line)
{
	return !strcmp(line->error, "ENODEV") || !strcmp(line->error, "EPROBE_DEFER") ||
		(!strcmp(line->error, "ENODATA") && line->reason == ND_REASON_NO_INDEX);
}

static const struct {
	const char *prefix;
	enum reason_name_kind kind;
	bool dotted;		/* a second number follows */
} prefixes[] = {
	{ "ndbus", REASON_NAME_BUS },
	{ "nmem", REASON_NAME_DIMM },
	{ "region", REASON_NAME_REGION },
	{ "namespace", REASON_NAME_NAMESPACE, true },
	{ "btt", REASON_NAME_BTT, true },
	{ "pfn", REASON_NAME_PFN, true },
	{ "dax", REASON_NAME_DAX, true },
	{ "pmem", REASON_NAME_DISK },
	{ "memory", REASON_NAME_MEMORY },
};

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t digits(const char *at)
{
	size_t n = strspn(at, "0123456789");

	return n < 10 ? n : 0;
}

/* How long is the name that begins at @at? 0: there is none. */
static size_t name_length(const char *at, enum reason_name_kind *kind)
{
	for (int i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t len = strlen(prefixes[i].prefix), first, second;

		if (strncmp(at, prefixes[i].prefix, len))
			continue;
		first = digits(at + len);
		if (!first)
			return 0;
		len += first;
		second = at[len] == '.' ? digits(at + len + 1) : 0;
		/* "pmem0.1" and "region0." at the end of a sentence */
		if (second && (prefixes[i].dotted || prefixes[i].kind == REASON_NAME_DISK))
			len += 1 + second;
		else if (prefixes[i].dotted)
			return 0;
		if (prefixes[i].kind == REASON_NAME_DISK && at[len] == 's')
			len++;
		*kind = prefixes[i].kind;
		return in_word(at[len]) ? 0 : len;
	}
	return 0;
}

/*
 * "memory4-6": *@at is at the dash, until the last block is given; @name is the block before.
 */
static bool next_of_span(const char **at, struct reason_name *name)
{
	unsigned long n, last;

	if (**at != '-' || name->kind != REASON_NAME_MEMORY || !name->name[0] || !digits(*at + 1))
		return false;
	n = strtoul(name->name + strlen("memory"), NULL, 10) + 1;
	last = strtoul(*at + 1, NULL, 10);
	if (last < n || last - n >= REASON_SPAN_MAX)
		return false;
	snprintf(name->name, sizeof(name->name), "memory%lu", n);
	if (n == last)
		*at += 1 + digits(*at + 1);
	return true;
}

bool reason_name_next(const char **at, struct reason_name *name)
{
	if (next_of_span(at, name))
		return true;
	while (**at) {
		size_t len = name_length(*at, &name->kind);

		if (len && len < sizeof(name->name)) {
			snprintf(name->name, sizeof(name->name), "%.*s", (int)len, *at);
			*at += len;
			return true;
		}
		/* a name begins where a word does */
		do
			(*at)++;
		while (in_word((*at)[-1]) && in_word(**at));
	}
	name->name[0] = 0;
	return false;
}

bool reason_name_is(const char *text, enum reason_name_kind kind)
{
	enum reason_name_kind found;
	size_t len = name_length(text, &found);

	return len && !text[len] && found == kind;
}
