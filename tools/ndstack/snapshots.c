// SPDX-License-Identifier: GPL-2.0
/* The attribute labels/snapshots of a DIMM. See snapshots.h. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "snapshots.h"

int snapshots_best(const char *lines)
{
	unsigned long number, labels, most = 0;
	bool first = true;
	int best = -1;

	while (*lines) {
		if (sscanf(lines, "%lu %*s %*s %*s %lu", &number, &labels) == 2 && number < 64) {
			if (labels > most && !first)
				best = number;
			if (labels > most)
				most = labels;
			first = false;
		}
		lines += strcspn(lines, "\n");
		lines += *lines == '\n';
	}
	return best;
}
