/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of machines/table. The including program has u64.
 */
#ifndef _MACHINE_ROW_H
#define _MACHINE_ROW_H

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_BYTES	4096

struct machine_row {
	char id[32], labels[8], namespaces[128], ranges[ROW_BYTES];
};

/* A number as nd_provider reads it: 128K, 252G. */
static inline u64 row_number(const char *text)
{
	char *end;
	u64 n = strtoull(text, &end, 0);

	return n << (*end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0);
}

/* The number behind @word in the first range of @range, or @none. */
static inline u64 row_word(const char *range, const char *word, u64 none)
{
	const char *at = strstr(range, word);

	return at && at < range + strcspn(range, ",") ? row_number(at + strlen(word)) : none;
}

/* The ranges of a further line. */
static inline void row_continue(struct machine_row *row, const char *more)
{
	size_t have = strlen(row->ranges), len = strcspn(more, " \n");

	if (have + len >= sizeof(row->ranges))
		errx(2, "%s: more than %d bytes of ranges", row->id, ROW_BYTES);
	memcpy(row->ranges + have, more, len);
	row->ranges[have + len] = '\0';
}

/* The next machine, with the ranges of its further lines; false at the end of the table. */
static inline bool row_next(FILE *table, struct machine_row *row)
{
	static char line[ROW_BYTES];
	bool any = false;
	long at;

	for (at = ftell(table); fgets(line, sizeof(line), table); at = ftell(table)) {
		if (line[0] == '\t' && any) {
			row_continue(row, line + strspn(line, "\t"));
			continue;
		}
		if (any) {
			fseek(table, at, SEEK_SET);
			break;
		}
		if (line[0] == '#' || line[0] == '\n')
			continue;
		memset(row, 0, sizeof(*row));
		if (sscanf(line, "%31s %7s %127s %2000s", row->id, row->labels, row->namespaces,
			   row->ranges) != 4)
			errx(2, "not a machine: %s", line);
		any = true;
	}
	return any;
}

#endif
