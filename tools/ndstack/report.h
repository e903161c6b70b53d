/* SPDX-License-Identifier: GPL-2.0 */
/* Findings as a table, or as JSON. */
#ifndef _NDSTACK_REPORT_H
#define _NDSTACK_REPORT_H

#include <stdbool.h>

struct report;

/* report_new() - @name: of the array in JSON. Return: NULL: no memory */
struct report *report_new(const char *name, const char *const *columns, unsigned int nr, bool json);

/* report_add() - a line: a text for each column. Return: 0 or a negative errno */
int report_add(struct report *report, const char *const *texts);

/* report_end() - print it, and free it. Return: 0 or a negative errno */
int report_end(struct report *report);

#endif /* _NDSTACK_REPORT_H */
