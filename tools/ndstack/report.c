// SPDX-License-Identifier: GPL-2.0
/* Findings as a table, or as JSON, by libsmartcols. See report.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <libsmartcols/libsmartcols.h>
#include "report.h"

struct report {
	struct libscols_table *table;
	unsigned int columns;
};

struct report *report_new(const char *name, const char *const *columns, unsigned int nr, bool json)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->columns = nr;
	report->table = scols_new_table();
	if (!report->table || scols_table_set_name(report->table, name) ||
	    scols_table_enable_json(report->table, json))
		goto none;
	for (unsigned int i = 0; i < nr; i++)
		/* the last one is a sentence, and as long as it has to be */
		if (!scols_table_new_column(report->table, columns[i], 0,
					    i == nr - 1 ? SCOLS_FL_WRAP : 0))
			goto none;
	return report;
none:
	scols_unref_table(report->table);
	free(report);
	return NULL;
}

int report_add(struct report *report, const char *const *texts)
{
	struct libscols_line *line = scols_table_new_line(report->table, NULL);
	int rc = line ? 0 : -ENOMEM;

	for (unsigned int i = 0; !rc && i < report->columns; i++)
		rc = scols_line_set_data(line, i, texts[i]);
	return rc;
}

int report_end(struct report *report)
{
	int rc = scols_print_table(report->table);

	if (!rc && fflush(stdout))
		rc = -errno;
	scols_unref_table(report->table);
	free(report);
	return rc;
}
