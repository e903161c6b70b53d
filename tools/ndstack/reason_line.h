/* SPDX-License-Identifier: GPL-2.0 */
/* The line of a last_error attribute, and the devices that its sentence names. Pure. */
#ifndef _NDSTACK_REASON_LINE_H
#define _NDSTACK_REASON_LINE_H

#include <linux/types.h>
#include <nd/reason.h>

/**
 * struct reason_line - "ERRNO token: sentence"
 * @error: name of the errno
 * @token: of the reason
 * @reason: ND_REASON_COUNT: a token that is not known here
 * @sentence: the rest, not empty
 */
struct reason_line {
	const char *error;
	const char *token;
	enum nd_reason reason;
	const char *sentence;
};

/*
 * reason_line_split() - @line is changed, and the parts lie in it
 *
 * Return: false: it is no such line; the empty one of a device that nothing is wrong with, too.
 */
bool reason_line_split(char *line, struct reason_line *out);

/*
 * reason_line_is_remark() - nothing has failed and nothing is missing
 *
 * ENODEV is "not mine", as a namespace without capacity is for its driver; a blank label area is
 * one that nobody has used yet.
 */
bool reason_line_is_remark(const struct reason_line *line);

enum reason_name_kind {
	REASON_NAME_BUS,
	REASON_NAME_DIMM,
	REASON_NAME_REGION,
	REASON_NAME_NAMESPACE,
	REASON_NAME_BTT,
	REASON_NAME_PFN,
	REASON_NAME_DAX,
	REASON_NAME_DISK,
	REASON_NAME_MEMORY,
};

/* Of a longer span the first block is given alone. */
#define REASON_SPAN_MAX 1024

/* A name that stands in a sentence: letters, digits and dots, nothing that a shell knows. */
struct reason_name {
	enum reason_name_kind kind;
	char name[32];
};

/*
 * reason_name_next() - the next one behind *@at, which is moved behind it
 * @name: the one that was given last, all zero at first
 *
 * Of "memory4-6" each block is one: *@at stays there until all were given.
 *
 * Return: false: there is none any more.
 */
bool reason_name_next(const char **at, struct reason_name *name);

/* reason_name_is() - is @text as a whole a name of that kind? */
bool reason_name_is(const char *text, enum reason_name_kind kind);

#endif /* _NDSTACK_REASON_LINE_H */
