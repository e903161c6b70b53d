// SPDX-License-Identifier: GPL-2.0
/* "NAME VALUE" or "NAME VALUE: REASON". Pure: see feature_line.h. */
#include <string.h>
#include "feature_line.h"

bool feature_line_split(char *line, struct feature_line *out)
{
	char *value, *reason;

	line[strcspn(line, "\n")] = 0;
	value = strchr(line, ' ');
	if (!value || value == line || !value[1] || value[1] == ' ')
		return false;
	*value++ = 0;
	reason = strstr(value, ": ");
	if (reason) {
		*reason = 0;
		reason += 2;
	}
	*out = (struct feature_line) {
		.name = line, .value = value, .reason = reason ? reason : "",
	};
	return true;
}
