/* SPDX-License-Identifier: GPL-2.0 */
/* The attribute `features` of a bus, as docs/abi has it. Pure. */
#ifndef _NDSTACK_FEATURE_LINE_H
#define _NDSTACK_FEATURE_LINE_H

#include <stdbool.h>

struct feature_line {
	const char *name;
	const char *value;
	const char *reason;	/* "" when there is none */
};

/* feature_line_split() - cut a line up. Return: false: it is none; it may be of a later version */
bool feature_line_split(char *line, struct feature_line *out);

#endif /* _NDSTACK_FEATURE_LINE_H */
